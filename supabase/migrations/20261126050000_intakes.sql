-- Photos that programs have announced, before their bytes are here. What is said of them is a hint: a
-- photo, a job and what is held for it come into being when the server has read the bytes.

create table public.intakes (
  id          uuid primary key,
  scope       text not null,
  -- What was announced, as the program has it.
  said        jsonb not null,
  spot        text not null unique,
  token       text not null,
  status      public.job_status not null,
  says        text not null,
  job_id      uuid references public.jobs on delete cascade,
  -- How often its bytes were looked at, and until when somebody does so.
  fence       bigint not null,
  lease_until timestamptz,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  expires_at  timestamptz not null
);
alter table public.intakes enable row level security;
create unique index intakes_token on public.intakes (scope, token) where token <> '';
create index intakes_scope on public.intakes (scope, status);
create index intakes_open on public.intakes (expires_at) where status in ('awaiting_upload', 'verifying');
create index intakes_ended on public.intakes (updated_at);
create index intakes_job on public.intakes (job_id);
create index jobs_op_key on public.jobs (scope, op_key, updated_at);
revoke all on public.intakes from public, anon, authenticated, service_role;
grant select on public.intakes to service_role;

create function private.intake_json(t public.intakes) returns jsonb language sql stable set search_path = '' as $$
  select (t).said || jsonb_build_object(
    'id', private.hex((t).id), 'scope', (t).scope, 'spot', (t).spot, 'token', (t).token,
    'status', (t).status, 'says', (t).says, 'job_id', private.hex((t).job_id), 'fence', (t).fence,
    'lease_until', private.unix((t).lease_until), 'created_at', private.unix((t).created_at),
    'updated_at', private.unix((t).updated_at), 'expires_at', private.unix((t).expires_at))
$$;

create function private.intake_seconds() returns interval language sql immutable set search_path = '' as $$
  select interval '15 minutes'
$$;

-- Lock an announcement of a scope.
create function private.lock_intake(of_scope text, intake text) returns public.intakes language plpgsql set search_path = '' as $$
declare
  t public.intakes;
begin
  select * into t from public.intakes o where o.id = private.id(intake) and o.scope = of_scope for update;
  if not found then perform private.not_here(); end if;
  return t;
end
$$;

-- What a recipe would cost a scope on a photo: nothing of it where that was paid, or is held for.
create function private.price_of_photo(plan public.plans, of_scope text, sha256 text, recipe text)
returns integer language sql stable set search_path = '' as $$
  select coalesce(sum(private.price_of(plan, wanted)), 0)::integer
  from unnest(private.items_of(recipe)) wanted
  where not exists (select from public.paid_items p
    where p.scope = of_scope and p.sha256 = price_of_photo.sha256 and p.item = wanted)
$$;

-- Expect a photo. The same announcement under the same token is the same one; whoever could not have
-- it cut out is told before anything is sent.
create function public.intake_open(p_intake jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := p_intake ->> 'scope';
  told jsonb := jsonb_build_object('sha256', p_intake -> 'sha256', 'bytes', p_intake -> 'bytes',
    'width', p_intake -> 'width', 'height', p_intake -> 'height', 'name', p_intake -> 'name',
    'key', p_intake -> 'key');
  plan public.plans := private.plan_of(own);
  t public.intakes;
  price integer;
  balance integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('intake ' || own, 0));
  select * into t from public.intakes o
    where o.scope = own and o.token = p_intake ->> 'token' and o.token <> '';
  if found then
    if not t.said @> told then
      perform private.refuse(409, 'This Idempotency-Key was used for another photo. Take a new one for each.');
    end if;
    return private.intake_json(t);
  end if;
  perform private.check_photo(plan, (p_intake ->> 'width')::bigint, (p_intake ->> 'height')::bigint,
    (p_intake ->> 'bytes')::bigint);
  perform private.check_room(plan, own, (p_intake ->> 'bytes')::bigint);
  price := private.price_of_photo(plan, own, p_intake ->> 'sha256', p_intake ->> 'recipe');
  select coalesce(max(c.balance), 0) into balance from public.credits c where c.scope = own;
  if price > balance then
    perform private.refuse(402, format('This takes %s credits; you have %s.', price, balance));
  elsif (select count(*) from public.intakes o
    where o.scope = own and o.status in ('awaiting_upload', 'verifying')) >= 100 then
    perform private.refuse(429, 'Send the photos that you have announced first.');
  end if;
  insert into public.intakes (id, scope, said, spot, token, status, says, fence, created_at, updated_at, expires_at)
    values ((p_intake ->> 'id')::uuid, own,
      told || jsonb_build_object('op_key', p_intake -> 'op_key', 'recipe', p_intake -> 'recipe'),
      p_intake ->> 'spot', p_intake ->> 'token', 'awaiting_upload', '', 0, private.now(), private.now(),
      private.now() + private.intake_seconds())
    returning * into t;
  return private.intake_json(t);
end
$$;

-- An announcement with its job, or a job that came in by another door.
create function public.intake_task(p_scope text, p_task text) returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  t public.intakes;
  j public.jobs;
begin
  select * into t from public.intakes o where o.id = private.id(p_task) and o.scope = p_scope;
  select * into j from public.jobs o
    where o.scope = p_scope and o.id = case when t.id is null then private.id(p_task) else t.job_id end;
  if t.id is null and j.id is null then perform private.not_here(); end if;
  return jsonb_build_object(
    'intake', case when t.id is not null then private.intake_json(t) end,
    'job', case when j.id is not null then private.job_json(j) end);
end
$$;

-- Take the bytes that have come in hand, for a minute.
create function public.intake_claim(p_scope text, p_intake text) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  t public.intakes := private.lock_intake(p_scope, p_intake);
begin
  if t.status not in ('awaiting_upload', 'verifying') then
    perform private.refuse(409, coalesce(nullif(t.says, ''), 'This upload is over. Announce the photo again.'));
  elsif t.lease_until > private.now() then
    perform private.refuse(429, 'This photo is being looked at. Ask again in a moment.');
  elsif t.expires_at <= private.now() then
    perform private.refuse(409, 'This upload is over. Announce the photo again.');
  end if;
  update public.intakes set status = 'verifying', fence = fence + 1,
    lease_until = private.now() + interval '1 minute', updated_at = private.now()
    where id = t.id returning * into t;
  return private.intake_json(t);
end
$$;

-- Say what the bytes in hand were: queued with a job, in error, or still to be looked at.
create function public.intake_end(p_intake text, p_fence bigint, p_status public.job_status, p_says text, p_job text)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  t public.intakes;
begin
  select * into t from public.intakes o where o.id = private.id(p_intake) for update;
  if not found or t.fence <> p_fence or t.status not in ('verifying', p_status) then
    perform private.refuse(410, 'This job was taken over or cancelled.');
  elsif t.status = p_status and p_status <> 'verifying' then
    return private.intake_json(t);  -- said before, and the answer was lost
  elsif p_status not in ('queued', 'error', 'verifying') or (p_status = 'queued') <> (p_job is not null) then
    perform private.refuse(409, format('What is looked at cannot become %s.', p_status));
  end if;
  update public.intakes set status = p_status, says = p_says, job_id = private.id(p_job),
    lease_until = null, updated_at = private.now(), expires_at = greatest(expires_at,
      case when p_status = 'verifying' then private.now() + private.intake_seconds() end)
    where id = t.id returning * into t;
  if p_status = 'error' then
    perform private.note('intake_refused', t.scope, private.hex(t.id));
  end if;
  return private.intake_json(t);
end
$$;

create function public.intake_cancel(p_scope text, p_intake text) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  t public.intakes := private.lock_intake(p_scope, p_intake);
begin
  if t.status not in ('awaiting_upload', 'verifying', 'cancelled') then
    perform private.refuse(409, format('This photo is %s: it cannot become cancelled.', t.status));
  elsif t.status <> 'cancelled' then
    update public.intakes set status = 'cancelled', lease_until = null, updated_at = private.now()
      where id = t.id returning * into t;
  end if;
  return private.intake_json(t);
end
$$;

-- Give up what has not come in time, and return that; forget what ended a day ago.
create function public.intake_expire() returns setof jsonb language plpgsql security definer set search_path = '' as $$
declare
  t public.intakes;
begin
  delete from public.intakes o where o.status not in ('awaiting_upload', 'verifying')
    and o.updated_at <= private.now() - interval '1 day';
  for t in
    update public.intakes set status = 'expired', lease_until = null, updated_at = private.now()
    where id in (select o.id from public.intakes o
      where o.status in ('awaiting_upload', 'verifying') and o.expires_at <= private.now()
        and coalesce(o.lease_until, '-infinity') <= private.now()
      for update skip locked)
    returning *
  loop
    return next private.intake_json(t);
  end loop;
end
$$;

-- The recipe of a name that a scope has used last.
create function public.library_recipe(p_scope text, p_op_key text) returns text language plpgsql stable security definer set search_path = '' as $$
declare
  found_recipe text;
begin
  select j.recipe into found_recipe from public.jobs j
    where j.scope = p_scope and j.op_key = p_op_key order by j.updated_at desc limit 1;
  if found_recipe is null then perform private.not_here(); end if;
  return found_recipe;
end
$$;

-- Who is to go announces nothing any more.
create function private.on_erase() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  delete from public.intakes t where t.scope in (select private.scopes_of(new.user_id));
  return null;
end
$$;
create trigger profiles_erase after update of erase_at on public.profiles
  for each row when (new.erase_at is not null) execute function private.on_erase();

do $$
declare
  one regprocedure;
begin
  for one in select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and (starts_with(p.proname, 'intake_') or p.proname = 'library_recipe')
  loop
    execute format('revoke all on function %s from public, anon, authenticated', one);
    execute format('grant execute on function %s to service_role', one);
  end loop;
end
$$;
revoke all on function private.intake_json(public.intakes), private.intake_seconds(),
  private.lock_intake(text, text), private.price_of_photo(public.plans, text, text, text),
  private.on_erase()
from public, anon, authenticated, service_role;
