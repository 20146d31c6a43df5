-- The queue that wakes workers on other computers. Jobs stay the truth: a message names a job that is
-- queued, and `start` decides. One queue for those who pay, one for all others.
do $$
begin
  if not exists (select from pg_available_extensions where name = 'pgmq') then
    raise exception 'Coveshot needs Supabase Queues. Turn on the extension pgmq under Database, Extensions, and push again.';
  end if;
end
$$;
create extension if not exists pgmq;

select pgmq.create('jobs_paid');
select pgmq.create('jobs_rest');

-- However a job comes to be queued, its message comes with it, in the same transaction.
create function private.wake() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  pays boolean;
begin
  begin
    pays := (private.plan_of(new.scope)).persists;
  exception when sqlstate 'PT404' or sqlstate 'PT410' then
    pays := false;  -- of an account that is going: no reason to keep others waiting
  end;
  perform pgmq.send(case when pays then 'jobs_paid' else 'jobs_rest' end,
    jsonb_build_object('job', new.id));
  return null;
end
$$;
create trigger jobs_wake after insert or update of status on public.jobs
  for each row when (new.status = 'queued') execute function private.wake();

create function private.check_queue(name text) returns void language plpgsql set search_path = '' as $$
begin
  if name is null or name not in ('jobs_paid', 'jobs_rest') then
    perform private.refuse(404, 'There is no such queue.');
  end if;
end
$$;

-- Read messages; each is hidden for so many seconds.
create function public.queue_read(p_queue text, p_seconds integer, p_most integer default 1) returns setof jsonb language plpgsql security definer set search_path = '' as $$
begin
  perform private.check_queue(p_queue);
  return query select jsonb_build_object('id', m.msg_id, 'reads', m.read_ct, 'job', m.message ->> 'job')
    from pgmq.read(p_queue, p_seconds, p_most) m;
end
$$;

-- Hide a message for longer; whether it was there.
create function public.queue_extend(p_queue text, p_id bigint, p_seconds integer) returns boolean language plpgsql security definer set search_path = '' as $$
begin
  perform private.check_queue(p_queue);
  return exists (select from pgmq.set_vt(p_queue, p_id, p_seconds) m where m.msg_id is not null);
end
$$;

-- Put a message away that is done with; whether it was there.
create function public.queue_archive(p_queue text, p_id bigint) returns boolean language plpgsql security definer set search_path = '' as $$
begin
  perform private.check_queue(p_queue);
  return pgmq.archive(p_queue, p_id);
end
$$;
