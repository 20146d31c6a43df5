-- What has become of versions on their way to the library of an account; without a row, a version
-- waits for its turn. Whoever signs in as another one begins anew.
create table syncs (
  version_id text not null references versions (id) on delete cascade,
  user_id    text not null,
  state      text not null check (state in ('sent', 'synced', 'refused')),
  -- Why it was refused, in a sentence.
  says       text not null default '',
  -- What it is called there: as a job, and as something that was brought.
  job_id     text not null default '',
  sync_id    text not null default '',
  updated_at real not null,
  primary key (version_id, user_id)
) strict;
create index syncs_state on syncs (user_id, state, updated_at);

-- Photos that are there, and what was told of them last. A photo that is purged here stays in this
-- table until that was told, too.
create table mirrors (
  image_id  text not null,
  user_id   text not null,
  remote_id text not null,
  name      text not null default '',
  trashed   integer not null default 0,
  primary key (image_id, user_id)
) strict;

-- Large uploads that were begun and not ended, and where they go on.
create table uploads (
  name     text primary key,
  address  text not null,
  begun_at real not null
) strict;
