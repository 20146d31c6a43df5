-- The pictures that recipes of versions and of the workbench name as background, and of which photo.
create function private.grounds(of_scope text)
returns table (image_id uuid, sha256 text) language sql stable set search_path = '' as $$
  select used.image_id, substring(used.recipe from '"background": "picture ([0-9a-f]{64})') from (
    select o.image_id, o.recipe from public.image_outputs o where o.scope = of_scope
    union all
    select e.image_id, e.recipe from public.entries e where e.scope = of_scope
  ) used where position('"background": "picture ' in used.recipe) > 0
$$;

-- Those of some photos that recipes of other photos of their owner name as background: each recipe is
-- read once, however many photos go.
create or replace function private.needed(image_ids uuid[]) returns uuid[] language sql stable set search_path = '' as $$
  select coalesce(array_agg(distinct i.id), '{}') from (
    select distinct o.scope from public.images o where o.id = any (image_ids)
  ) owners, private.grounds(owners.scope) used
  join public.images i on i.sha256 = used.sha256 and i.id = any (image_ids)
  where i.scope = owners.scope and not used.image_id = any (image_ids)
$$;

-- Those of some photos that lie behind any other one: they are purged after it.
create function public.library_behind(p_scope text, p_images text[]) returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(private.hex(i.id) order by i.id), '[]') from public.images i
  where i.scope = p_scope and i.id = any (private.ids(p_images)) and exists (
    select from private.grounds(p_scope) used where used.sha256 = i.sha256 and used.image_id <> i.id)
$$;

revoke all on function public.library_behind(text, text[]), private.grounds(text)
  from public, anon, authenticated, service_role;
grant execute on function public.library_behind(text, text[]) to service_role;
