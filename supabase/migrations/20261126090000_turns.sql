-- Two lines of jobs, of those who pay and of all others, and whose turn it is: the others never starve,
-- and none of them is put before the same paid job twice. A message of pgmq says that one more job waits
-- in a line; `start` takes one away with each job that it starts, in the same transaction. Which job
-- that is, is decided by the rows: the most urgent, then the oldest, and none that is held.

alter table public.jobs add column pays boolean not null default false;
comment on column public.jobs.pays is 'In which of the two lines it waits: as its owner paid when it came to wait.';
drop index public.jobs_waiting;
create index jobs_waiting on public.jobs (pays, priority desc, created_at, seq) where status = 'queued';

-- How many paid jobs are to be started before another one of the rest may pass them.
create table public.turns (
  one  boolean primary key default true check (one),
  owed integer not null default 0 check (owed >= 0)
);
alter table public.turns enable row level security;
insert into public.turns default values;

create function private.rank() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  begin
    new.pays := (private.plan_of(new.scope)).persists;
  exception when sqlstate 'PT404' or sqlstate 'PT410' then
    new.pays := false;  -- of an account that is going: no reason to keep others waiting
  end;
  return new;
end
$$;
create trigger jobs_rank before insert or update of status on public.jobs
  for each row when (new.status = 'queued') execute function private.rank();

create or replace function private.wake() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform private.say_waits(new);
  return null;
end
$$;

create function private.say_waits(j public.jobs) returns void language sql set search_path = '' as $$
  select pgmq.send(case when (j).pays then 'jobs_paid' else 'jobs_rest' end, jsonb_build_object('job', (j).id))
$$;

-- Whether a job that waits may be started: not one in the trash, of a workbench that was paused, or of a
-- photo that moves to the library at this moment.
create function private.startable(o public.jobs) returns boolean language sql stable set search_path = '' as $$
  select exists (select from public.images i where i.id = (o).image_id and i.deleting_at is null
      and coalesce(i.promoting_until, '-infinity') <= private.now()
      and ((o).priority >= 2 or i.deleted_at is null))
    and ((o).priority >= 2 or not exists (select from public.pauses p where p.scope = (o).scope)
      or not exists (select from public.entries e where e.job_id = (o).id))
$$;

-- The next job of one line, with one message less in it; null where none may be started. Where nothing
-- waits at all, messages that were left over go; what came since they were counted stays.
create function private.next_of(line boolean) returns public.jobs language plpgsql set search_path = '' as $$
declare
  name text := case when line then 'jobs_paid' else 'jobs_rest' end;
  last bigint;
  j public.jobs;
begin
  if line then
    select max(m.msg_id) into last from pgmq.q_jobs_paid m;
  else
    select max(m.msg_id) into last from pgmq.q_jobs_rest m;
  end if;
  if last is null then return null; end if;
  select * into j from public.jobs o
    where o.status = 'queued' and o.pays = line and private.startable(o)
    order by o.priority desc, o.created_at, o.seq limit 1 for update skip locked;
  if found then
    perform pgmq.pop(name);
    return j;
  end if;
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

-- The next job of both lines. When one of the rest is started, all paid jobs that wait have been passed
-- once: as many paid ones are started before it may happen again, and at least one.
create function private.next_in_turn() returns public.jobs language plpgsql set search_path = '' as $$
declare
  due integer;
  j public.jobs;
begin
  select t.owed into due from public.turns t for update;  -- one look at a time
  if due > 0 then
    j := private.next_of(true);
    if j.id is not null then
      update public.turns set owed = due - 1;
      return j;
    end if;
  end if;
  j := private.next_of(false);
  if j.id is null then
    return private.next_of(true);
  end if;
  update public.turns set owed = greatest(1, (select count(*) from public.jobs o
    where o.status = 'queued' and o.pays and private.startable(o)));
  return j;
end
$$;

-- Lease the next job, or the one given; null where nothing waits.
create or replace function public.start(p_owner text, p_job uuid default null) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  j public.jobs;
begin
  if p_job is null then
    j := private.next_in_turn();
  else
    select * into j from public.jobs o
      where o.status = 'queued' and o.id = p_job and private.startable(o) for update skip locked;
  end if;
  if j.id is null then return null; end if;
  update public.jobs set
    status = 'running', owner = p_owner, lease_until = private.now() + private.lease(),
    attempts = attempts + 1, fence = fence + 1, updated_at = private.now()
    where id = j.id returning * into j;
  return private.job_json(j);
end
$$;

-- Somebody has emptied a queue by hand, or restored a copy without it: what waits says so again.
create function private.wake_anew() returns void language sql set search_path = '' as $$
  select private.say_waits(o) from public.jobs o
  where o.status = 'queued' and not case when o.pays
    then exists (select from pgmq.q_jobs_paid) else exists (select from pgmq.q_jobs_rest) end
$$;

-- Take back jobs whose lease is dead, and give up those that died too often. A lease that ends later
-- than any could is dead, too: the clock was set back.
create or replace function public.recover() returns setof jsonb language plpgsql security definer set search_path = '' as $$
declare
  dead uuid;
  j public.jobs;
begin
  perform private.wake_anew();
  for dead in
    select o.id from public.jobs o where o.status = 'running'
      and (o.lease_until < private.now() or o.lease_until > private.now() + 2 * private.lease())
    order by o.image_id
  loop
    perform from public.images i
      where i.id = (select o.image_id from public.jobs o where o.id = dead) for update skip locked;
    continue when not found;  -- somebody is at it; the next one looks again
    select * into j from public.jobs o where o.id = dead and o.status = 'running'
      and (o.lease_until < private.now() or o.lease_until > private.now() + 2 * private.lease())
      for update skip locked;
    continue when not found;
    return next private.job_json(case
      when j.attempts >= private.most_attempts() then private.move(j, 'error', format(
        'This photo has stopped Coveshot %s times, so it was set aside. '
        'Save it anew in another program and drop that.', private.most_attempts()))
      else private.move(j, 'queued')
    end);
  end loop;
end
$$;

-- How many waiting jobs come before one, whoever they belong to, or before a new one; none where it does
-- not wait (any more). Of the rest all paid ones do; that one of them may pass those is not counted.
create or replace function public.library_ahead(p_job uuid default null) returns integer language sql stable security definer set search_path = '' as $$
  select count(*)::integer from public.jobs o
  left join public.jobs mine on mine.id = p_job and mine.status = 'queued'
  where o.status = 'queued' and private.startable(o)
    and (p_job is null or o.pays > mine.pays or (o.pays = mine.pays and (o.priority > mine.priority
      or (o.priority = mine.priority and (o.created_at, o.seq) < (mine.created_at, mine.seq)))))
$$;

-- Messages are read by `start` alone.
drop function public.queue_read(text, integer, integer);
drop function public.queue_extend(text, bigint, integer);
drop function public.queue_archive(text, bigint);
drop function private.check_queue(text);

revoke all on table public.turns from public, anon, authenticated, service_role;
revoke all on function private.rank(), private.say_waits(public.jobs), private.startable(public.jobs),
  private.next_of(boolean), private.next_in_turn(), private.wake_anew()
  from public, anon, authenticated, service_role;
