-- Programs that want to be told when a job ends, and what is still to be told to them. A message comes
-- with the change that it tells of, in one transaction, and stays until it was taken.
create table hooks (
  id          text primary key,
  scope       text not null,
  address     text not null,
  created_at  real not null,
  -- Of tries in a row that failed, and why the last one did.
  failures    integer not null default 0,
  says        text not null default '',
  -- Since when it is told nothing any more.
  disabled_at real,
  unique (scope, address)
) strict;
create table calls (
  id         text primary key,
  hook_id    text not null references hooks (id) on delete cascade,
  -- An announcement, or a job that came in by another door.
  task_id    text not null,
  status     text not null,
  created_at real not null,
  attempts   integer not null default 0,
  due_at     real not null
) strict;
create index calls_hook on calls (hook_id);
create index calls_due on calls (due_at);

create trigger jobs_tell after update of status on jobs
when new.status in ('done', 'error', 'cancelled') and old.status <> new.status begin
  insert into calls (id, hook_id, task_id, status, created_at, due_at)
    select lower(hex(randomblob(16))), h.id, coalesce(t.id, new.id), new.status, new.updated_at, new.updated_at
    from hooks h left join intakes t on t.job_id = new.id
    where h.scope = new.scope and h.disabled_at is null;
end;
-- An announcement that ends without a job, or gets one that has ended before.
create trigger intakes_tell after update of status, job_id on intakes
when new.job_id is null and new.status in ('error', 'cancelled', 'expired') and old.status <> new.status
begin
  insert into calls (id, hook_id, task_id, status, created_at, due_at)
    select lower(hex(randomblob(16))), h.id, new.id, new.status, new.updated_at, new.updated_at
    from hooks h where h.scope = new.scope and h.disabled_at is null;
end;
create trigger intakes_tell_late after update of job_id on intakes
when new.job_id is not null and old.job_id is null begin
  insert into calls (id, hook_id, task_id, status, created_at, due_at)
    select lower(hex(randomblob(16))), h.id, new.id, j.status, new.updated_at, new.updated_at
    from hooks h join jobs j on j.id = new.job_id and j.status in ('done', 'error', 'cancelled')
    where h.scope = new.scope and h.disabled_at is null;
end;
