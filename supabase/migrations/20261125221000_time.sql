-- What lasts and what goes. Objects are removed through the Storage API, never by SQL: here rows are
-- claimed, and forgotten once their objects are gone. Keeping, promoting and hitting lock the photo
-- first, as claiming does, so that each is whole or refused.

create function private.promoting() returns interval language sql immutable set search_path = '' as $$
  select interval '10 minutes'
$$;

-- A version of a scope that is there, its photo locked before it.
create function private.lock_output(of_scope text, output uuid) returns public.image_outputs language plpgsql set search_path = '' as $$
declare
  i public.images;
  o public.image_outputs;
begin
  select g.* into i from public.images g where g.id = (
    select e.image_id from public.image_outputs e where e.id = output and e.scope = of_scope) for update;
  select * into o from public.image_outputs e where e.id = output and e.scope = of_scope for update;
  if not found then perform private.not_here(); end if;
  if i.deleting_at is not null or o.deleting_at is not null then
    perform private.refuse(410, 'This was deleted just now: its time was over.');
  end if;
  return o;
end
$$;

-- Keep a result longer, as the plan allows; asked again, it is not kept longer still.
create function public.keep_days(p_scope text, p_version uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  o public.image_outputs := private.lock_output(p_scope, p_version);
  plan public.plans := private.plan_of(p_scope);
begin
  if o.expires_at is not null then
    if plan.longer_hours is null and not plan.persists then
      perform private.refuse(403, 'Sign up to keep results longer.');
    end if;
    update public.image_outputs set expires_at = greatest(expires_at, created_at + make_interval(hours =>
        coalesce(plan.longer_hours, (select p.longer_hours from public.plans p where p.id = 'free'))))
      where id = o.id returning * into o;
    update public.images set expires_at = greatest(expires_at, o.expires_at)
      where id = o.image_id and expires_at is not null;
  end if;
  perform private.note('keep_days', p_scope, private.hex(o.id));
  return private.version_json(o) || jsonb_build_object('expires_at', private.unix(o.expires_at));
end
$$;

-- Promote: from a bucket for a while to the library

-- Every object that moves with a version, and the name it is to have in the library.
create function private.promotion(o public.image_outputs)
returns table (from_bucket text, from_path text, to_path text) language sql stable set search_path = '' as $$
  select i.bucket, i.path_original, format('%s/original.%s', private.folder(i), i.extension)
    from public.images i where i.id = (o).image_id and i.bucket <> 'user-library'
  union all
  select m.bucket, m.path, format('%s/matte/%s.png', private.folder(i), m.key)
    from public.mattes m join public.images i on i.id = m.image_id
    where i.id = (o).image_id and m.bucket <> 'user-library'
  union all
  select s.bucket, s.path, format('%s/strokes/%s.png', private.folder(i), substr(s.sha256, 1, 16))
    from public.strokes s join public.images i on i.id = s.image_id
    where i.id = (o).image_id and s.bucket <> 'user-library'
  union all
  select (o).bucket, kept.path, kept.target from public.images i,
    lateral (values
      ((o).path_output, private.output_path(i, 'user-library', (o).job_id, (o).id)),
      ((o).thumbnail_path, private.thumbnail_path(i, 'user-library', (o).job_id, (o).id))
    ) kept(path, target)
    where i.id = (o).image_id and (o).bucket <> 'user-library'
$$;

-- What is still to be paid for a version: 0 where its matte was paid before. What a job on the same
-- photo holds for it has left the balance, but is paid by this.
create function private.due(plan public.plans, o public.image_outputs, sha256 text, with_held boolean)
returns integer language sql stable set search_path = '' as $$
  select coalesce(sum(private.price_of(plan, wanted)), 0)::integer
  from unnest(private.items_of((o).recipe)) wanted
  where not exists (select from public.paid_items p
    where p.scope = (o).scope and p.sha256 = due.sha256 and p.item = wanted
      and (p.paid or not with_held))
$$;

-- Reserve a version that is to be kept for good. The sweep leaves it alone for ten minutes, in which
-- the objects are copied as this says; what was copied in vain is swept after that.
create function public.promote_reserve(p_scope text, p_version uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  o public.image_outputs := private.lock_output(p_scope, p_version);
  plan public.plans := private.plan_of(p_scope);
  i public.images;
  price integer;
  more integer;
  balance integer;
  copies jsonb;
begin
  if o.bucket = 'user-library' then
    return jsonb_build_object('version', private.version_json(o), 'copies', '[]'::jsonb, 'price', 0);
  end if;
  if not plan.persists then
    perform private.refuse(403, 'Keeping needs a paid plan.');
  end if;
  select * into i from public.images g where g.id = o.image_id;
  if exists (select from public.jobs j where j.image_id = i.id and j.status = 'running') then
    perform private.refuse(409, 'This photo is being worked on. Try again in a moment.');
  end if;
  -- A sweep that has read these names may still remove what is under them.
  if exists (select from private.promotion(o) p join public.removals r
    on r.bucket = 'user-library' and r.path = p.to_path
    where r.noted_at <= private.now()
      and coalesce(r.removed_at, 'infinity') > private.now() - interval '5 minutes') then
    perform private.refuse(409, 'An earlier attempt is being cleared away. Try again in a few minutes.');
  end if;
  price := private.due(plan, o, i.sha256, true);
  more := private.due(plan, o, i.sha256, false);
  select coalesce(max(c.balance), 0) into balance from public.credits c where c.scope = p_scope;
  if balance < more then
    perform private.refuse(402, format('This takes %s credits; you have %s.', more, balance));
  end if;
  perform private.check_room(plan, p_scope, i.bytes + o.bytes);
  update public.images set promoting_until = private.now() + private.promoting() where id = i.id;
  update public.image_outputs set promoting_until = private.now() + private.promoting() where id = o.id;
  select jsonb_agg(jsonb_build_object(
      'from', p.from_bucket || '/' || p.from_path, 'to', 'user-library/' || p.to_path))
    into copies from private.promotion(o) p;
  -- Whatever becomes of this, no copy stays without a row.
  insert into public.removals (bucket, path, noted_at)
    select 'user-library', p.to_path, private.now() + private.promoting() + interval '5 minutes'
    from private.promotion(o) p
    on conflict (bucket, path) do update set noted_at = excluded.noted_at, removed_at = null;
  return jsonb_build_object('version', private.version_json(o), 'copies', copies, 'price', price);
end
$$;

-- Keep a reserved version whose objects were copied, and pay for it: both or neither, and once.
create function public.promote_commit(p_scope text, p_version uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  o public.image_outputs := private.lock_output(p_scope, p_version);
  plan public.plans := private.plan_of(p_scope);
  i public.images;
  wanted text;
begin
  if o.bucket = 'user-library' then
    return private.version_json(o);
  end if;
  if not plan.persists then
    perform private.refuse(403, 'Keeping needs a paid plan.');
  end if;
  if coalesce(o.promoting_until, '-infinity') <= private.now() then
    perform private.refuse(409, 'Keeping this took too long. Try again.');
  end if;
  if exists (select from private.promotion(o) p where not exists (select from public.removals r
    where r.bucket = 'user-library' and r.path = p.to_path and r.removed_at is null)) then
    perform private.refuse(409, 'Something was added meanwhile. Try again.');
  end if;
  select * into i from public.images g where g.id = o.image_id;
  foreach wanted in array private.items_of(o.recipe) loop
    continue when private.price_of(plan, wanted) = 0;
    insert into public.paid_items (scope, sha256, item, job_id)
      values (p_scope, i.sha256, wanted, o.job_id) on conflict do nothing;
    continue when not found;
    perform private.book(p_scope, 'hold', -private.price_of(plan, wanted),
      format('promote:%s:%s', o.id, wanted), wanted, o.job_id);
  end loop;
  perform private.capture(j) from public.jobs j where j.id = o.job_id;
  delete from public.removals r using private.promotion(o) p
    where r.bucket = 'user-library' and r.path = p.to_path;
  perform private.let_go(p.from_bucket, p.from_path) from private.promotion(o) p;
  perform private.settle(i, o);
  perform private.note('promote', p_scope, private.hex(o.id));
  select * into o from public.image_outputs e where e.id = p_version;
  return private.version_json(o);
end
$$;

-- Write into the rows of a photo and one version of it that their objects are in the library.
create function private.settle(i public.images, o public.image_outputs) returns void language plpgsql set search_path = '' as $$
begin
  update public.mattes m set bucket = 'user-library',
    path = format('%s/matte/%s.png', private.folder(i), m.key)
    where m.image_id = (i).id and m.bucket <> 'user-library';
  update public.strokes s set bucket = 'user-library',
    path = format('%s/strokes/%s.png', private.folder(i), substr(s.sha256, 1, 16))
    where s.image_id = (i).id and s.bucket <> 'user-library';
  update public.image_outputs set bucket = 'user-library', expires_at = null, promoting_until = null,
    path_output = private.output_path(i, 'user-library', job_id, id),
    thumbnail_path = private.thumbnail_path(i, 'user-library', job_id, id)
    where id = (o).id;
  update public.images set bucket = 'user-library', expires_at = null, promoting_until = null,
    path_original = format('%s/original.%s', private.folder(i), extension)
    where id = (i).id;
  perform private.show((i).id, (o).id);
end
$$;

-- A visitor who signed up takes along what there is; the clocks go on as they went. A photo that the
-- new owner has already stays behind and goes in its time. Returns how many came along.
create function public.adopt(p_visit text, p_scope text) returns integer language plpgsql security definer set search_path = '' as $$
declare
  taken uuid[] := array[]::uuid[];
  photo uuid;
begin
  if private.user_of(p_visit) is not null or private.team_of(p_visit) is not null
    or private.user_of(p_scope) is null then
    perform private.refuse(403, 'Only what came with a visit is taken along, and only by a user.');
  end if;
  perform private.plan_of(p_scope);
  for photo in
    select i.id from public.images i
    where i.scope = p_visit and i.deleting_at is null order by i.id for update
  loop
    begin
      update public.images set scope = p_scope where id = photo;
      taken := taken || photo;
    exception when unique_violation then
      null;  -- it is there already, perhaps since this moment
    end;
  end loop;
  update public.image_outputs set scope = p_scope where image_id = any (taken);
  update public.jobs set scope = p_scope where image_id = any (taken);
  update public.entries set scope = p_scope, seen = seen where image_id = any (taken);
  delete from public.collection_images where image_id = any (taken);
  delete from public.share_links s using public.image_outputs o
    where s.output_id = o.id and o.image_id = any (taken);
  perform private.note('adopt', p_scope, null, jsonb_build_object('photos', cardinality(taken)));
  return cardinality(taken);
end
$$;

-- The sweep

-- The objects of photos, and of what was made of them.
create function private.objects_of(image_ids uuid[]) returns table (bucket text, path text) language sql stable set search_path = '' as $$
  select i.bucket, i.path_original from public.images i where i.id = any (image_ids)
  union all
  select o.bucket, unnest(array[o.path_output, o.thumbnail_path]) from public.image_outputs o
    where o.image_id = any (image_ids)
  union all
  select m.bucket, m.path from public.mattes m where m.image_id = any (image_ids)
  union all
  select s.bucket, s.path from public.strokes s where s.image_id = any (image_ids)
$$;

-- Stop what is under way for a photo that goes; a worker that comes late is refused, and what it may
-- have written by then is swept a while later.
create function private.stop_jobs(of_image uuid) returns void language plpgsql set search_path = '' as $$
declare
  j public.jobs;
begin
  for j in select * from public.jobs o where o.image_id = of_image
    and o.status in ('awaiting_upload', 'verifying', 'queued', 'running') for update
  loop
    if j.status = 'running' then
      perform private.let_go('outputs-ephemeral', j.id || '.png', private.now() + interval '1 hour');
      perform private.let_go('outputs-ephemeral', j.id || '.webp', private.now() + interval '1 hour');
    end if;
    perform private.move(j, 'cancelled');
  end loop;
end
$$;

-- Claim photos and versions whose time is over, and tell their objects. What was claimed and not
-- forgotten within five minutes is claimed again: its claimant is gone. Nothing is claimed twice at
-- a time, early, or while it is being promoted.
create function public.claim_expired(p_most integer default 200) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  photos uuid[] := array[]::uuid[];
  versions uuid[] := array[]::uuid[];
  one record;
  j public.jobs;
begin
  for one in
    select due.* from (
      select i.id, i.scope from public.images i
      where i.expires_at <= private.now() and coalesce(i.promoting_until, '-infinity') <= private.now()
        and (i.deleting_at is null or i.deleting_at <= private.now() - interval '5 minutes')
      order by i.expires_at limit p_most for update skip locked
    ) due order by due.scope, due.id  -- whose balances follow: in one order
  loop
    update public.images set deleting_at = private.now() where id = one.id;
    perform private.stop_jobs(one.id);
    photos := photos || one.id;
  end loop;
  for one in
    select due.* from (
      select o.id, o.image_id, o.job_id, o.scope from public.image_outputs o
      join public.images i on i.id = o.image_id
      where o.expires_at <= private.now() and coalesce(o.promoting_until, '-infinity') <= private.now()
        and i.deleting_at is null
        and (o.deleting_at is null or o.deleting_at <= private.now() - interval '5 minutes')
      order by o.expires_at limit greatest(p_most - cardinality(photos), 0) for update skip locked
    ) due order by due.scope, due.id
  loop
    update public.image_outputs set deleting_at = private.now() where id = one.id;
    select * into j from public.jobs d where d.id = one.job_id and d.status = 'done' for update;
    if found then
      perform private.move(j, 'expired');
    end if;
    if exists (select from public.images i where i.id = one.image_id and i.current_id = one.id) then
      perform private.show(one.image_id);
    end if;
    versions := versions || one.id;
  end loop;
  return jsonb_build_object('photos', to_jsonb(photos), 'versions', to_jsonb(versions), 'objects', coalesce((
    select jsonb_agg(found.bucket || '/' || found.path) from (
      select * from private.objects_of(photos)
      union
      select o.bucket, unnest(array[o.path_output, o.thumbnail_path]) from public.image_outputs o
        where o.id = any (versions)
    ) found), '[]'));
end
$$;

-- Forget what was claimed, once its objects are gone. Returns how many rows went.
create function public.forget_claimed(p_photos uuid[], p_versions uuid[]) returns integer language plpgsql security definer set search_path = '' as $$
declare
  gone integer;
  more integer;
begin
  perform from public.images i where i.id = any (p_photos)
    or i.id in (select o.image_id from public.image_outputs o where o.id = any (p_versions))
    order by i.id for update;  -- in the order in which all others lock several
  update public.images set current_id = null
    where id = any (p_photos) and deleting_at is not null and current_id is not null;
  delete from public.image_outputs where id = any (p_versions) and deleting_at is not null;
  get diagnostics gone = row_count;
  delete from public.images where id = any (p_photos) and deleting_at is not null;
  get diagnostics more = row_count;
  return gone + more;
end
$$;

-- Give back what jobs hold that are not under way any more. There are none unless something broke.
create function public.release_stale() returns integer language plpgsql security definer set search_path = '' as $$
declare
  held public.credit_ledger;
  freed integer := 0;
begin
  for held in
    select l.* from public.credit_ledger l
    where l.state = 'held' and not exists (select from public.jobs j
      where j.id = l.job_id and j.status in ('awaiting_upload', 'verifying', 'queued', 'running'))
  loop
    -- Of an account that is gone there is no balance to give it back to.
    perform private.book(c.scope, 'release', -held.amount, format('%s:back', held.idempotency_key),
      held.item, held.job_id) from public.credits c where c.account = held.account;
    update public.credit_ledger set state = 'released' where id = held.id and state = 'held';
    delete from public.paid_items where job_id = held.job_id and item = held.item and not paid;
    freed := freed + 1;
  end loop;
  return freed;
end
$$;

-- Archive versions of owners who asked for it: those that are not shown and old enough drop their
-- full picture, which their recipe makes anew; thumbnail and recipe stay. Returns how many.
create function public.archive(p_most integer default 200) returns integer language plpgsql security definer set search_path = '' as $$
declare
  o public.image_outputs;
  archived integer := 0;
begin
  for o in
    select e.* from public.image_outputs e
    join public.settings s on s.scope = e.scope
    join public.images i on i.id = e.image_id
    where e.bucket = 'user-library' and e.archived_at is null
      and e.created_at <= private.now() - make_interval(days => s.archive_after_days)
      and i.current_id is distinct from e.id
    order by e.created_at limit p_most for update of e skip locked
  loop
    update public.image_outputs set archived_at = private.now() where id = o.id;
    perform private.let_go(o.bucket, o.path_output);
    archived := archived + 1;
  end loop;
  return archived;
end
$$;
