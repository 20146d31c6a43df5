-- Photos that programs have announced. What is said of them is a hint until their bytes were read.
create table intakes (
  id          text primary key,
  scope       text not null,
  sha256      text not null,
  bytes       integer not null,
  width       integer not null,
  height      integer not null,
  name        text not null,
  key         text not null,
  op_key      text not null,
  recipe      text not null,
  spot        text not null unique,
  token       text not null,
  created_at  real not null,
  updated_at  real not null,
  expires_at  real not null,
  status      text not null,
  says        text not null,
  job_id      text references jobs (id) on delete cascade,
  fence       integer not null,
  lease_until real
) strict;
create unique index intakes_token on intakes (scope, token) where token <> '';
create index intakes_open on intakes (expires_at) where status in ('awaiting_upload', 'verifying');
create index intakes_ended on intakes (updated_at);
create index intakes_job on intakes (job_id);
-- A recipe by its name.
create index jobs_op_key on jobs (op_key, updated_at);
