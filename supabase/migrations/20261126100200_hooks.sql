-- Programs that want to be told when a job ends, and what is still to be told to them. A message comes
-- with the change that it tells of, in one transaction, and stays until it was taken.
create table public.hooks (
  id          uuid primary key,
  scope       text not null,
  address     text not null check (starts_with(address, 'https://')),
  created_at  timestamptz not null,
  -- Of tries in a row that failed, and why the last one did.
  failures    integer not null default 0,
  says        text not null default '',
  -- Since when it is told nothing any more.
  disabled_at timestamptz,
  unique (scope, address)
);
create table public.calls (
  id         uuid primary key default gen_random_uuid(),
  hook_id    uuid not null references public.hooks on delete cascade,
  -- An announcement, or a job that came in by another door.
  task_id    uuid not null,
  status     public.job_status not null,
  created_at timestamptz not null,
  attempts   integer not null default 0,
  due_at     timestamptz not null
);
create index calls_hook on public.calls (hook_id);
create index calls_due on public.calls (due_at);
alter table public.hooks enable row level security;
alter table public.calls enable row level security;
revoke all on public.hooks, public.calls from public, anon, authenticated, service_role;
grant select on public.hooks, public.calls to service_role;

create function private.hook_json(h public.hooks) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object('id', private.hex((h).id), 'scope', (h).scope, 'address', (h).address,
    'created_at', private.unix((h).created_at), 'failures', (h).failures, 'says', (h).says,
    'disabled_at', private.unix((h).disabled_at))
$$;

create function private.tell(of_scope text, task uuid, became public.job_status) returns void language sql set search_path = '' as $$
  insert into public.calls (hook_id, task_id, status, created_at, due_at)
  select h.id, task, became, private.now(), private.now() from public.hooks h
  where h.scope = of_scope and h.disabled_at is null
$$;

create function private.on_job_ended() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform private.tell(new.scope, t.id, new.status) from public.intakes t where t.job_id = new.id;
  if not found then
    perform private.tell(new.scope, new.id, new.status);
  end if;
  return null;
end
$$;
create trigger jobs_tell after update of status on public.jobs for each row
  when (new.status in ('done', 'error', 'cancelled') and old.status <> new.status)
  execute function private.on_job_ended();

-- An announcement that ends without a job, or gets one that has ended before.
create function private.on_intake_ended() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.job_id is null then
    perform private.tell(new.scope, new.id, new.status)
      where new.status in ('error', 'cancelled', 'expired') and old.status <> new.status;
  else
    perform private.tell(new.scope, new.id, j.status) from public.jobs j
      where j.id = new.job_id and old.job_id is null and j.status in ('done', 'error', 'cancelled');
  end if;
  return null;
end
$$;
create trigger intakes_tell after update of status, job_id on public.intakes for each row
  execute function private.on_intake_ended();

create function public.hook_keep(p_hook jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := p_hook ->> 'scope';
  h public.hooks;
begin
  perform pg_advisory_xact_lock(hashtextextended('hooks ' || own, 0));
  if exists (select from public.hooks o where o.scope = own and o.address = p_hook ->> 'address') then
    perform private.refuse(409, 'This address is told already. Remove it first.');
  elsif (select count(*) from public.hooks o where o.scope = own) >= 5 then
    perform private.refuse(409, 'Five addresses are told. Remove one first.');
  end if;
  insert into public.hooks (id, scope, address, created_at)
    values ((p_hook ->> 'id')::uuid, own, p_hook ->> 'address', private.now())
    returning * into h;
  return private.hook_json(h);
end
$$;

create function public.hook_all(p_scope text) returns setof jsonb language sql stable security definer set search_path = '' as $$
  select private.hook_json(h) from public.hooks h where h.scope = p_scope order by h.created_at, h.id
$$;

create function public.hook_remove(p_scope text, p_hook text) returns void language plpgsql security definer set search_path = '' as $$
begin
  delete from public.hooks h where h.scope = p_scope and h.id = private.id(p_hook);
  if not found then perform private.not_here(); end if;
end
$$;

-- Take messages in hand that are due, for a minute; each has a number that counts its tries.
create function public.hook_claim(p_most integer) returns setof jsonb language plpgsql security definer set search_path = '' as $$
begin
  return query
    with taken as (
      update public.calls c set attempts = c.attempts + 1, due_at = private.now() + interval '1 minute'
      where c.id in (select o.id from public.calls o where o.due_at <= private.now()
        order by o.due_at, o.id limit p_most for update skip locked)
      returning c.*
    )
    select jsonb_build_object('id', private.hex(c.id), 'hook_id', private.hex(c.hook_id), 'scope', h.scope,
      'address', h.address, 'task_id', private.hex(c.task_id), 'status', c.status,
      'created_at', private.unix(c.created_at), 'attempts', c.attempts)
    from taken c join public.hooks h on h.id = c.hook_id;
end
$$;

create function public.hook_sent(p_call text) returns void language plpgsql security definer set search_path = '' as $$
begin
  update public.hooks h set failures = 0, says = '' from public.calls c
    where c.id = private.id(p_call) and h.id = c.hook_id;
  delete from public.calls c where c.id = private.id(p_call);
end
$$;

-- Try a message again later; after its last try, or where nobody wants any there, tell its address no more.
create function public.hook_failed(p_call text, p_attempts integer, p_says text, p_gone boolean) returns void language plpgsql security definer set search_path = '' as $$
declare
  pauses interval[] := array['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours', '10 hours', '10 hours']::interval[];
  c public.calls;
begin
  select * into c from public.calls o where o.id = private.id(p_call) and o.attempts = p_attempts for update;
  if not found then return; end if;  -- another one has it by now
  update public.hooks h set failures = h.failures + 1, says = p_says where h.id = c.hook_id;
  if p_gone or p_attempts > cardinality(pauses) then
    update public.hooks h set disabled_at = private.now() where h.id = c.hook_id and h.disabled_at is null;
    delete from public.calls o where o.hook_id = c.hook_id;
  else
    update public.calls o set due_at = private.now() + pauses[p_attempts] where o.id = c.id;
  end if;
end
$$;

-- Who is to go is told nothing any more.
create function private.on_erase_hooks() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  delete from public.hooks h where h.scope in (select private.scopes_of(new.user_id));
  return null;
end
$$;
create trigger profiles_erase_hooks after update of erase_at on public.profiles
  for each row when (new.erase_at is not null) execute function private.on_erase_hooks();

-- All that is known of somebody, with the addresses that they have named.
create or replace function public.export_me() returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := private.asks()::text;
begin
  perform private.note('export', own);
  return jsonb_build_object(
    'profile', (select to_jsonb(p) from public.profiles p where p.user_id = private.me()),
    'settings', (select to_jsonb(s) from public.settings s where s.scope = own),
    'credits', (select to_jsonb(c) from public.credits c where c.scope = own),
    'ledger', (select coalesce(jsonb_agg(to_jsonb(l) order by l.id), '[]') from public.credit_ledger l
      where l.account = private.account_of(own)),
    'audit', (select coalesce(jsonb_agg(to_jsonb(a) order by a.id), '[]') from public.audit_log a
      where a.account = private.account_of(own)),
    'photos', (select coalesce(jsonb_agg(to_jsonb(i) order by i.created_at), '[]') from public.images i
      where i.scope = own),
    'versions', (select coalesce(jsonb_agg(to_jsonb(o) order by o.created_at), '[]')
      from public.image_outputs o where o.scope = own),
    'jobs', (select coalesce(jsonb_agg(private.job_json(j) order by j.created_at), '[]')
      from public.jobs j where j.scope = own),
    'announcements', (select coalesce(jsonb_agg(to_jsonb(t) - 'spot' - 'token' order by t.created_at), '[]')
      from public.intakes t where t.scope = own),
    'workbench', (select coalesce(jsonb_agg(to_jsonb(e) order by e.created_at), '[]')
      from public.entries e where e.scope = own),
    'collections', (select coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('photos', (
        select coalesce(jsonb_agg(m.image_id order by m.place), '[]')
        from public.collection_images m where m.collection_id = c.id)) order by c.created_at), '[]')
      from public.collections c where c.scope = own),
    'api_keys', (select coalesce(jsonb_agg(to_jsonb(k) - 'digest' order by k.created_at), '[]')
      from public.api_keys k where k.scope = own),
    'told_addresses', (select coalesce(jsonb_agg(to_jsonb(h) order by h.created_at), '[]')
      from public.hooks h where h.scope = own),
    'share_links', (select coalesce(jsonb_agg(to_jsonb(s) - 'token_hash' - 'password_hash'
        order by s.created_at), '[]') from public.share_links s where s.scope = own),
    'teams', (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from public.team_members m
      where m.user_id = private.me())
  );
end
$$;

do $$
declare
  one regprocedure;
begin
  for one in select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'public'::regnamespace and starts_with(p.proname, 'hook_')
  loop
    execute format('revoke all on function %s from public, anon, authenticated', one);
    execute format('grant execute on function %s to service_role', one);
  end loop;
end
$$;
revoke all on function private.hook_json(public.hooks), private.tell(text, uuid, public.job_status),
  private.on_job_ended(), private.on_intake_ended(), private.on_erase_hooks()
from public, anon, authenticated, service_role;
