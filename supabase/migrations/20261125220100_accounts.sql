-- Who there is, and what each may do. Plans are rows of seed.sql.
create table public.plans (
  id                  text primary key,
  name                text not null,
  -- Whether results go to the library of their owner or are deleted on a clock.
  persists            boolean not null,
  kept_hours          integer check (kept_hours between 24 and 72),
  -- How long a result is kept where its owner asks for longer; null where nobody may.
  longer_hours        integer check (longer_hours > kept_hours),
  max_bytes           bigint not null,
  max_pixels          bigint not null,
  max_side            integer not null,
  credits_per_matte   integer not null check (credits_per_matte >= 0),
  credits_per_upscale integer not null check (credits_per_upscale >= 0),
  monthly_credits     integer not null check (monthly_credits >= 0),
  price_cents         integer not null check (price_cents >= 0),
  storage_bytes       bigint,
  keep_versions       integer check (keep_versions > 0),
  check (persists = (kept_hours is null))
);

create table public.profiles (
  user_id    uuid primary key references auth.users on delete cascade,
  plan_id    text not null default 'free' references public.plans,
  plan_until timestamptz,
  -- Since when everything of this user is to go.
  erase_at   timestamptz,
  created_at timestamptz not null default private.now()
);
create index profiles_plan on public.profiles (plan_id);
create index profiles_erase on public.profiles (erase_at) where erase_at is not null;

create table public.teams (
  id         uuid primary key default gen_random_uuid(),
  name       text not null check (length(name) between 1 and 80),
  owner_id   uuid not null references auth.users,
  plan_id    text not null default 'team' references public.plans,
  plan_until timestamptz,
  created_at timestamptz not null default private.now()
);
create index teams_owner on public.teams (owner_id);
create index teams_plan on public.teams (plan_id);

create table public.team_members (
  team_id uuid not null references public.teams on delete cascade,
  user_id uuid not null references auth.users on delete cascade,
  role    text not null check (role in ('owner', 'editor', 'viewer')),
  primary key (team_id, user_id)
);
create index team_members_user on public.team_members (user_id);

-- What an owner has chosen; no row means the usual.
create table public.settings (
  scope              text primary key,
  keep_last          integer check (keep_last > 0),
  archive_after_days integer check (archive_after_days > 0),
  keep_original      boolean not null default true,
  full_resolution    boolean not null default true
);

-- What programs show to be let in.
create table public.api_keys (
  id         uuid primary key default gen_random_uuid(),
  scope      text not null,
  name       text not null,
  digest     text not null unique,
  seq        bigint generated always as identity,
  created_at timestamptz not null default private.now(),
  revoked_at timestamptz,
  unique (scope, name)
);
create index api_keys_listing on public.api_keys (scope, created_at, seq);
