-- Which preset the look of a photo on the workbench was taken from, and which one a job was for: its
-- version was made with that. By name; a preset may be gone by now.
alter table public.entries add column preset text not null default '';
alter table public.jobs add column preset text not null default '';

create or replace function private.job_json(j public.jobs) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', private.hex(j.id), 'scope', j.scope, 'image_id', private.hex(j.image_id),
    'status', j.status, 'key', j.key, 'op_key', j.op_key, 'recipe', j.recipe,
    'priority', j.priority, 'attempts', j.attempts, 'owner', j.owner,
    'lease_until', private.unix(j.lease_until), 'fence', j.fence, 'says', j.worker_notes,
    'version_id', private.hex(j.output_id), 'created_at', private.unix(j.created_at),
    'updated_at', private.unix(j.updated_at), 'doubt', j.doubt, 'reasons', j.reasons,
    'preset', j.preset
  )
$$;

create or replace function private.entry_json(e public.entries) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', private.hex((e).id), 'scope', (e).scope, 'image_id', private.hex((e).image_id),
    'job_id', private.hex((e).job_id), 'name', (e).name, 'folder', (e).folder,
    'recipe', (e).recipe, 'created_at', private.unix((e).created_at), 'seen', (e).seen,
    'preset', (e).preset)
$$;

create or replace function private.queue(i public.images, given jsonb) returns public.jobs language plpgsql set search_path = '' as $$
declare
  j public.jobs;
begin
  perform private.check_open(i);
  insert into public.jobs (
    scope, image_id, input_sha256, key, op_key, recipe, priority, preset, created_at, updated_at
  ) values (
    (i).scope, (i).id, (i).sha256, given ->> 'key', given ->> 'op_key', given ->> 'recipe',
    coalesce((given ->> 'priority')::integer, 0), coalesce(given ->> 'preset', ''), private.now(), private.now()
  ) returning * into j;
  perform private.hold(j);
  return j;
end
$$;

-- The one live job of this scope for this photo and recipe; it is made, and paid for, if need be. Of
-- two orders that name a preset, the later counts.
create or replace function public.admit(p_scope text, p_image jsonb, p_order jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  i public.images := private.keep_image(p_scope, p_image);
  named text := coalesce(p_order ->> 'preset', '');
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
  if named not in ('', j.preset) then
    update public.jobs set preset = named where id = j.id returning * into j;
  end if;
  return private.job_json(j);
end
$$;

create or replace function public.library_place(p_entry jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := p_entry ->> 'scope';
  i public.images := private.lock_image(own, private.id(p_entry ->> 'image_id'));
  e public.entries;
begin
  perform from public.jobs j
    where j.id = private.id(p_entry ->> 'job_id') and j.scope = own and j.image_id = i.id;
  if not found then perform private.not_here(); end if;
  insert into public.entries (id, scope, image_id, job_id, name, folder, recipe, seen, preset, created_at)
  values ((p_entry ->> 'id')::uuid, own, i.id, (p_entry ->> 'job_id')::uuid, p_entry ->> 'name',
    p_entry ->> 'folder', p_entry ->> 'recipe', coalesce(p_entry ->> 'seen', ''),
    coalesce(p_entry ->> 'preset', ''),
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

drop function public.library_change(text, text, text, text);
create function public.library_change(p_scope text, p_entry text, p_recipe text, p_job text, p_preset text default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  before public.entries := private.lock_entry(p_scope, p_entry);
  e public.entries;
begin
  perform from public.jobs j
    where j.id = private.id(p_job) and j.scope = p_scope and j.image_id = before.image_id;
  if not found then perform private.not_here(); end if;
  update public.entries set
    recipe = p_recipe, job_id = private.id(p_job), preset = coalesce(p_preset, preset)
    where id = before.id returning * into e;
  if before.job_id <> e.job_id then
    perform private.forsake(private.lock_job(p_scope, before.job_id));
  end if;
  return private.entry_json(e);
end
$$;

-- Tables and condition of a search, as SQL; every value in it is quoted.
create or replace function private.found(of_scope text, search jsonb) returns text language plpgsql immutable set search_path = '' as $$
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
  if coalesce(search ->> 'preset', '') <> '' then
    terms := terms || format(' and exists (select from public.image_outputs v'
      ' join public.jobs o on o.id = v.job_id where v.id = i.current_id'
      ' and v.deleting_at is null and o.preset = %L)', search ->> 'preset');
  end if;
  foreach word in array regexp_split_to_array(private.folded(coalesce(search ->> 'text', '')), '\s+') loop
    continue when word = '';
    terms := terms || format(
      ' and position(%L in private.folded(i.name || '' '' || i.notes)) > 0', word);
  end loop;
  return origin || ' where ' || terms;
end
$$;

-- What the versions that are shown were made with, and how many photos that are not in the trash.
create function public.library_presets(p_scope text) returns jsonb language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_array(f.preset, f.count) order by f.preset collate "C"), '[]') from (
    select o.preset, count(*) from public.images i
    join public.image_outputs v on v.id = i.current_id and v.deleting_at is null
    join public.jobs o on o.id = v.job_id
    where i.scope = p_scope and i.deleted_at is null and i.deleting_at is null and i.verified
      and o.preset <> ''
    group by o.preset) f
$$;

-- Pages learn of it.
drop trigger jobs_count on public.jobs;
create constraint trigger jobs_count after insert or update of status, preset on public.jobs
  deferrable initially deferred for each row execute function private.on_library_change();
drop trigger entries_tick on public.entries;
create constraint trigger entries_tick
  after insert or delete or update of scope, job_id, recipe, name, folder, seen, preset on public.entries
  deferrable initially deferred for each row execute function private.on_entry();

revoke all on function public.library_change(text, text, text, text, text), public.library_presets(text)
  from public, anon, authenticated;
grant execute on function public.library_change(text, text, text, text, text), public.library_presets(text)
  to service_role;
