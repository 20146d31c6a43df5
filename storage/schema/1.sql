-- The library of one computer. Times are Unix seconds; paths are keys of objects.
create table images (
  id         text primary key,
  scope      text not null,
  sha256     text not null,
  mime       text not null,
  extension  text not null,
  width      integer not null check (width > 0),
  height     integer not null check (height > 0),
  bytes      integer not null check (bytes > 0),
  path       text not null unique,
  created_at real not null,
  unique (scope, sha256)
) strict;

create table jobs (
  id          text primary key,
  scope       text not null,
  image_id    text not null references images (id),
  status      text not null check (status in (
    'awaiting_upload', 'verifying', 'queued', 'running', 'done', 'error', 'cancelled', 'expired')),
  key         text not null,
  op_key      text not null,
  recipe      text not null,
  priority    integer not null default 0,
  attempts    integer not null default 0,
  owner       text,
  lease_until real,
  fence       integer not null default 0,
  says        text not null default '',
  version_id  text references versions (id),
  created_at  real not null,
  updated_at  real not null,
  check ((status = 'running') = (owner is not null and lease_until is not null)),
  check ((status = 'done') = (version_id is not null))
) strict;
-- One photo and one recipe are computed once: this is what single flight rests on.
create unique index jobs_live on jobs (image_id, key) where status <> 'expired';
create index jobs_waiting on jobs (priority desc, created_at) where status = 'queued';

create table mattes (
  image_id   text not null references images (id),
  key        text not null,
  path       text not null unique,
  created_at real not null,
  primary key (image_id, key)
) strict;

create table versions (
  id             text primary key,
  scope          text not null,
  image_id       text not null references images (id),
  job_id         text not null unique,
  number         integer not null check (number > 0),
  key            text not null,
  op_key         text not null,
  recipe         text not null,
  path           text not null unique,
  thumbnail_path text not null unique,
  width          integer not null,
  height         integer not null,
  bytes          integer not null,
  created_at     real not null,
  unique (image_id, number)
) strict;

create table entries (
  id         text primary key,
  scope      text not null,
  image_id   text not null references images (id),
  job_id     text not null references jobs (id),
  name       text not null,
  folder     text not null,
  recipe     text not null,
  created_at real not null
) strict;
create index entries_bench on entries (scope, created_at);
-- Dropping the same file again is no second photo.
create unique index entries_once on entries (scope, image_id, folder, name);

create table keys (
  id         text primary key,
  scope      text not null,
  name       text not null,
  digest     text not null unique,
  created_at real not null,
  revoked_at real,
  unique (scope, name)
) strict;
