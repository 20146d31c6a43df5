-- The workbench as a whole. Photos are locked in one order, then their jobs; what is no longer there
-- is passed over.

create function private.lock_images(image_ids uuid[]) returns void language sql set search_path = '' as $$
  select from public.images i where i.id = any (image_ids) order by i.id for update
$$;

-- Take entries off a workbench and cancel what nobody waits for any more. Returns how many were there.
create function private.clear(of_scope text, entry_ids text[]) returns integer language plpgsql set search_path = '' as $$
declare
  going uuid[];
  jobs uuid[];
  one uuid;
begin
  perform private.lock_images(array(select e.image_id from public.entries e
    where e.scope = of_scope and e.id = any (private.ids(entry_ids))));
  with gone as (
    delete from public.entries e where e.scope = of_scope and e.id = any (private.ids(entry_ids))
    returning e.id, e.job_id
  ) select array_agg(g.id), array_agg(distinct g.job_id) into going, jobs from gone g;
  foreach one in array coalesce(jobs, '{}') loop
    perform private.forsake(private.lock_job(of_scope, one));
  end loop;
  return coalesce(cardinality(going), 0);
end
$$;

create function public.library_clear(p_scope text, p_entry text) returns void language plpgsql security definer set search_path = '' as $$
begin
  perform private.clear(p_scope, array[p_entry]);
end
$$;

create function public.library_clear_all(p_scope text, p_entries text[]) returns integer language sql security definer set search_path = '' as $$
  select private.clear(p_scope, p_entries)
$$;

create function public.library_pause(p_scope text) returns void language sql security definer set search_path = '' as $$
  insert into public.pauses (scope, since) values (p_scope, private.now()) on conflict do nothing
$$;

create function public.library_resume(p_scope text) returns void language sql security definer set search_path = '' as $$
  delete from public.pauses p where p.scope = p_scope
$$;

create function public.library_paused(p_scope text) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select from public.pauses p where p.scope = p_scope)
$$;

-- What is in sight comes before all others, and what was before no more.
create function public.library_put_first(p_scope text, p_entries text[]) returns void language plpgsql security definer set search_path = '' as $$
declare
  first uuid[] := array(select e.job_id from public.entries e
    where e.scope = p_scope and e.id = any (private.ids(p_entries)));
begin
  perform from public.jobs j
    where j.scope = p_scope and j.status = 'queued' and j.priority in (0, 1) order by j.id for update;
  update public.jobs set priority = (id = any (first))::integer
    where scope = p_scope and status = 'queued' and priority = (not id = any (first))::integer;
end
$$;

-- The jobs of a workbench in some states, locked after their photos; the trash is left alone.
create function private.lock_bench(of_scope text, those public.job_status[]) returns setof public.jobs language plpgsql set search_path = '' as $$
declare
  found_ids uuid[];
begin
  select array_agg(j.id) into found_ids from public.jobs j
    where j.scope = of_scope and j.status = any (those)
      and exists (select from public.entries e where e.job_id = j.id);
  perform private.lock_images(array(select j.image_id from public.jobs j where j.id = any (found_ids)));
  return query select j.* from public.jobs j join public.images i on i.id = j.image_id
    where j.id = any (found_ids) and j.status = any (those)
      and i.deleted_at is null and i.deleting_at is null
    order by j.created_at, j.seq for update of j;
end
$$;

create function public.library_cancel_all(p_scope text) returns integer language plpgsql security definer set search_path = '' as $$
declare
  j public.jobs;
  stopped integer := 0;
begin
  for j in select * from private.lock_bench(p_scope,
    array['awaiting_upload', 'verifying', 'queued', 'running']::public.job_status[])
  loop
    perform private.move(j, 'cancelled');
    stopped := stopped + 1;
  end loop;
  return stopped;
end
$$;

create function public.library_retry_all(p_scope text, p_status public.job_status) returns integer language plpgsql security definer set search_path = '' as $$
declare
  j public.jobs;
  queued integer := 0;
begin
  if p_status not in ('error', 'cancelled') then
    perform private.refuse(409, format('What is %s cannot be tried again.', p_status));
  end if;
  for j in select * from private.lock_bench(p_scope, array[p_status]) loop
    perform private.again(j, j.priority);
    queued := queued + 1;
  end loop;
  return queued;
end
$$;

create function public.library_accept(p_scope text, p_entries text[]) returns void language sql security definer set search_path = '' as $$
  update public.entries e set seen = j.reasons from public.jobs j
  where j.id = e.job_id and e.scope = p_scope and e.id = any (private.ids(p_entries))
$$;

-- What has changed on a workbench since a tick; everything where that is 0, or too long ago, or a
-- count from the future.
create function public.library_news(p_scope text, p_since bigint) returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  counted bigint := coalesce((select t.count from public.ticks t where t.scope = p_scope), 0);
  news jsonb := jsonb_build_object('tick', counted, 'paused', public.library_paused(p_scope));
  whole boolean := p_since <= 0 or p_since > counted or counted - p_since > 100000;
begin
  if counted = p_since then
    return news || '{"whole": false, "cards": [], "gone": []}';
  end if;
  return news || (
    select jsonb_build_object('whole', whole,
      'cards', coalesce(jsonb_agg(c.card order by c.created_at, c.seq) filter (where c.there), '[]'),
      'gone', (select coalesce(jsonb_agg(private.hex(d.entry_id) order by d.entry_id), '[]')
          from public.departures d where d.scope = p_scope and d.tick > p_since and not whole)
        || coalesce(jsonb_agg(c.card #> '{entry,id}' order by c.created_at, c.seq)
          filter (where not c.there and not whole), '[]'))
    from private.cards(p_scope, case when whole then -1 else p_since end) c);
end
$$;
