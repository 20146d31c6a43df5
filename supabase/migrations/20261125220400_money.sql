-- Credits, and the two books that are only ever written on. Both know an owner by a pseudonym that
-- stands in `credits` alone: where that row has gone, nobody can tell whose lines they were.
create table public.credits (
  scope      text primary key,
  user_id    uuid generated always as (private.user_of(scope)) stored
    references auth.users on delete cascade,
  team_id    uuid generated always as (private.team_of(scope)) stored
    references public.teams on delete cascade,
  account    uuid not null unique default gen_random_uuid(),
  -- What can be spent: what is held has left it.
  balance    integer not null default 0 check (balance >= 0),
  updated_at timestamptz not null default private.now(),
  check (num_nonnulls(user_id, team_id) = 1)
);
create index credits_user on public.credits (user_id);
create index credits_team on public.credits (team_id);

create table public.credit_ledger (
  id              bigint generated always as identity primary key,
  account         uuid not null,
  kind            text not null check (kind in ('grant', 'purchase', 'adjust', 'hold', 'release')),
  amount          integer not null,
  balance_after   integer not null check (balance_after >= 0),
  -- Of a hold: what it is for, and what became of it.
  item            text,
  job_id          uuid,
  state           text check (state in ('held', 'captured', 'released')),
  idempotency_key text not null,
  created_at      timestamptz not null default private.now(),
  unique (account, idempotency_key),
  check (case kind when 'hold' then amount < 0 when 'adjust' then amount <> 0 else amount > 0 end),
  check ((kind = 'hold') = (state is not null)),
  check (kind not in ('hold', 'release') or (job_id is not null and item is not null))
);
create index credit_ledger_listing on public.credit_ledger (account, id desc);
-- A job holds once for a thing, however often it is asked for.
create unique index credit_ledger_held on public.credit_ledger (job_id, item) where state = 'held';

-- Mattes and enlargements that an owner has paid for, or is about to: each costs once.
create table public.paid_items (
  scope  text not null,
  sha256 text not null,
  item   text not null,
  -- The job whose hold pays for it, as long as it is not captured.
  job_id uuid not null,
  paid   boolean not null default false,
  primary key (scope, sha256, item)
);
create index paid_items_job on public.paid_items (job_id);

create table public.audit_log (
  id      bigint generated always as identity primary key,
  account uuid,
  action  text not null,
  target  text,
  detail  jsonb not null default '{}',
  at      timestamptz not null default private.now()
);
create index audit_log_account on public.audit_log (account, id desc);
create index audit_log_action on public.audit_log (action, at);
