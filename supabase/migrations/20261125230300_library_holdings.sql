-- What a library holds: looked through, sorted, named, weighed.

-- Strokes and thumbnails are weighed after they were kept, as mattes are; 0 until then.
alter table public.strokes add column bytes bigint not null default 0;
alter table public.image_outputs add column thumbnail_bytes bigint not null default 0;
create index strokes_unweighed on public.strokes (image_id) where bytes = 0;
create index image_outputs_unweighed on public.image_outputs (id) where thumbnail_bytes = 0;

create function public.library_count(p_scope text) returns bigint language sql stable security definer set search_path = '' as $$
  select coalesce((select c.count from public.changes c where c.scope = p_scope), 0)
$$;

-- What is sorted by, and how its values are written, read, and follow each other.
create function private.sorting(search jsonb, out key text, out shown text, out taken text, out rising boolean)
language plpgsql immutable set search_path = '' as $$
declare
  wanted text := search ->> 'sort';
begin
  if wanted = 'own' and coalesce(search ->> 'collection_id', '') = '' then
    wanted := 'newest';
  end if;
  key := case wanted when 'newest' then 'i.created_at' when 'oldest' then 'i.created_at'
    when 'name' then 'i.name_key' when 'doubt' then 'i.doubt' when 'own' then 'c.place' end;
  if key is null then
    perform private.refuse(422, 'Photos are not sorted by that.');
  end if;
  rising := wanted not in ('newest', 'doubt');
  shown := case key when 'i.created_at' then 'private.unix(i.created_at)' else key end;
  taken := case key when 'i.created_at' then 'private.moment((%L)::double precision)'
    when 'i.name_key' then '(%L)::text collate "C"' else '(%L)::double precision' end;
end
$$;

-- Tables and condition of a search, as SQL; every value in it is quoted.
create function private.found(of_scope text, search jsonb) returns text language plpgsql immutable set search_path = '' as $$
declare
  origin text := 'public.images i';
  terms text := format(
    'i.scope = %L and i.deleting_at is null and i.verified and i.deleted_at is %s'
    ' and exists (select from public.jobs o where o.image_id = i.id)',
    of_scope, case when (search ->> 'trashed')::boolean then 'not null' else 'null' end);
  word text;
begin
  if coalesce(search ->> 'collection_id', '') <> '' then
    origin := origin || format(' join public.collection_images c on c.image_id = i.id'
      ' and c.collection_id = private.id(%L)', search ->> 'collection_id');
  end if;
  if (search ->> 'doubtful')::double precision > 0 then
    terms := terms || format(' and i.doubt >= (%L)::double precision', search ->> 'doubtful');
  end if;
  if search ->> 'since' is not null then
    terms := terms || format(' and i.created_at >= private.moment((%L)::double precision)', search ->> 'since');
  end if;
  if search ->> 'until' is not null then
    terms := terms || format(' and i.created_at < private.moment((%L)::double precision)', search ->> 'until');
  end if;
  foreach word in array regexp_split_to_array(private.folded(coalesce(search ->> 'text', '')), '\s+') loop
    continue when word = '';
    terms := terms || format(
      ' and position(%L in private.folded(i.name || '' '' || i.notes)) > 0', word);
  end loop;
  return origin || ' where ' || terms;
end
$$;

create function private.ordered(search jsonb) returns text language sql immutable set search_path = '' as $$
  select format(' order by %1$s %2$s, i.id %2$s', s.key, case when s.rising then 'asc' else 'desc' end)
  from private.sorting(search) s
$$;

-- How many a search finds, and what stands first on each page.
create function public.library_survey(p_scope text, p_search jsonb, p_page integer) returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  answer jsonb;
begin
  execute format(
    'select jsonb_build_object(''total'', coalesce(max(f.total), 0), ''marks'', coalesce('
    'jsonb_agg(jsonb_build_array(f.value, private.hex(f.id)) order by f.at)'
    ' filter (where f.at %% $1 = 0), ''[]'')) from (select %s as value, i.id, count(*) over () as total,'
    ' row_number() over (%s) - 1 as at from %s) f',
    (private.sorting(p_search)).shown, private.ordered(p_search), private.found(p_scope, p_search))
    into answer using p_page;
  return answer;
end
$$;

create function public.library_ids(p_scope text, p_search jsonb) returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  answer jsonb;
begin
  execute format('select coalesce(jsonb_agg(private.hex(f.id) order by f.at), ''[]'') from ('
    'select i.id, row_number() over (%s) as at from %s) f',
    private.ordered(p_search), private.found(p_scope, p_search)) into answer;
  return answer;
end
$$;

-- A photo with what is shown of it: its current version, or else how its last job goes.
create function private.holding_json(i public.images) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object('image', private.image_json(i), 'job', private.job_json(j),
    'version', case when v.id is not null then private.version_json(v) end,
    'versions', (select count(*) from public.image_outputs o
      where o.image_id = (i).id and o.deleting_at is null))
  from (select) one
  left join public.image_outputs v on v.id = (i).current_id and v.deleting_at is null
  join public.jobs j on j.id = coalesce(v.job_id, (select o.id from public.jobs o
    where o.image_id = (i).id order by o.updated_at desc, o.seq desc limit 1))
$$;

-- What a search finds from a place on and before another one, at most so many.
create function public.library_page(p_scope text, p_search jsonb, p_start jsonb, p_end jsonb, p_most integer)
returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  s record;
  origin text := private.found(p_scope, p_search);
  answer jsonb;
begin
  select * into s from private.sorting(p_search);
  if p_start ->> 1 is not null then
    origin := origin || format(' and (%s, i.id) %s (' || s.taken || ', (%L)::uuid)', s.key,
      case when s.rising then '>=' else '<=' end, p_start ->> 0, p_start ->> 1);
  end if;
  if p_end ->> 1 is not null then
    origin := origin || format(' and (%s, i.id) %s (' || s.taken || ', (%L)::uuid)', s.key,
      case when s.rising then '<' else '>' end, p_end ->> 0, p_end ->> 1);
  end if;
  execute format('select coalesce(jsonb_agg(private.holding_json(f.i) order by f.at), ''[]'') from ('
    'select i, row_number() over (%1$s) as at from %2$s %1$s limit $1) f',
    private.ordered(p_search), origin) into answer using p_most;
  return answer;
end
$$;

create function public.library_holding(p_scope text, p_image text) returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  answer jsonb;
begin
  select private.holding_json(i) into answer from public.images i
    where i.id = private.id(p_image) and i.scope = p_scope and i.deleting_at is null and i.verified;
  if answer is null then perform private.not_here(); end if;
  return answer;
end
$$;

create function public.library_rename(p_scope text, p_image text, p_name text) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  i public.images := private.lock_image(p_scope, private.id(p_image));
begin
  update public.images set name = p_name, name_key = private.natural_key(p_name)
    where id = i.id returning * into i;
  return private.image_json(i);
end
$$;

create function public.library_annotate(p_scope text, p_image text, p_notes text) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  i public.images := private.lock_image(p_scope, private.id(p_image));
begin
  update public.images set notes = p_notes where id = i.id returning * into i;
  return private.image_json(i);
end
$$;

create function public.library_entries(p_scope text, p_image text) returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(private.entry_json(e) order by e.created_at, e.seq), '[]')
  from public.entries e where e.scope = p_scope and e.image_id = private.id(p_image)
$$;

-- What there is, and how many bytes it has; what is in the trash counts there alone.
create function public.library_usage(p_scope text) returns jsonb language sql stable security definer set search_path = '' as $$
  with photos as (
    select i.id, i.bytes, i.deleted_at is not null as thrown from public.images i
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

create function public.library_unweighed() returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(found.name), '[]') from (
    select m.bucket || '/' || m.path from public.mattes m where m.bytes = 0
    union all
    select s.bucket || '/' || s.path from public.strokes s where s.bytes = 0
    union all
    select o.bucket || '/' || o.thumbnail_path from public.image_outputs o where o.thumbnail_bytes = 0
  ) found (name)
$$;

create function public.library_weigh(p_weights jsonb) returns void language sql security definer set search_path = '' as $$
  update public.mattes m set bytes = w.value::bigint from jsonb_each_text(p_weights) w
  where m.bucket = split_part(w.key, '/', 1) and m.path = substr(w.key, strpos(w.key, '/') + 1);
  update public.strokes s set bytes = w.value::bigint from jsonb_each_text(p_weights) w
  where s.bucket = split_part(w.key, '/', 1) and s.path = substr(w.key, strpos(w.key, '/') + 1);
  update public.image_outputs o set thumbnail_bytes = w.value::bigint from jsonb_each_text(p_weights) w
  where o.bucket = split_part(w.key, '/', 1)
    and o.thumbnail_path = substr(w.key, strpos(w.key, '/') + 1)
$$;
