-- Photos put together by name; a photo may be in several.

create function private.collection_json(c public.collections) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object('id', private.hex((c).id), 'scope', (c).scope, 'name', (c).name,
    'created_at', private.unix((c).created_at))
$$;

create function private.lock_collection(of_scope text, collection text) returns public.collections language plpgsql set search_path = '' as $$
declare
  c public.collections;
begin
  select * into c from public.collections g
    where g.id = private.id(collection) and g.scope = of_scope for update;
  if not found then perform private.not_here(); end if;
  return c;
end
$$;

-- A name as it is kept.
create function private.tidy(name text) returns text language plpgsql immutable set search_path = '' as $$
declare
  tidied text := trim(regexp_replace(name, '\s+', ' ', 'g'));
begin
  if tidied = '' then
    perform private.refuse(409, 'A collection needs a name.');
  end if;
  return tidied;
end
$$;

create function private.name_is_taken(name text) returns void language sql set search_path = '' as $$
  select private.refuse(409, format('There is a collection “%s” already. Take another name.', name))
$$;

create function public.library_collections(p_scope text) returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_array(private.collection_json(c), (
      select count(*) from public.collection_images m join public.images i on i.id = m.image_id
      where m.collection_id = c.id and i.deleted_at is null and i.deleting_at is null))
    order by private.natural_key(c.name) collate "C", c.id), '[]')
  from public.collections c where c.scope = p_scope
$$;

create function public.library_collections_of(p_scope text, p_image text) returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(private.collection_json(c)
    order by private.natural_key(c.name) collate "C", c.id), '[]')
  from public.collections c join public.collection_images m on m.collection_id = c.id
  where c.scope = p_scope and m.image_id = private.id(p_image)
$$;

create function public.library_create_collection(p_scope text, p_name text) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  tidied text := private.tidy(p_name);
  c public.collections;
begin
  insert into public.collections (scope, name, name_key)
    values (p_scope, tidied, private.folded(tidied))
    on conflict (scope, name_key) do nothing returning * into c;
  if c.id is null then perform private.name_is_taken(tidied); end if;
  return private.collection_json(c);
end
$$;

create function public.library_rename_collection(p_scope text, p_collection text, p_name text) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  c public.collections := private.lock_collection(p_scope, p_collection);
  tidied text := private.tidy(p_name);
begin
  update public.collections set name = tidied, name_key = private.folded(tidied)
    where id = c.id returning * into c;
  return private.collection_json(c);
exception when unique_violation then
  perform private.name_is_taken(tidied);
  return null;
end
$$;

create function public.library_delete_collection(p_scope text, p_collection text) returns void language sql security definer set search_path = '' as $$
  delete from public.collections c where c.scope = p_scope and c.id = private.id(p_collection)
$$;

create function public.library_add(p_scope text, p_collection text, p_images text[]) returns integer language plpgsql security definer set search_path = '' as $$
declare
  c public.collections := private.lock_collection(p_scope, p_collection);
  added integer;
begin
  insert into public.collection_images (collection_id, image_id, scope, place)
    select c.id, i.id, p_scope, given.at * 1024.0 + coalesce((select max(m.place)
      from public.collection_images m where m.collection_id = c.id), 0)
    from unnest(p_images) with ordinality given(id, at)
    join public.images i on i.id = private.id(given.id) and i.scope = p_scope and i.deleting_at is null
    order by given.at
    on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end
$$;

create function public.library_remove(p_scope text, p_collection text, p_images text[]) returns integer language plpgsql security definer set search_path = '' as $$
declare
  removed integer;
begin
  delete from public.collection_images m
    where m.scope = p_scope and m.collection_id = private.id(p_collection)
      and m.image_id = any (private.ids(p_images));
  get diagnostics removed = row_count;
  return removed;
end
$$;

-- Put a photo before another one, or at the end where none is named. Where there is no room between
-- two, all places are given anew.
create function public.library_move(p_scope text, p_collection text, p_image text, p_before text) returns void language plpgsql security definer set search_path = '' as $$
declare
  c public.collections := private.lock_collection(p_scope, p_collection);
  moved uuid := private.id(p_image);
  target uuid := private.id(p_before);
  low double precision;
  high double precision;
begin
  if (select count(*) from public.collection_images m where m.collection_id = c.id
      and m.image_id in (moved, target)) < (case when p_before in ('', p_image) then 1 else 2 end) then
    perform private.not_here();
  elsif moved = target then
    return;
  end if;
  for attempt in 1..2 loop
    select m.place into high from public.collection_images m
      where m.collection_id = c.id and m.image_id = target;
    select max(m.place) into low from public.collection_images m
      where m.collection_id = c.id and m.image_id <> moved
        and (target is null or (m.place, m.image_id) < (high, target));
    exit when high is null or low is null or high - low >= 1e-6;
    update public.collection_images m set place = 1024.0 * found.at from (
      select o.image_id, row_number() over (order by o.place, o.image_id) as at
      from public.collection_images o where o.collection_id = c.id) found
      where m.collection_id = c.id and m.image_id = found.image_id;
  end loop;
  update public.collection_images m set place = case
      when high is null then coalesce(low, 0) + 1024
      when low is null then high - 1024
      else (low + high) / 2 end
    where m.collection_id = c.id and m.image_id = moved;
end
$$;
