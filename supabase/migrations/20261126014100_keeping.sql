-- What an owner does not keep: versions beyond those that the plan or the owner wants, and originals
-- where they are not wanted once all is made of them.

-- How many versions of each photo are kept; null for all of them.
create function private.versions_kept(of_scope text) returns integer language plpgsql stable set search_path = '' as $$
declare
  wanted integer := (select s.keep_last from public.settings s where s.scope = of_scope);
begin
  return least(wanted, (private.plan_of(of_scope)).keep_versions);
exception when sqlstate 'PT404' or sqlstate 'PT410' then
  return null;  -- nobody's, or going as a whole
end
$$;

create or replace function public.library_prune_all() returns void language plpgsql security definer set search_path = '' as $$
declare
  one text;
  kept integer;
begin
  for one in
    select s.scope from public.settings s where s.keep_last is not null
    union
    select o.scope from public.image_outputs o
      where o.version > (select min(p.keep_versions) from public.plans p)
    order by 1
  loop
    kept := private.versions_kept(one);
    if kept is not null then
      perform public.library_prune(one, kept);
    end if;
  end loop;
end
$$;

-- Since when the original of a photo is not kept. It has a name all the same, which nothing has had
-- before: dropped again, the photo is kept under that.
alter table public.images add column original_gone_at timestamptz;

-- An original whose owner keeps none goes from the library when nothing is under way for its photo,
-- unless it lies behind another one.
create function private.drop_original(of_image uuid) returns void language plpgsql set search_path = '' as $$
declare
  i public.images;
begin
  select g.* into i from public.images g join public.settings s on s.scope = g.scope
    where g.id = of_image and not s.keep_original and g.bucket = 'user-library'
      and g.original_gone_at is null and not exists (select from public.jobs j
        where j.image_id = g.id and j.status in ('awaiting_upload', 'verifying', 'queued', 'running'))
      and private.needed(array[g.id]) = '{}';
  if not found then return; end if;
  perform private.let_go(i.bucket, i.path_original);
  update public.images set original_gone_at = private.now(), path_original = format('%s/original-%s.%s',
      private.folder(i), left(private.hex(gen_random_uuid()), 8), i.extension)
    where id = i.id;
end
$$;

create function private.on_made() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform private.drop_original(new.image_id);
  return null;
end
$$;
create trigger jobs_made after update of status on public.jobs
  for each row when (new.status = 'done') execute function private.on_made();

create function private.on_kept() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform private.drop_original(new.id);
  return null;
end
$$;
create trigger images_kept after update of bucket on public.images
  for each row when (new.bucket <> old.bucket) execute function private.on_kept();

-- A photo whose original went is complete again once that has been put back under its name.
create function private.with_original(of_image uuid) returns void language sql set search_path = '' as $$
  update public.images i set original_gone_at = null
  where i.id = of_image and i.original_gone_at is not null
    and exists (select from storage.objects o where o.bucket_id = i.bucket and o.name = i.path_original)
$$;

-- Nothing new is made of a photo whose original is not there.
create function private.check_original() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform private.with_original(new.image_id);
  if exists (select from public.images i where i.id = new.image_id and i.original_gone_at is not null) then
    perform private.refuse(410, 'The original of this photo was not kept. Drop the photo here again.');
  end if;
  return new;
end
$$;
create trigger jobs_need_original before insert or update of status on public.jobs
  for each row when (new.status = 'queued') execute function private.check_original();

-- What of a library counts: an original that is not there takes no room.
drop index public.images_stored;
create index images_stored on public.images (scope) include (id, bytes, original_gone_at)
  where bucket = 'user-library';

create or replace function private.stored_bytes(of_scope text) returns bigint language sql stable set search_path = '' as $$
  select coalesce((select sum(i.bytes) from public.images i where i.scope = of_scope
      and i.bucket = 'user-library' and i.original_gone_at is null), 0)::bigint
    + coalesce((select sum(o.bytes) from public.image_outputs o where o.scope = of_scope
      and o.bucket = 'user-library'), 0)::bigint
    + coalesce((select sum(m.bytes) from public.mattes m join public.images i on i.id = m.image_id
      where i.scope = of_scope and i.bucket = 'user-library' and m.bucket = 'user-library'), 0)::bigint
$$;

create or replace function public.library_objects(p_after text, p_most integer, p_scope text default null)
returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(page.name order by page.name), '[]') from (
    select found.name collate "C" from (
      select i.bucket || '/' || i.path_original as name, i.scope from public.images i
        where i.original_gone_at is null
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

create or replace function public.library_usage(p_scope text) returns jsonb language sql stable security definer set search_path = '' as $$
  with photos as (
    select i.id, case when i.original_gone_at is null then i.bytes else 0 end as bytes,
      i.deleted_at is not null as thrown from public.images i
    where i.scope = p_scope and i.deleting_at is null
  ), made (kind, thrown, bytes) as (
    select 'originals', p.thrown, p.bytes from photos p
    union all
    select 'mattes', p.thrown, m.bytes from photos p join public.mattes m on m.image_id = p.id
    union all
    select 'strokes', p.thrown, s.bytes from photos p join public.strokes s on s.image_id = p.id
    union all
    select 'versions', p.thrown, o.bytes + o.thumbnail_bytes from photos p
      join public.image_outputs o on o.image_id = p.id and o.deleting_at is null
  )
  select jsonb_object_agg(kinds.kind, (select jsonb_build_array(count(*), coalesce(sum(m.bytes), 0))
      from made m where m.kind = kinds.kind and not m.thrown))
    || jsonb_build_object('trash', (select jsonb_build_array(
      count(*) filter (where m.kind = 'originals'), coalesce(sum(m.bytes), 0)) from made m where m.thrown))
  from (values ('originals'), ('mattes'), ('strokes'), ('versions')) kinds (kind)
$$;

revoke all on function private.versions_kept(text), private.drop_original(uuid), private.on_made(),
  private.on_kept(), private.with_original(uuid), private.check_original()
from public, anon, authenticated, service_role;
