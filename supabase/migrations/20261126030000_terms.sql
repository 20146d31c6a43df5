-- How long what is shown stays, as cards and photos tell it, and where objects of a photo are put.

-- When the result of a job goes; before there is one, when its photo does; null for what stays.
create function private.ends(i public.images, output uuid) returns double precision language sql stable set search_path = '' as $$
  select private.unix(case when o.id is null then (i).expires_at else o.expires_at end)
  from (select) one left join public.image_outputs o on o.id = output
$$;

create or replace function private.cards(of_scope text, since bigint)
returns table (card jsonb, there boolean, created_at timestamptz, seq bigint) language sql stable set search_path = '' as $$
  select jsonb_build_object('entry', private.entry_json(e), 'image', private.image_json(i),
    'job', private.job_json(j), 'expires_at', private.ends(i, j.output_id)),
    i.deleted_at is null and i.deleting_at is null, e.created_at, e.seq
  from public.entries e join public.images i on i.id = e.image_id join public.jobs j on j.id = e.job_id
  where e.scope = of_scope and e.tick > since
$$;

create or replace function private.holding_json(i public.images) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object('image', private.image_json(i), 'job', private.job_json(j),
    'version', case when v.id is not null then private.version_json(v) end,
    'expires_at', private.ends(i, v.id),
    'versions', (select count(*) from public.image_outputs o
      where o.image_id = (i).id and o.deleting_at is null))
  from (select) one
  left join public.image_outputs v on v.id = (i).current_id and v.deleting_at is null
  join public.jobs j on j.id = coalesce(v.job_id, (select o.id from public.jobs o
    where o.image_id = (i).id order by o.updated_at desc, o.seq desc limit 1))
$$;

-- The folder of mattes and strokes of a photo, whoever's it is by now: a worker has it in hand.
create function public.library_beside(p_image text) returns text language plpgsql stable security definer set search_path = '' as $$
declare
  i public.images;
begin
  select * into i from public.images g where g.id = private.id(p_image) and g.deleting_at is null;
  if not found then perform private.not_here(); end if;
  return private.beside(i) || '/' || private.folder(i);
end
$$;

-- The objects of photos, and of what was made of them; also what a job may have put that ended
-- without a version: in the bucket for a while all its attempts have one name.
create or replace function private.objects_of(image_ids uuid[]) returns table (bucket text, path text) language sql stable set search_path = '' as $$
  select i.bucket, i.path_original from public.images i where i.id = any (image_ids)
  union all
  select o.bucket, unnest(array[o.path_output, o.thumbnail_path]) from public.image_outputs o
    where o.image_id = any (image_ids)
  union all
  select m.bucket, m.path from public.mattes m where m.image_id = any (image_ids)
  union all
  select s.bucket, s.path from public.strokes s where s.image_id = any (image_ids)
  union all
  select 'outputs-ephemeral', unnest(array[j.id || '.png', j.id || '.webp']) from public.jobs j
    join public.images i on i.id = j.image_id
    where i.id = any (image_ids) and i.bucket <> 'user-library'
      and j.output_id is null and j.attempts > 0
$$;

-- A workbench shows when its photos go: pages learn of it where that changes.
create function private.on_bench_output() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update public.entries e set tick = private.tick(new.scope) where e.job_id = new.job_id;
  return null;
end
$$;
create constraint trigger image_outputs_tick after update on public.image_outputs
  deferrable initially deferred for each row
  when (new.expires_at is distinct from old.expires_at)
  execute function private.on_bench_output();

drop trigger images_tick on public.images;
create constraint trigger images_tick after update on public.images
  deferrable initially deferred for each row
  when ((new.deleted_at, new.deleting_at, new.expires_at)
    is distinct from (old.deleted_at, old.deleting_at, old.expires_at))
  execute function private.on_bench_image();

revoke all on function public.library_beside(text), private.ends(public.images, uuid),
  private.on_bench_output()
from public, anon, authenticated, service_role;
grant execute on function public.library_beside(text) to service_role;
