-- What an owner makes of photos: the workbench, collections, links for others, and what open pages
-- have to learn of.
create table public.entries (
  id         uuid primary key default gen_random_uuid(),
  scope      text not null,
  image_id   uuid not null references public.images on delete cascade,
  job_id     uuid not null references public.jobs on delete cascade,
  name       text not null,
  folder     text not null,
  recipe     text not null,
  seen       text not null default '',
  tick       bigint not null default 0,
  seq        bigint generated always as identity,
  created_at timestamptz not null default private.now(),
  -- Dropping the same file again is no second photo.
  unique (scope, image_id, folder, name)
);
create index entries_bench on public.entries (scope, created_at, seq);
create index entries_tick on public.entries (scope, tick);
create index entries_image on public.entries (image_id);
create index entries_job on public.entries (job_id);

create table public.collections (
  id         uuid primary key default gen_random_uuid(),
  scope      text not null,
  name       text not null,
  name_key   text collate "C" not null,
  created_at timestamptz not null default private.now(),
  unique (scope, name_key)
);

create table public.collection_images (
  collection_id uuid not null references public.collections on delete cascade,
  image_id      uuid not null references public.images on delete cascade,
  scope         text not null,
  -- Where it stands among the others, from the smallest on.
  place         double precision not null,
  primary key (collection_id, image_id)
);
create index collection_images_order on public.collection_images (collection_id, place, image_id);
create index collection_images_image on public.collection_images (image_id);
create index collection_images_scope on public.collection_images (scope);

-- Links for people without an account. The token itself is nowhere.
create table public.share_links (
  id            uuid primary key default gen_random_uuid(),
  scope         text not null,
  output_id     uuid not null references public.image_outputs on delete cascade,
  token_hash    bytea not null unique,
  password_hash text,
  download      boolean not null default true,
  expires_at    timestamptz not null,
  revoked_at    timestamptz,
  created_at    timestamptz not null default private.now()
);
create index share_links_output on public.share_links (output_id);
create index share_links_scope on public.share_links (scope, created_at);

-- Cutouts that a desktop is about to bring: which names it may write, and for how long. The job of
-- each waits for its upload, and is done once the server has checked the bytes.
create table public.syncs (
  id             uuid primary key default gen_random_uuid(),
  scope          text not null,
  job_id         uuid not null unique references public.jobs on delete cascade,
  output_id      uuid not null default gen_random_uuid(),
  sizes          jsonb not null,
  -- Null where the photo is here already.
  path_original  text unique,
  path_output    text not null unique,
  thumbnail_path text not null unique,
  expires_at     timestamptz not null,
  done_at        timestamptz,
  created_at     timestamptz not null default private.now()
);
create index syncs_scope on public.syncs (scope, created_at);
create index syncs_open on public.syncs (expires_at) where done_at is null;

-- Whose workbench waits, and since when.
create table public.pauses (
  scope text primary key,
  since timestamptz not null default private.now()
);

-- Counts the changes of a workbench; each entry has the count of its last one.
create table public.ticks (
  scope text primary key,
  count bigint not null
);

-- What a page that has not asked for a while may still show.
create table public.departures (
  entry_id uuid primary key,
  scope    text not null,
  tick     bigint not null
);
create index departures_tick on public.departures (scope, tick);

-- Counts every change of a library that an open page has to learn of.
create table public.changes (
  scope text primary key,
  count bigint not null
);
