-- A start costs the same however long the line is. Asked of all that wait before they were put in order,
-- whether each may be started took 20 ms in a line of 200.

-- The next job of one line, with one message less in it; null where none may be started. Where nothing
-- waits at all, messages that were left over go; what came since they were counted stays. Jobs are looked
-- at one by one from the front, but for those of paused workbenches, of which there may be thousands.
create or replace function private.next_of(line boolean) returns public.jobs language plpgsql set search_path = '' as $$
declare
  name text := case when line then 'jobs_paid' else 'jobs_rest' end;
  last bigint;
  next uuid;
  j public.jobs;
begin
  if line then
    select max(m.msg_id) into last from pgmq.q_jobs_paid m;
  else
    select max(m.msg_id) into last from pgmq.q_jobs_rest m;
  end if;
  if last is null then return null; end if;
  for next in
    select o.id from public.jobs o where o.status = 'queued' and o.pays = line
      and (o.priority >= 2 or o.scope not in (select p.scope from public.pauses p)
        or not exists (select from public.entries e where e.job_id = o.id))
    order by o.priority desc, o.created_at, o.seq
  loop
    select * into j from public.jobs o
      where o.id = next and o.status = 'queued' and private.startable(o) for update skip locked;
    if found then
      perform pgmq.pop(name);
      return j;
    end if;
  end loop;
  if not exists (select from public.jobs o where o.status = 'queued' and o.pays = line) then
    if line then
      delete from pgmq.q_jobs_paid m where m.msg_id <= last;
    else
      delete from pgmq.q_jobs_rest m where m.msg_id <= last;
    end if;
  end if;
  return null;
end
$$;

-- As it was, in the words of the planner, with those who pay before the rest.
create or replace function public.library_ahead(p_job uuid default null) returns integer language sql stable security definer set search_path = '' as $$
  select count(*)::integer from public.jobs o
  left join public.jobs mine on mine.id = p_job and mine.status = 'queued'
  where o.status = 'queued'
    and exists (select from public.images i where i.id = o.image_id and i.deleting_at is null
      and (o.priority >= 2 or i.deleted_at is null))
    and (o.priority >= 2 or not exists (select from public.pauses p where p.scope = o.scope)
      or not exists (select from public.entries e where e.job_id = o.id))
    and (p_job is null or o.pays > mine.pays or (o.pays = mine.pays and (o.priority > mine.priority
      or (o.priority = mine.priority and (o.created_at, o.seq) < (mine.created_at, mine.seq)))))
$$;
