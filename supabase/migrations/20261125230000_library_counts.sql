-- What open pages have to learn of is counted, for each owner, once a transaction and at its end:
-- so the locks of these rows are always the last ones taken, and nobody waits for a photo with them
-- in hand.

-- Whether this transaction has counted already: it wrote the row as it is now.
create function private.just_now(written xid) returns boolean language sql stable set search_path = '' as $$
  select written = pg_current_xact_id()::xid
$$;

create function private.count_change(of_scope text) returns void language sql set search_path = '' as $$
  insert into public.changes as c (scope, count) values (of_scope, 1)
  on conflict (scope) do update set count = c.count + 1 where not private.just_now(c.xmin)
$$;

-- Count a change of a workbench and return which one it is.
create function private.tick(of_scope text) returns bigint language plpgsql set search_path = '' as $$
declare
  counted bigint;
begin
  insert into public.ticks as t (scope, count) values (of_scope, 1)
    on conflict (scope) do update set count = t.count + 1 where not private.just_now(t.xmin);
  select t.count into counted from public.ticks t where t.scope = of_scope;
  return counted;
end
$$;

create function private.on_library_change() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op <> 'DELETE' then
    perform private.count_change(new.scope);
  end if;
  if tg_op = 'DELETE' or (tg_op = 'UPDATE' and old.scope <> new.scope) then
    perform private.count_change(old.scope);
  end if;
  return null;
end
$$;
create constraint trigger images_count after insert or update or delete on public.images
  deferrable initially deferred for each row execute function private.on_library_change();
create constraint trigger image_outputs_count after delete on public.image_outputs
  deferrable initially deferred for each row execute function private.on_library_change();
create constraint trigger jobs_count after insert or update of status on public.jobs
  deferrable initially deferred for each row execute function private.on_library_change();
create constraint trigger collections_count after insert or update or delete on public.collections
  deferrable initially deferred for each row execute function private.on_library_change();
create constraint trigger collection_images_count
  after insert or update or delete on public.collection_images
  deferrable initially deferred for each row execute function private.on_library_change();

create function private.on_entry() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  counted bigint;
begin
  if tg_op = 'DELETE' or (tg_op = 'UPDATE' and old.scope <> new.scope) then
    counted := private.tick(old.scope);
    insert into public.departures (entry_id, scope, tick) values (old.id, old.scope, counted)
      on conflict (entry_id) do update set scope = excluded.scope, tick = excluded.tick;
    -- A page that has missed so many changes asks for everything.
    delete from public.departures d where d.scope = old.scope and d.tick < counted - 100000;
  end if;
  if tg_op <> 'DELETE' then
    update public.entries e set tick = private.tick(new.scope) where e.id = new.id;
  end if;
  return null;
end
$$;
create constraint trigger entries_tick
  after insert or delete or update of scope, job_id, recipe, name, folder, seen on public.entries
  deferrable initially deferred for each row execute function private.on_entry();

create function private.on_bench_job() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update public.entries e set tick = private.tick(new.scope) where e.job_id = new.id;
  return null;
end
$$;
create constraint trigger jobs_tick after update on public.jobs
  deferrable initially deferred for each row
  when ((new.status, new.worker_notes, new.output_id, new.doubt, new.reasons)
    is distinct from (old.status, old.worker_notes, old.output_id, old.doubt, old.reasons))
  execute function private.on_bench_job();

create function private.on_bench_image() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update public.entries e set tick = private.tick(new.scope) where e.image_id = new.id;
  return null;
end
$$;
create constraint trigger images_tick after update on public.images
  deferrable initially deferred for each row
  when ((new.deleted_at, new.deleting_at) is distinct from (old.deleted_at, old.deleting_at))
  execute function private.on_bench_image();

create function private.on_pause() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform private.tick(coalesce(new.scope, old.scope));
  return null;
end
$$;
create constraint trigger pauses_tick after insert or delete on public.pauses
  deferrable initially deferred for each row execute function private.on_pause();
