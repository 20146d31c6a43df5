-- The second, smaller door: a desktop brings cutouts to the library of its user. It names the photo,
-- the recipe and the sizes, writes the names it is told, and says when it is done; the server opens
-- the bytes before anything of them is there.

create function private.sync_json(s public.syncs) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object('id', private.hex((s).id), 'job_id', private.hex((s).job_id),
    'version_id', private.hex((s).output_id), 'bucket', 'user-library',
    'original', (s).path_original, 'output', (s).path_output, 'thumbnail', (s).thumbnail_path,
    'expires_at', private.unix((s).expires_at), 'sizes', (s).sizes)
$$;

create function private.check_sync(p_sha256 text, p_recipe text, p_sizes jsonb) returns void language plpgsql set search_path = '' as $$
begin
  if p_sha256 is null or p_sha256 !~ '^[0-9a-f]{64}$' or length(coalesce(p_recipe, '')) not between 2 and 20000
    or private.items_of(p_recipe) = array[]::text[]
    or not coalesce(p_sizes @? '$ ? (@.width > 0 && @.height > 0 && @.bytes > 0 && @.output.width > 0
      && @.output.height > 0 && @.output.bytes > 0 && @.thumbnail.bytes > 0)', false)
    or coalesce(p_sizes ->> 'extension', '') !~ '^[a-z0-9]{1,8}$'
    or coalesce(p_sizes ->> 'mime', '') !~ '^image/[a-z]+$'
  then
    perform private.refuse(422, 'This is not how a cutout is announced.');
  end if;
end
$$;

-- The photo that a sync is of, locked; one that is new is there for the server alone until it is checked.
create function private.sync_image(plan public.plans, own text, p_sha256 text, p_sizes jsonb)
returns public.images language plpgsql set search_path = '' as $$
declare
  i public.images;
  new_id uuid := gen_random_uuid();
begin
  perform private.check_photo(plan, (p_sizes ->> 'width')::bigint, (p_sizes ->> 'height')::bigint,
    (p_sizes ->> 'bytes')::bigint);
  perform private.check_room(plan, own, (p_sizes ->> 'bytes')::bigint
    + (p_sizes #>> '{output,bytes}')::bigint);
  insert into public.images (
    id, scope, sha256, mime, extension, width, height, bytes, bucket, path_original, verified
  ) values (
    new_id, own, p_sha256, p_sizes ->> 'mime', p_sizes ->> 'extension', (p_sizes ->> 'width')::integer,
    (p_sizes ->> 'height')::integer, (p_sizes ->> 'bytes')::bigint, 'user-library',
    format('%s/%s/original.%s', own, new_id, p_sizes ->> 'extension'), false
  ) on conflict do nothing;
  select * into i from public.images g
    where g.scope = own and g.sha256 = p_sha256 and g.deleting_at is null for update;
  if i.bucket <> 'user-library' then
    perform private.refuse(409, 'This photo is here for a while. Keep it there first.');
  end if;
  return i;
end
$$;

create function public.sync_open(p_sha256 text, p_recipe text, p_sizes jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := private.asks()::text;
  plan public.plans := private.plan_of(own);
  digest text;
  i public.images;
  j public.jobs;
  s public.syncs;
begin
  perform private.check_sync(p_sha256, p_recipe, p_sizes);
  digest := encode(sha256(convert_to(p_recipe, 'UTF8')), 'hex');
  if not plan.persists then
    perform private.refuse(403, 'Syncing needs a paid plan.');
  elsif (select count(*) from public.syncs o where o.scope = own and o.done_at is null) >= 500 then
    perform private.refuse(429, 'Finish the uploads that you have begun first.');
  end if;
  i := private.sync_image(plan, own, p_sha256, p_sizes);
  select * into j from public.jobs o
    where o.image_id = i.id and o.key = digest and o.status <> 'expired' for update;
  if not found then
    insert into public.jobs (scope, image_id, status, input_sha256, key, op_key, recipe)
      values (own, i.id, 'awaiting_upload', p_sha256, digest,
        (private.items_of(p_recipe))[1] || '~' || left(digest, 16), p_recipe) returning * into j;
    insert into public.syncs (id, scope, job_id, sizes, path_original, path_output, thumbnail_path, expires_at)
      select gen_random_uuid(), own, j.id, p_sizes,
        case when not i.verified and not exists (select from public.syncs o
          where o.path_original = i.path_original) then i.path_original end,
        private.output_path(i, 'user-library', j.id, j.id),
        private.thumbnail_path(i, 'user-library', j.id, j.id), private.now();
    update public.syncs set output_id = j.id where job_id = j.id;
  elsif j.status <> 'awaiting_upload' then  -- it is here, or comes without the desktop
    return jsonb_build_object('id', null, 'job_id', private.hex(j.id), 'status', j.status,
      'version_id', private.hex(j.output_id));
  end if;
  update public.syncs set expires_at = private.now() + interval '1 hour'
    where job_id = j.id returning * into s;
  perform private.note('sync_open', own, private.hex(s.id));
  return private.sync_json(s);
end
$$;

-- Every object was written, in the size that was said: the server has a look at it next.
create function public.sync_done(p_id uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := private.asks()::text;
  s public.syncs;
  j public.jobs;
  missing integer;
begin
  select * into s from public.syncs o where o.id = p_id and o.scope = own;
  if not found then perform private.not_here(); end if;
  j := private.lock_job(own, s.job_id);
  select * into s from public.syncs o where o.id = p_id for update;
  if s.done_at is not null then
    return jsonb_build_object('id', private.hex(s.id), 'status', j.status);
  elsif s.expires_at <= private.now() then
    perform private.refuse(410, 'This took too long. Begin again.');
  end if;
  select count(*) into missing from (values
      (s.path_original, (s.sizes ->> 'bytes')::bigint),
      (s.path_output, (s.sizes #>> '{output,bytes}')::bigint),
      (s.thumbnail_path, (s.sizes #>> '{thumbnail,bytes}')::bigint)
    ) said(path, bytes)
    where said.path is not null and not exists (select from storage.objects o
      where o.bucket_id = 'user-library' and o.name = said.path
        and (o.metadata ->> 'size')::bigint = said.bytes);
  if missing > 0 then
    perform private.refuse(409, 'Not everything has arrived yet.');
  end if;
  update public.syncs set done_at = private.now() where id = s.id;
  j := private.move(j, 'verifying');
  perform private.note('sync_done', own, private.hex(s.id));
  return jsonb_build_object('id', private.hex(s.id), 'status', j.status);
end
$$;

-- What the server has to open next, the first one first.
create function public.sync_pending(p_most integer default 50) returns setof jsonb language sql stable security definer set search_path = '' as $$
  select private.sync_json(s) || jsonb_build_object('sha256', j.input_sha256,
    'original', i.path_original, 'scope', s.scope)
  from public.syncs s join public.jobs j on j.id = s.job_id join public.images i on i.id = j.image_id
  where j.status = 'verifying' order by s.done_at limit p_most
$$;

-- Drop what a desktop brought, or did not; a photo that came with it alone goes, too.
create function private.drop_sync(s public.syncs, says text) returns void language plpgsql set search_path = '' as $$
declare
  j public.jobs := private.lock_job((s).scope, (s).job_id);
  i public.images;
begin
  perform private.let_go('user-library', (s).path_output);
  perform private.let_go('user-library', (s).thumbnail_path);
  perform private.move(j, 'expired', says);
  delete from public.syncs where id = (s).id;
  select * into i from public.images g where g.id = j.image_id;
  if not i.verified and not exists (select from public.jobs o
    where o.image_id = i.id and o.status <> 'expired') then
    perform private.let_go(i.bucket, i.path_original);
    delete from public.images where id = i.id;
  end if;
end
$$;

-- What the server has seen: the bytes are what was said, and the version is there; or they are not.
create function public.sync_verified(p_id uuid, p_ok boolean, p_says text default '') returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  s public.syncs;
  j public.jobs;
begin
  select * into s from public.syncs o where o.id = p_id;
  if not found then perform private.not_here(); end if;
  j := private.lock_job(s.scope, s.job_id);
  if j.status = 'done' then return private.job_json(j); end if;
  if j.status <> 'verifying' then
    perform private.refuse(409, format('This photo is %s: it cannot become done.', j.status));
  end if;
  if not p_ok then
    perform private.drop_sync(s, p_says);
    perform private.note('sync_refused', s.scope, private.hex(s.id));
    return null;
  end if;
  update public.images set verified = true where id = j.image_id;
  update public.jobs set status = 'queued' where id = j.id;
  update public.jobs set status = 'running', owner = 'sync', fence = fence + 1,
    lease_until = private.now() + private.lease() where id = j.id returning * into j;
  return public.finish(j.id, j.fence, jsonb_build_object('id', s.output_id,
    'width', s.sizes #> '{output,width}', 'height', s.sizes #> '{output,height}',
    'bytes', s.sizes #> '{output,bytes}'));
end
$$;

-- Drop what was announced and never came. Returns how many.
create function public.drop_syncs() returns integer language plpgsql security definer set search_path = '' as $$
declare
  s public.syncs;
  dropped integer := 0;
begin
  for s in select * from public.syncs o
    where o.done_at is null and o.expires_at <= private.now()
  loop
    perform private.lock_job(s.scope, s.job_id);
    perform from public.syncs o
      where o.id = s.id and o.done_at is null and o.expires_at <= private.now() for update;
    continue when not found;  -- opened again, done, or dropped meanwhile
    perform private.drop_sync(s, 'Its upload never came.');
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

-- Buckets: a user reads own objects that are verified, one by one, and writes the names that an open
-- sync has told. Nobody lists, signs, changes or removes with a client's token.

create function private.may_read(name text) returns boolean language sql stable security definer set search_path = '' as $$
  select split_part(name, '/', 1) = any (array(select private.my_scopes())) and (
    exists (select from public.images i where i.bucket = 'user-library'
      and i.path_original = may_read.name and i.verified and i.deleting_at is null)
    or exists (select from public.image_outputs o where o.bucket = 'user-library'
      and may_read.name in (o.path_output, o.thumbnail_path))
    or exists (select from public.mattes m where m.bucket = 'user-library' and m.path = may_read.name)
    or exists (select from public.strokes s where s.bucket = 'user-library' and s.path = may_read.name))
$$;

create function private.may_write(name text) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select from public.syncs s
    where s.done_at is null and s.expires_at > private.now() and s.scope = private.me()::text
      and may_write.name in (s.path_original, s.path_output, s.thumbnail_path))
$$;

create policy coveshot_read on storage.objects for select to authenticated using (
  bucket_id = 'user-library'
  and current_setting('storage.operation', true) in ('storage.object.get_authenticated',
    'object.get_authenticated_info', 'object.head_authenticated_info')
  and private.may_read(name)
);
create policy coveshot_write on storage.objects for insert to authenticated with check (
  bucket_id = 'user-library' and private.may_write(name)
);
