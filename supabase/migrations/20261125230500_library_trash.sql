-- What is to go: the trash, its purge, and how many versions are kept. Rows go in one transaction that
-- notes their objects; those go after it.

create function public.library_throw(p_scope text, p_images text[]) returns integer language plpgsql security definer set search_path = '' as $$
declare
  thrown integer;
begin
  perform private.lock_images(private.ids(p_images));
  update public.images set deleted_at = private.now()
    where scope = p_scope and id = any (private.ids(p_images))
      and deleted_at is null and deleting_at is null;
  get diagnostics thrown = row_count;
  return thrown;
end
$$;

create function public.library_take_back(p_scope text, p_images text[]) returns integer language plpgsql security definer set search_path = '' as $$
declare
  back integer;
begin
  perform private.lock_images(private.ids(p_images));
  update public.images set deleted_at = null
    where scope = p_scope and id = any (private.ids(p_images))
      and deleted_at is not null and deleting_at is null;
  get diagnostics back = row_count;
  return back;
end
$$;

-- Note objects that are to go, even if others had their names before and went.
create function private.note_objects(buckets text[], paths text[]) returns void language sql set search_path = '' as $$
  insert into public.removals as r (bucket, path, noted_at)
  select distinct gone.bucket, gone.path, private.now() from unnest(buckets, paths) gone(bucket, path)
  on conflict (bucket, path) do update set noted_at = excluded.noted_at, removed_at = null
$$;

-- Those of some photos that recipes of other photos of their owner name as background.
create function private.needed(image_ids uuid[]) returns uuid[] language sql stable set search_path = '' as $$
  select coalesce(array_agg(distinct i.id), '{}') from public.images i join (
    select o.scope, o.image_id, o.recipe from public.image_outputs o
    union all
    select e.scope, e.image_id, e.recipe from public.entries e
  ) used on used.scope = i.scope and not used.image_id = any (image_ids)
    and position('"background": "picture ' || i.sha256 in used.recipe) > 0
  where i.id = any (image_ids)
$$;

-- Forget photos that are locked. What lies behind other photos stays as a picture, and is a photo no
-- more. Returns how many.
create function private.purge(image_ids uuid[]) returns integer language plpgsql set search_path = '' as $$
declare
  kept uuid[] := private.needed(image_ids);
begin
  perform private.note_objects(array_agg(o.bucket), array_agg(o.path))
    from private.objects_of(image_ids) o
    where not exists (select from public.images i where i.id = any (kept)
      and (i.bucket, i.path_original) = (o.bucket, o.path));
  update public.images set current_id = null where id = any (image_ids) and current_id is not null;
  delete from public.images where id = any (image_ids) and not id = any (kept);
  update public.images set deleted_at = null, name = '', name_key = '', notes = '', doubt = 0
    where id = any (kept);
  delete from public.jobs where image_id = any (kept);
  delete from public.collection_images where image_id = any (kept);
  delete from public.mattes where image_id = any (kept);
  delete from public.strokes where image_id = any (kept);
  delete from public.image_outputs where image_id = any (kept);
  return cardinality(image_ids);
end
$$;

create function public.library_purge(p_scope text, p_images text[]) returns integer language plpgsql security definer set search_path = '' as $$
declare
  going uuid[];
begin
  perform private.lock_images(private.ids(p_images));
  select coalesce(array_agg(i.id), '{}') into going from public.images i
    where i.scope = p_scope and i.id = any (private.ids(p_images))
      and i.deleted_at is not null and i.deleting_at is null;
  return private.purge(going);
end
$$;

-- Forget what was thrown away before a moment, of all owners. Nobody waits for another sweep.
create function public.library_purge_older(p_moment double precision) returns integer language plpgsql security definer set search_path = '' as $$
declare
  going uuid[] := array(select i.id from public.images i
    where i.deleted_at < private.moment(p_moment) and i.deleting_at is null
    order by i.id for update skip locked);
begin
  return private.purge(going);
end
$$;

-- Forget strokes kept before a moment that no recipe names any more: none of an entry, of a version,
-- or of a job that has not expired.
create function public.library_drop_strokes(p_moment double precision) returns integer language plpgsql security definer set search_path = '' as $$
declare
  buckets text[];
  paths text[];
begin
  with gone as (
    delete from public.strokes s where s.created_at < private.moment(p_moment) and not exists (
      select from public.entries e where e.image_id = s.image_id and position(s.sha256 in e.recipe) > 0
      union all
      select from public.image_outputs o
        where o.image_id = s.image_id and position(s.sha256 in o.recipe) > 0
      union all
      select from public.jobs j where j.image_id = s.image_id and j.status <> 'expired'
        and position(s.sha256 in j.recipe) > 0)
    returning s.bucket, s.path
  ) select array_agg(g.bucket), array_agg(g.path) into buckets, paths from gone g;
  perform private.note_objects(buckets, paths);
  return coalesce(cardinality(paths), 0);
end
$$;

create function public.library_leavings(p_most integer) returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(r.name order by r.noted_at, r.name), '[]') from (
    select o.bucket || '/' || o.path as name, o.noted_at from public.removals o
    where o.removed_at is null and o.noted_at <= private.now()
    order by o.noted_at, name limit p_most
  ) r
$$;

create function public.library_cleared(p_paths text[]) returns void language plpgsql security definer set search_path = '' as $$
begin
  update public.removals r set removed_at = private.now() from unnest(p_paths) gone(name)
    where r.bucket = split_part(gone.name, '/', 1)
      and r.path = substr(gone.name, strpos(gone.name, '/') + 1);
  delete from public.removals where removed_at < private.now() - interval '30 days';
end
$$;

-- Objects that could not be removed come after all others; those that no row speaks of any more are
-- noted here, so that the row can go.
create function public.library_put_off(p_paths text[]) returns void language sql security definer set search_path = '' as $$
  insert into public.removals as r (bucket, path, noted_at)
  select distinct split_part(late.name, '/', 1), substr(late.name, strpos(late.name, '/') + 1),
    private.now() from unnest(p_paths) late(name)
  on conflict (bucket, path) do update set noted_at = excluded.noted_at, removed_at = null
$$;

create function public.library_keep_last(p_scope text) returns integer language sql stable security definer set search_path = '' as $$
  select s.keep_last from public.settings s where s.scope = p_scope
$$;

create function public.library_set_keep_last(p_scope text, p_versions integer) returns void language sql security definer set search_path = '' as $$
  insert into public.settings (scope, keep_last) values (p_scope, p_versions)
  on conflict (scope) do update set keep_last = excluded.keep_last
$$;

-- Versions beyond the last ones of each photo. What is shown stays, what the workbench shows, what is
-- shared, and all of photos in a collection or in the trash.
create function private.surplus(of_scope text, keep integer) returns setof public.image_outputs language sql stable set search_path = '' as $$
  select o.* from public.image_outputs o join public.images i on i.id = o.image_id
  where o.scope = of_scope and o.deleting_at is null and i.deleting_at is null
    and i.deleted_at is null and o.id is distinct from i.current_id
    and not exists (select from public.collection_images c where c.image_id = i.id)
    and not exists (select from public.entries e where e.job_id = o.job_id)
    and not exists (select from public.share_links s where s.output_id = o.id
      and s.revoked_at is null and s.expires_at > private.now())
    and (select count(*) from public.image_outputs later where later.image_id = i.id
      and later.version > o.version and later.deleting_at is null) >= keep
$$;

create function public.library_surplus(p_scope text, p_keep integer) returns jsonb language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('versions', count(*), 'photos', count(distinct o.image_id),
    'bytes', coalesce(sum(o.bytes), 0)) from private.surplus(p_scope, p_keep) o
$$;

create function public.library_prune(p_scope text, p_keep integer) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  answer jsonb;
  o public.image_outputs;
  j public.jobs;
begin
  perform private.lock_images(array(select s.image_id from private.surplus(p_scope, p_keep) s));
  answer := public.library_surplus(p_scope, p_keep);
  for o in select * from private.surplus(p_scope, p_keep) loop
    select * into j from public.jobs d where d.id = o.job_id for update;
    perform private.expire(j);
  end loop;
  return answer;
end
$$;

-- Prune each library whose owner has said how many versions it keeps.
create function public.library_prune_all() returns void language plpgsql security definer set search_path = '' as $$
declare
  s public.settings;
begin
  for s in select * from public.settings o where o.keep_last is not null order by o.scope loop
    perform public.library_prune(s.scope, s.keep_last);
  end loop;
end
$$;

-- Of a visit that has nothing left, nothing is left. Returns how many.
create function public.library_forget_visits() returns integer language plpgsql security definer set search_path = '' as $$
declare
  gone text[] := array(
    select t.scope from (select scope from public.ticks union select scope from public.changes
      union select scope from public.pauses) t
    where private.user_of(t.scope) is null and private.team_of(t.scope) is null
      and not exists (select from public.images i where i.scope = t.scope));
begin
  delete from public.pauses where scope = any (gone);
  set constraints all immediate;
  delete from public.ticks where scope = any (gone);
  delete from public.changes where scope = any (gone);
  delete from public.departures where scope = any (gone);
  return cardinality(gone);
end
$$;
