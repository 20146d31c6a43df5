-- One recipe on one photo. Every function is one transaction, locks the photo, then the job, then
-- its version, and is safe to repeat.

create function private.lease() returns interval language sql immutable set search_path = '' as $$
  select interval '30 seconds'
$$;

create function private.most_attempts() returns integer language sql immutable set search_path = '' as $$
  select 3
$$;

create function private.check_move() returns trigger language plpgsql set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    if new.status not in ('awaiting_upload', 'queued') then
      perform private.refuse(409, format('A job cannot begin as %s.', new.status));
    end if;
  elsif new.status <> old.status and not exists (
    select from public.job_moves m where m.before = old.status and m.after = new.status
  ) then
    perform private.refuse(409, format('This photo is %s: it cannot become %s.', old.status, new.status));
  end if;
  return new;
end
$$;
create trigger jobs_check_move before insert or update of status on public.jobs
  for each row execute function private.check_move();

-- Photos

create function private.lock_image(of_scope text, image_id uuid) returns public.images language plpgsql set search_path = '' as $$
declare
  i public.images;
begin
  select * into i from public.images where id = image_id and scope = of_scope for update;
  if not found or i.deleting_at is not null then perform private.not_here(); end if;
  return i;
end
$$;

-- Keep a photo, or lock the one of the same scope and bytes; what comes in again is wanted again.
create function private.keep_image(of_scope text, given jsonb) returns public.images language plpgsql set search_path = '' as $$
declare
  plan public.plans := private.plan_of(of_scope);
  target text := case when plan.persists then 'user-library' else 'uploads-ephemeral' end;
  given_id uuid := (given ->> 'id')::uuid;
  i public.images;
begin
  select * into i from public.images
    where scope = of_scope and sha256 = given ->> 'sha256' and deleting_at is null for update;
  if not found then
    perform private.check_photo(plan, (given ->> 'width')::bigint, (given ->> 'height')::bigint,
      (given ->> 'bytes')::bigint);
    perform private.check_room(plan, of_scope, (given ->> 'bytes')::bigint);
    insert into public.images (
      id, scope, sha256, mime, extension, width, height, bytes, bucket, path_original, expires_at,
      created_at
    ) values (
      given_id, of_scope, given ->> 'sha256', given ->> 'mime', given ->> 'extension',
      (given ->> 'width')::integer, (given ->> 'height')::integer, (given ->> 'bytes')::bigint, target,
      format('%s/%s/original.%s', of_scope, given_id, given ->> 'extension'),
      case when not plan.persists then private.kept_until(plan) end,
      coalesce(private.moment((given ->> 'created_at')::double precision), private.now())
    ) on conflict do nothing;
    select * into i from public.images
      where scope = of_scope and sha256 = given ->> 'sha256' and deleting_at is null for update;
    if not found then perform private.not_here(); end if;  -- purged since it was read
  end if;
  if exists (select from public.removals r where r.bucket = i.bucket and r.path = i.path_original) then
    perform private.not_here();  -- its object goes, whatever is written now
  elsif not i.verified then
    perform private.refuse(409, 'This photo is being synced at this moment. Try again when that is done.');
  end if;
  update public.images set
    deleted_at = null,
    expires_at = greatest(expires_at, case when expires_at is not null then private.kept_until(plan) end)
    where id = i.id returning * into i;
  return i;
end
$$;

create function private.name_image(image_id uuid, given text) returns void language sql set search_path = '' as $$
  update public.images set name = given, name_key = private.natural_key(given)
  where id = image_id and name = '' and given <> ''
$$;

-- Let a version be the one that is shown of its photo; the last of those left, where none is named.
create function private.show(of_image uuid, output uuid default null) returns void language plpgsql set search_path = '' as $$
declare
  shown public.image_outputs;
begin
  select * into shown from public.image_outputs o
    where o.image_id = of_image and o.deleting_at is null and (output is null or o.id = output)
    order by o.version desc limit 1;
  update public.images set current_id = shown.id, doubt = coalesce(
      (select j.doubt from public.jobs j where j.id = shown.job_id), 0)
    where id = of_image;
end
$$;

-- Jobs

create function private.move(j public.jobs, after public.job_status, says text default null)
returns public.jobs language plpgsql set search_path = '' as $$
declare
  moved public.jobs;
begin
  update public.jobs set
    status = after, owner = null, lease_until = null, updated_at = private.now(),
    worker_notes = coalesce(says, worker_notes),
    output_id = case when after = 'done' then output_id end
    where id = (j).id returning * into moved;
  if after in ('error', 'cancelled', 'expired') then
    perform private.release_hold(moved);
  end if;
  return moved;
end
$$;

-- Nothing is held for a job that is not there, however it went.
create function private.on_job_gone() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform private.release_hold(old);
  return old;
end
$$;
create trigger jobs_go before delete on public.jobs
  for each row execute function private.on_job_gone();

-- Queue a job that failed or was cancelled once more: what it costs is held anew.
create function private.again(j public.jobs, at_priority integer) returns public.jobs language plpgsql set search_path = '' as $$
declare
  queued public.jobs;
begin
  update public.jobs set
    status = 'queued', owner = null, lease_until = null, updated_at = private.now(),
    worker_notes = '', error_code = null, attempts = 0, round = round + 1, priority = at_priority
    where id = (j).id returning * into queued;
  perform private.hold(queued);
  return queued;
end
$$;

-- Lock a job of a scope, after its photo.
create function private.lock_job(of_scope text, job_id uuid) returns public.jobs language plpgsql set search_path = '' as $$
declare
  j public.jobs;
begin
  perform from public.images i where i.id = (
    select o.image_id from public.jobs o where o.id = job_id and o.scope = of_scope) for update;
  select * into j from public.jobs o where o.id = job_id and o.scope = of_scope for update;
  if not found then perform private.not_here(); end if;
  return j;
end
$$;

-- The same for a worker: it shows the number of its start, and is refused where that is an old one.
create function private.lock_lease(job_id uuid, token bigint) returns public.jobs language plpgsql set search_path = '' as $$
declare
  j public.jobs;
begin
  perform from public.images i
    where i.id = (select o.image_id from public.jobs o where o.id = job_id) for update;
  select * into j from public.jobs o where o.id = job_id for update;
  if not found or (j.status, j.fence) is distinct from ('running'::public.job_status, token) then
    perform private.refuse(410, 'This job was taken over or cancelled.');
  end if;
  return j;
end
$$;

create function private.queue(i public.images, given jsonb) returns public.jobs language plpgsql set search_path = '' as $$
declare
  j public.jobs;
begin
  perform private.check_open(i);
  insert into public.jobs (
    scope, image_id, input_sha256, key, op_key, recipe, priority, created_at, updated_at
  ) values (
    (i).scope, (i).id, (i).sha256, given ->> 'key', given ->> 'op_key', given ->> 'recipe',
    coalesce((given ->> 'priority')::integer, 0), private.now(), private.now()
  ) returning * into j;
  perform private.hold(j);
  return j;
end
$$;

-- The one live job of this scope for this photo and recipe; it is made, and paid for, if need be.
create function public.admit(p_scope text, p_image jsonb, p_order jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  i public.images := private.keep_image(p_scope, p_image);
  wanted integer := coalesce((p_order ->> 'priority')::integer, 0);
  j public.jobs;
begin
  perform private.name_image(i.id, p_image ->> 'name');
  select * into j from public.jobs o
    where o.image_id = i.id and o.key = p_order ->> 'key' and o.status <> 'expired' for update;
  if not found then
    j := private.queue(i, p_order);
  elsif j.status in ('error', 'cancelled') then
    j := private.again(j, greatest(j.priority, wanted));
  elsif j.status = 'queued' and wanted > j.priority then
    update public.jobs set priority = wanted where id = j.id returning * into j;
  elsif j.status = 'done' then  -- a hit: it costs nothing, and its clock starts anew
    update public.image_outputs set
      expires_at = greatest(expires_at, private.kept_until(private.plan_of(p_scope)))
      where id = j.output_id and expires_at is not null;
  end if;
  return private.job_json(j);
end
$$;

-- Lease the most urgent queued job, or the one given; null where nothing waits. Photos in the trash
-- and workbenches that were paused are left out, unless somebody waits for them right now, and so are
-- photos that move to the library at this moment.
create function public.start(p_owner text, p_job uuid default null) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  j public.jobs;
begin
  select * into j from public.jobs o
    where o.status = 'queued' and (p_job is null or o.id = p_job)
      and exists (select from public.images i where i.id = o.image_id and i.deleting_at is null
        and coalesce(i.promoting_until, '-infinity') <= private.now()
        and (o.priority >= 2 or i.deleted_at is null))
      and (o.priority >= 2 or not exists (select from public.pauses p where p.scope = o.scope)
        or not exists (select from public.entries e where e.job_id = o.id))
    order by o.priority desc, o.created_at, o.seq limit 1
    for update skip locked;
  if not found then return null; end if;
  update public.jobs set
    status = 'running', owner = p_owner, lease_until = private.now() + private.lease(),
    attempts = attempts + 1, fence = fence + 1, updated_at = private.now()
    where id = j.id returning * into j;
  return private.job_json(j);
end
$$;

-- Renew leases, given as [{"id": ..., "fence": ...}]; lost ones stay lost. Returns how many live. One
-- that somebody else changes at this moment is left to the next beat: nobody waits for another here.
create function public.beat(p_jobs jsonb) returns integer language plpgsql security definer set search_path = '' as $$
declare
  renewed integer;
begin
  update public.jobs set lease_until = private.now() + private.lease()
    where id in (
      select j.id from public.jobs j
      join jsonb_to_recordset(p_jobs) as held(id uuid, fence bigint) on held.id = j.id
      where j.fence = held.fence and j.status = 'running' for update of j skip locked);
  get diagnostics renewed = row_count;
  return renewed;
end
$$;

-- Keep the version under the next number, show it, end the job, and take what was held for it.
create function public.finish(p_job uuid, p_fence bigint, p_version jsonb, p_note jsonb default '{}')
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  j public.jobs;
  i public.images;
  o public.image_outputs;
  target text;
begin
  select * into j from public.jobs d where d.id = p_job and d.status = 'done';
  if found then return private.job_json(j); end if;
  begin
    j := private.lock_lease(p_job, p_fence);
  exception when sqlstate 'PT410' then  -- or it was finished while we waited
    select * into j from public.jobs d where d.id = p_job and d.status = 'done';
    if not found then raise; end if;
    return private.job_json(j);
  end;
  select * into i from public.images g where g.id = j.image_id;
  target := case i.bucket when 'user-library' then i.bucket else 'outputs-ephemeral' end;
  insert into public.image_outputs (
    id, scope, image_id, job_id, version, key, op_key, recipe, bucket, path_output, thumbnail_path,
    width, height, bytes, metadata, expires_at, created_at
  ) values (
    (p_version ->> 'id')::uuid, j.scope, i.id, j.id,
    (select coalesce(max(e.version), 0) + 1 from public.image_outputs e where e.image_id = i.id),
    j.key, j.op_key, j.recipe, target,
    private.output_path(i, target, j.id, (p_version ->> 'id')::uuid),
    private.thumbnail_path(i, target, j.id, (p_version ->> 'id')::uuid),
    (p_version ->> 'width')::integer, (p_version ->> 'height')::integer, (p_version ->> 'bytes')::bigint,
    coalesce(p_version -> 'metadata', '{}'),
    case when target <> 'user-library' then private.kept_until(private.plan_of(j.scope)) end,
    coalesce(private.moment((p_version ->> 'created_at')::double precision), private.now())
  ) returning * into o;
  update public.jobs set
    status = 'done', owner = null, lease_until = null, output_id = o.id, updated_at = private.now(),
    worker_notes = coalesce(p_note ->> 'says', ''), reasons = coalesce(p_note ->> 'reasons', ''),
    doubt = coalesce((p_note ->> 'doubt')::double precision, 0)
    where id = j.id returning * into j;
  -- A photo is kept at least as long as what was made of it.
  update public.images set expires_at = greatest(expires_at, o.expires_at)
    where id = i.id and expires_at is not null;
  perform private.show(i.id, o.id);
  perform private.capture(j);
  return private.job_json(j);
end
$$;

-- End a running job with a sentence, and give back what it holds.
create function public.fail(p_job uuid, p_fence bigint, p_says text, p_code text default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  j public.jobs := private.lock_lease(p_job, p_fence);
begin
  update public.jobs set error_code = p_code where id = j.id;
  return private.job_json(private.move(j, 'error', p_says));
end
$$;

-- Put the running jobs of a worker back in the queue, as if never started. One that somebody else
-- changes at this moment is left to `recover`.
create function public.release(p_owner text) returns integer language plpgsql security definer set search_path = '' as $$
declare
  freed integer;
begin
  update public.jobs set
    status = 'queued', owner = null, lease_until = null, attempts = attempts - 1,
    updated_at = private.now()
    where id in (select j.id from public.jobs j
      where j.status = 'running' and j.owner = p_owner for update skip locked);
  get diagnostics freed = row_count;
  return freed;
end
$$;

-- Take back jobs whose lease is dead, and give up those that died too often. A lease that ends later
-- than any could is dead, too: the clock was set back.
create function public.recover() returns setof jsonb language plpgsql security definer set search_path = '' as $$
declare
  dead uuid;
  j public.jobs;
begin
  for dead in
    select o.id from public.jobs o where o.status = 'running'
      and (o.lease_until < private.now() or o.lease_until > private.now() + 2 * private.lease())
    order by o.image_id
  loop
    perform from public.images i
      where i.id = (select o.image_id from public.jobs o where o.id = dead) for update skip locked;
    continue when not found;  -- somebody is at it; the next one looks again
    select * into j from public.jobs o where o.id = dead and o.status = 'running'
      and (o.lease_until < private.now() or o.lease_until > private.now() + 2 * private.lease())
      for update skip locked;
    continue when not found;
    return next private.job_json(case
      when j.attempts >= private.most_attempts() then private.move(j, 'error', format(
        'This photo has stopped Coveshot %s times, so it was set aside. '
        'Save it anew in another program and drop that.', private.most_attempts()))
      else private.move(j, 'queued')
    end);
  end loop;
end
$$;

create function public.cancel(p_scope text, p_job uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  j public.jobs := private.lock_job(p_scope, p_job);
begin
  if j.status <> 'cancelled' then
    j := private.move(j, 'cancelled');
  end if;
  return private.job_json(j);
end
$$;

-- Cancel a job that nobody waits for, unless an entry does or it has ended.
create function private.forsake(j public.jobs) returns public.jobs language plpgsql set search_path = '' as $$
begin
  if exists (select from public.entries e where e.job_id = (j).id)
    or (j).status not in ('awaiting_upload', 'verifying', 'queued', 'running')
  then
    return j;
  end if;
  return private.move(j, 'cancelled');
end
$$;

create function public.forsake(p_scope text, p_job uuid) returns jsonb language sql security definer set search_path = '' as $$
  select private.job_json(private.forsake(private.lock_job(p_scope, p_job)))
$$;

create function public.retry(p_scope text, p_job uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  j public.jobs := private.lock_job(p_scope, p_job);
begin
  if j.status in ('error', 'cancelled') then
    j := private.again(j, j.priority);
  elsif j.status not in ('queued', 'running') then
    perform private.refuse(409, format('This photo is %s: it cannot become queued.', j.status));
  end if;
  return private.job_json(j);
end
$$;

-- End a done job and forget its version; where that was the current one, the last of the others
-- takes its place. Its photo is locked by who calls this.
create function private.expire(j public.jobs) returns public.jobs language plpgsql set search_path = '' as $$
declare
  o public.image_outputs;
  expired public.jobs;
begin
  select * into o from public.image_outputs e where e.id = (j).output_id;
  expired := private.move(j, 'expired');
  if o.id is not null then
    perform private.let_go(o.bucket, o.path_output);
    perform private.let_go(o.bucket, o.thumbnail_path);
    if exists (select from public.images i where i.id = o.image_id and i.current_id = o.id) then
      update public.images set current_id = null, doubt = 0 where id = o.image_id;
      delete from public.image_outputs where id = o.id;
      perform private.show(o.image_id);
    else
      delete from public.image_outputs where id = o.id;
    end if;
  end if;
  return expired;
end
$$;

create function public.expire(p_scope text, p_job uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  j public.jobs := private.lock_job(p_scope, p_job);
begin
  if j.status <> 'expired' then
    j := private.expire(j);
  end if;
  return private.job_json(j);
end
$$;

-- Make a version of a photo the current one; none is made or lost.
create function public.restore_version(p_scope text, p_image uuid, p_version uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  i public.images := private.lock_image(p_scope, p_image);
begin
  perform from public.image_outputs o
    where o.id = p_version and o.image_id = i.id and o.deleting_at is null;
  if not found then perform private.not_here(); end if;
  perform private.show(i.id, p_version);
  select * into i from public.images where id = p_image;
  return private.image_json(i);
end
$$;

create function public.job(p_scope text, p_job uuid) returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  j public.jobs;
begin
  select * into j from public.jobs o where o.id = p_job and o.scope = p_scope;
  if not found then perform private.not_here(); end if;
  return private.job_json(j);
end
$$;

create function public.leased() returns setof jsonb language sql stable security definer set search_path = '' as $$
  select private.job_json(j) from public.jobs j
  where j.status = 'running' and j.lease_until >= private.now()
$$;

-- Where a worker puts what it makes: under names of the photo's bucket, decided here.
create function public.output_names(p_job uuid, p_version uuid) returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  i public.images;
  target text;
begin
  select g.* into i from public.images g join public.jobs j on j.image_id = g.id where j.id = p_job;
  if not found then perform private.not_here(); end if;
  target := case i.bucket when 'user-library' then i.bucket else 'outputs-ephemeral' end;
  return jsonb_build_object(
    'path', target || '/' || private.output_path(i, target, p_job, p_version),
    'thumbnail_path', target || '/' || private.thumbnail_path(i, target, p_job, p_version));
end
$$;

-- Where an original is put before its row is there.
create function public.original_name(p_scope text, p_image uuid, p_extension text) returns text language sql stable security definer set search_path = '' as $$
  select case when (private.plan_of(p_scope)).persists then 'user-library' else 'uploads-ephemeral' end
    || format('/%s/%s/original.%s', p_scope, p_image, p_extension)
$$;
