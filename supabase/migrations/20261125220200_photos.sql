-- Photos, what is computed of them, and what is kept. An object is known by bucket and path; what
-- lies in the buckets for a while has an end, what lies in the library has none.
create type public.job_status as enum (
  'awaiting_upload', 'verifying', 'queued', 'running', 'done', 'error', 'cancelled', 'expired'
);

create table public.images (
  id            uuid primary key default gen_random_uuid(),
  -- It begins the names of objects, too.
  scope         text not null check (scope ~ '^[A-Za-z0-9_-]{1,80}$'),
  user_id       uuid generated always as (private.user_of(scope)) stored references auth.users,
  team_id       uuid generated always as (private.team_of(scope)) stored references public.teams,
  sha256        text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  mime          text not null,
  extension     text not null check (extension ~ '^[a-z0-9]{1,8}$'),
  width         integer not null check (width > 0),
  height        integer not null check (height > 0),
  bytes         bigint not null check (bytes > 0),
  bucket        text not null check (bucket in ('uploads-ephemeral', 'user-library')),
  path_original text not null,
  -- Whether the server has read and checked the bytes itself.
  verified      boolean not null default true,
  name          text not null default '',
  name_key      text collate "C" not null default '',
  notes         text not null default '',
  current_id    uuid,
  doubt         double precision not null default 0,
  -- Since when it is in the trash.
  deleted_at    timestamptz,
  expires_at    timestamptz,
  -- Until when its objects are being copied to the library; the sweep leaves it alone so long.
  promoting_until timestamptz,
  -- Since when its objects are being removed: it is not there any more.
  deleting_at   timestamptz,
  seq           bigint generated always as identity,
  created_at    timestamptz not null default private.now(),
  unique (bucket, path_original),
  check ((bucket = 'user-library') = (expires_at is null))
);
create unique index images_once on public.images (scope, sha256) where deleting_at is null;
create index images_user on public.images (user_id);
create index images_team on public.images (team_id);
create index images_date on public.images (scope, created_at, id);
create index images_name on public.images (scope, name_key, id);
create index images_doubt on public.images (scope, doubt, id);
create index images_current on public.images (current_id);
create index images_trash on public.images (deleted_at) where deleted_at is not null;
create index images_expiry on public.images (expires_at) where expires_at is not null;

-- What a library takes is summed up each time something comes in: from indexes alone.
create index images_stored on public.images (scope) include (id, bytes) where bucket = 'user-library';

-- Kept cutouts. They never change; restoring one moves a pointer of the photo.
create table public.image_outputs (
  id             uuid primary key default gen_random_uuid(),
  scope          text not null,
  image_id       uuid not null references public.images on delete cascade,
  job_id         uuid not null unique,
  version        integer not null check (version > 0),
  key            text not null,
  op_key         text not null,
  recipe         text not null,
  bucket         text not null check (bucket in ('outputs-ephemeral', 'user-library')),
  path_output    text not null,
  thumbnail_path text not null,
  width          integer not null,
  height         integer not null,
  bytes          bigint not null,
  metadata       jsonb not null default '{}',
  expires_at     timestamptz,
  promoting_until timestamptz,
  deleting_at    timestamptz,
  archived_at    timestamptz,
  created_at     timestamptz not null default private.now(),
  unique (image_id, version),
  unique (bucket, path_output),
  unique (bucket, thumbnail_path),
  check ((bucket = 'user-library') = (expires_at is null))
);
create index image_outputs_scope on public.image_outputs (scope, created_at);
create index image_outputs_op_key on public.image_outputs (scope, op_key);
create index image_outputs_stored on public.image_outputs (scope) include (bytes)
  where bucket = 'user-library';
create index image_outputs_expiry on public.image_outputs (expires_at) where expires_at is not null;
alter table public.images add constraint images_current_id_fkey
  foreign key (current_id) references public.image_outputs;

create table public.jobs (
  id           uuid primary key default gen_random_uuid(),
  scope        text not null,
  user_id      uuid generated always as (private.user_of(scope)) stored references auth.users,
  team_id      uuid generated always as (private.team_of(scope)) stored references public.teams,
  image_id     uuid not null references public.images on delete cascade,
  status       public.job_status not null default 'queued',
  input_sha256 text not null,
  key          text not null,
  op_key       text not null,
  recipe       text not null,
  priority     integer not null default 0,
  attempts     integer not null default 0,
  -- The worker that has it in hand, until when, and the how manieth start this is.
  owner        text,
  lease_until  timestamptz,
  fence        bigint not null default 0,
  -- How often it was queued: what is held for one round is not held for another.
  round        integer not null default 1,
  worker_notes text not null default '',
  error_code   text,
  doubt        double precision not null default 0,
  reasons      text not null default '',
  output_id    uuid references public.image_outputs,
  seq          bigint generated always as identity,
  created_at   timestamptz not null default private.now(),
  updated_at   timestamptz not null default private.now(),
  check (num_nonnulls(owner, lease_until) = case status when 'running' then 2 else 0 end),
  check ((status = 'done') = (output_id is not null))
);
-- One photo and one recipe are computed once: this is what single flight rests on.
create unique index jobs_live on public.jobs (image_id, key) where status <> 'expired';
create index jobs_waiting on public.jobs (priority desc, created_at, seq) where status = 'queued';
create index jobs_leased on public.jobs (lease_until) where status = 'running';
create index jobs_image on public.jobs (image_id, updated_at);
create index jobs_output on public.jobs (output_id);
create index jobs_scope on public.jobs (scope, updated_at);
create index jobs_user on public.jobs (user_id);
create index jobs_team on public.jobs (team_id);

-- What may follow what; everything else is refused.
create table public.job_moves (
  before public.job_status not null,
  after  public.job_status not null,
  primary key (before, after)
);
insert into public.job_moves (before, after) values
  ('awaiting_upload', 'verifying'), ('awaiting_upload', 'cancelled'), ('awaiting_upload', 'expired'),
  ('verifying', 'queued'), ('verifying', 'error'), ('verifying', 'cancelled'), ('verifying', 'expired'),
  ('queued', 'running'), ('queued', 'error'), ('queued', 'cancelled'), ('queued', 'expired'),
  ('running', 'done'), ('running', 'queued'), ('running', 'error'), ('running', 'cancelled'),
  ('done', 'expired'),
  ('error', 'queued'),
  ('cancelled', 'queued');

-- The alpha of a photo by one model, so that no recipe needs the network again.
create table public.mattes (
  image_id   uuid not null references public.images on delete cascade,
  key        text not null,
  bucket     text not null check (bucket in ('outputs-ephemeral', 'user-library')),
  path       text not null,
  bytes      bigint not null default 0,
  doubt      double precision not null default 0,
  reasons    text not null default '',
  created_at timestamptz not null default private.now(),
  primary key (image_id, key),
  unique (bucket, path)
);
create index mattes_stored on public.mattes (image_id) include (bytes) where bucket = 'user-library';
create index mattes_unweighed on public.mattes (image_id) where bytes = 0;

-- What was painted over the alpha of a photo; recipes name it by its sha256.
create table public.strokes (
  image_id   uuid not null references public.images on delete cascade,
  sha256     text not null,
  bucket     text not null check (bucket in ('outputs-ephemeral', 'user-library')),
  path       text not null,
  created_at timestamptz not null default private.now(),
  primary key (image_id, sha256),
  unique (bucket, path)
);

-- Objects that no row speaks of any more. They are noted with the deletion of their rows and removed
-- after it; the names stay for a while, so that nothing is ever kept under one of them again.
create table public.removals (
  bucket     text not null,
  path       text not null,
  noted_at   timestamptz not null default private.now(),
  removed_at timestamptz,
  primary key (bucket, path)
);
create index removals_open on public.removals (noted_at) where removed_at is null;
