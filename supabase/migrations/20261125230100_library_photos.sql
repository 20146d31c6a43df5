-- The library as the server sees it, of one owner or visit at a time: photos, mattes, strokes,
-- versions, the workbench and keys. Rows come and go as JSON with the names of the program's fields.

-- An id as text; what cannot be one is nobody's.
create function private.id(given text) returns uuid language sql immutable set search_path = '' as $$
  select case when given ~ '^[0-9a-f]{32}$' then given::uuid end
$$;

create function private.ids(given text[]) returns uuid[] language sql immutable set search_path = '' as $$
  select coalesce(array_agg(private.id(one) order by at), '{}')
  from unnest(given) with ordinality found(one, at) where private.id(one) is not null
$$;

create function private.matte_json(m public.mattes) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'image_id', private.hex((m).image_id), 'key', (m).key, 'path', (m).bucket || '/' || (m).path,
    'created_at', private.unix((m).created_at), 'doubt', (m).doubt, 'reasons', (m).reasons,
    'bytes', (m).bytes)
$$;

create function private.strokes_json(s public.strokes) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'image_id', private.hex((s).image_id), 'sha256', (s).sha256,
    'path', (s).bucket || '/' || (s).path, 'created_at', private.unix((s).created_at))
$$;

create function private.entry_json(e public.entries) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', private.hex((e).id), 'scope', (e).scope, 'image_id', private.hex((e).image_id),
    'job_id', private.hex((e).job_id), 'name', (e).name, 'folder', (e).folder,
    'recipe', (e).recipe, 'created_at', private.unix((e).created_at), 'seen', (e).seen)
$$;

create function private.key_json(k public.api_keys) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', private.hex((k).id), 'scope', (k).scope, 'name', (k).name, 'digest', (k).digest,
    'created_at', private.unix((k).created_at), 'revoked_at', private.unix((k).revoked_at))
$$;

-- Photos

create function public.library_image(p_scope text, p_image text) returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  i public.images;
begin
  select * into i from public.images g
    where g.id = private.id(p_image) and g.scope = p_scope and g.deleting_at is null;
  if not found then perform private.not_here(); end if;
  return private.image_json(i);
end
$$;

create function public.library_keep(p_scope text, p_image jsonb) returns jsonb language sql security definer set search_path = '' as $$
  select private.image_json(private.keep_image(p_scope, p_image))
$$;

create function public.library_find(p_scope text, p_sha256 text) returns jsonb language sql stable security definer set search_path = '' as $$
  select private.image_json(i) from public.images i
  where i.scope = p_scope and i.sha256 = p_sha256 and i.deleting_at is null
$$;

-- Where an object of a photo lies that was made of it: beside the photo in the library, or else in the
-- bucket for results, that go with it.
create function private.beside(i public.images) returns text language sql immutable set search_path = '' as $$
  select case (i).bucket when 'user-library' then (i).bucket else 'outputs-ephemeral' end
$$;

-- A photo that is there, locked, whoever's it is: a worker has it in hand.
create function private.lock_any(image text) returns public.images language plpgsql set search_path = '' as $$
declare
  i public.images;
begin
  select * into i from public.images g
    where g.id = private.id(image) and g.deleting_at is null for update;
  if not found then perform private.not_here(); end if;
  return i;
end
$$;

create function public.library_keep_matte(p_matte jsonb) returns void language plpgsql security definer set search_path = '' as $$
declare
  i public.images := private.lock_any(p_matte ->> 'image_id');
begin
  insert into public.mattes (image_id, key, bucket, path, bytes, doubt, reasons, created_at)
  values (i.id, p_matte ->> 'key', private.beside(i),
    format('%s/matte/%s.png', private.folder(i), p_matte ->> 'key'),
    coalesce((p_matte ->> 'bytes')::bigint, 0), coalesce((p_matte ->> 'doubt')::double precision, 0),
    coalesce(p_matte ->> 'reasons', ''), private.moment((p_matte ->> 'created_at')::double precision))
  on conflict do nothing;
end
$$;

create function public.library_matte(p_image text, p_key text) returns jsonb language sql stable security definer set search_path = '' as $$
  select private.matte_json(m) from public.mattes m
  where m.image_id = private.id(p_image) and m.key = p_key
$$;

-- Equal strokes that were there are as young as these now. Their object has a name that is never used
-- again: that of others may be on its way to be removed.
create function public.library_keep_strokes(p_strokes jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  i public.images := private.lock_any(p_strokes ->> 'image_id');
  own_name text := substring(p_strokes ->> 'path' from '/strokes/([0-9a-f]{16}-[0-9a-f]{8})[.]png$');
  s public.strokes;
begin
  insert into public.strokes (image_id, sha256, bucket, path, created_at)
  values (i.id, p_strokes ->> 'sha256', private.beside(i),
    format('%s/strokes/%s.png', private.folder(i), coalesce(own_name,
      left(p_strokes ->> 'sha256', 16) || '-' || left(private.hex(gen_random_uuid()), 8))),
    private.moment((p_strokes ->> 'created_at')::double precision))
  on conflict (image_id, sha256) do update set created_at = excluded.created_at
  returning * into s;
  return private.strokes_json(s);
end
$$;

create function public.library_strokes(p_image text, p_sha256 text) returns jsonb language sql stable security definer set search_path = '' as $$
  select private.strokes_json(s) from public.strokes s
  where s.image_id = private.id(p_image) and s.sha256 = p_sha256
$$;

create function public.library_version(p_scope text, p_version text) returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  o public.image_outputs;
begin
  select * into o from public.image_outputs e
    where e.id = private.id(p_version) and e.scope = p_scope and e.deleting_at is null;
  if not found then perform private.not_here(); end if;
  return private.version_json(o);
end
$$;

create function public.library_history(p_scope text, p_image text) returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(private.version_json(o) order by o.version), '[]')
  from public.image_outputs o
  where o.scope = p_scope and o.image_id = private.id(p_image) and o.deleting_at is null
$$;

-- Names of objects that some row speaks of, in their order, from one on; of all, or of one owner.
create function public.library_objects(p_after text, p_most integer, p_scope text default null)
returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(page.name order by page.name), '[]') from (
    select found.name collate "C" from (
      select i.bucket || '/' || i.path_original as name, i.scope from public.images i
      union all
      select o.bucket || '/' || unnest(array[
          case when o.archived_at is null then o.path_output end, o.thumbnail_path]), o.scope
        from public.image_outputs o
      union all
      select m.bucket || '/' || m.path, i.scope
        from public.mattes m join public.images i on i.id = m.image_id
      union all
      select s.bucket || '/' || s.path, i.scope
        from public.strokes s join public.images i on i.id = s.image_id
    ) found
    where found.name collate "C" > p_after and (p_scope is null or found.scope = p_scope)
    order by 1 limit p_most
  ) page(name)
$$;

-- The workbench

create function public.library_place(p_entry jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := p_entry ->> 'scope';
  i public.images := private.lock_image(own, private.id(p_entry ->> 'image_id'));
  e public.entries;
begin
  perform from public.jobs j
    where j.id = private.id(p_entry ->> 'job_id') and j.scope = own and j.image_id = i.id;
  if not found then perform private.not_here(); end if;
  insert into public.entries (id, scope, image_id, job_id, name, folder, recipe, seen, created_at)
  values ((p_entry ->> 'id')::uuid, own, i.id, (p_entry ->> 'job_id')::uuid, p_entry ->> 'name',
    p_entry ->> 'folder', p_entry ->> 'recipe', coalesce(p_entry ->> 'seen', ''),
    private.moment((p_entry ->> 'created_at')::double precision))
  on conflict do nothing;
  perform private.name_image(i.id, p_entry ->> 'name');
  select * into e from public.entries f
    where f.scope = own and f.image_id = i.id and f.folder = p_entry ->> 'folder'
      and f.name = p_entry ->> 'name';
  if not found then perform private.not_here(); end if;
  return private.entry_json(e);
end
$$;

-- An entry of a scope, locked after its photo and its job.
create function private.lock_entry(of_scope text, entry text) returns public.entries language plpgsql set search_path = '' as $$
declare
  e public.entries;
begin
  perform private.lock_job(of_scope, (select f.job_id from public.entries f
    where f.id = private.id(entry) and f.scope = of_scope));
  select * into e from public.entries f
    where f.id = private.id(entry) and f.scope = of_scope for update;
  if not found then perform private.not_here(); end if;
  return e;
end
$$;

create function public.library_change(p_scope text, p_entry text, p_recipe text, p_job text) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  before public.entries := private.lock_entry(p_scope, p_entry);
  e public.entries;
begin
  perform from public.jobs j
    where j.id = private.id(p_job) and j.scope = p_scope and j.image_id = before.image_id;
  if not found then perform private.not_here(); end if;
  update public.entries set recipe = p_recipe, job_id = private.id(p_job)
    where id = before.id returning * into e;
  if before.job_id <> e.job_id then
    perform private.forsake(private.lock_job(p_scope, before.job_id));
  end if;
  return private.entry_json(e);
end
$$;

create function public.library_entry(p_scope text, p_entry text) returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  e public.entries;
begin
  select * into e from public.entries f where f.id = private.id(p_entry) and f.scope = p_scope;
  if not found then perform private.not_here(); end if;
  return private.entry_json(e);
end
$$;

-- What of a workbench is new since a tick, in the order it came, and whether it is there.
create function private.cards(of_scope text, since bigint)
returns table (card jsonb, there boolean, created_at timestamptz, seq bigint) language sql stable set search_path = '' as $$
  select jsonb_build_object('entry', private.entry_json(e), 'image', private.image_json(i),
    'job', private.job_json(j)), i.deleted_at is null and i.deleting_at is null, e.created_at, e.seq
  from public.entries e join public.images i on i.id = e.image_id join public.jobs j on j.id = e.job_id
  where e.scope = of_scope and e.tick > since
$$;

create function public.library_bench(p_scope text) returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(c.card order by c.created_at, c.seq), '[]')
  from private.cards(p_scope, -1) c where c.there
$$;

-- Keys of programs

create function public.library_keep_key(p_key jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  k public.api_keys;
begin
  insert into public.api_keys (id, scope, name, digest, created_at)
  values ((p_key ->> 'id')::uuid, p_key ->> 'scope', p_key ->> 'name', p_key ->> 'digest',
    private.moment((p_key ->> 'created_at')::double precision))
  on conflict (scope, name) do nothing returning * into k;
  if k.id is null then
    perform private.refuse(409, format('There is a key %L already. Take another name.', p_key ->> 'name'));
  end if;
  return private.key_json(k);
end
$$;

create function public.library_key(p_digest text) returns jsonb language sql stable security definer set search_path = '' as $$
  select private.key_json(k) from public.api_keys k where k.digest = p_digest and k.revoked_at is null
$$;

create function public.library_keys(p_scope text) returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(private.key_json(k) order by k.created_at, k.seq), '[]')
  from public.api_keys k where k.scope = p_scope
$$;

create function public.library_revoke(p_scope text, p_name text) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  k public.api_keys;
begin
  update public.api_keys set revoked_at = coalesce(revoked_at, private.now())
    where scope = p_scope and name = p_name returning * into k;
  if not found then perform private.not_here(); end if;
  return private.key_json(k);
end
$$;
