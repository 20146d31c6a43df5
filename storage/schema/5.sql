-- What a batch is: paused or not, what of it was looked at, and what has changed since a page last
-- asked.
alter table entries add column seen text not null default '';
alter table entries add column tick integer not null default 0;

-- Whose workbench waits, and since when.
create table pauses (
  scope text primary key,
  since real not null
) strict;

-- Counts the changes of a workbench; each entry has the count of its last one.
create table ticks (
  scope text primary key,
  count integer not null
) strict;
-- What a page that has not asked for a while may still show.
create table departures (
  entry_id text primary key,
  scope    text not null,
  tick     integer not null
) strict;
create index entries_tick on entries (scope, tick);
create index departures_tick on departures (scope, tick);
create index if not exists entries_job on entries (job_id);

insert into ticks select scope, 1 from entries group by scope;
update entries set tick = 1;

create trigger bench_entries_come after insert on entries begin
  insert into ticks values (new.scope, 1) on conflict do update set count = count + 1;
  update entries set tick = (select count from ticks where scope = new.scope) where id = new.id;
end;
create trigger bench_entries_change after update of job_id, recipe, name, folder, seen on entries begin
  insert into ticks values (new.scope, 1) on conflict do update set count = count + 1;
  update entries set tick = (select count from ticks where scope = new.scope) where id = new.id;
end;
create trigger bench_entries_go after delete on entries begin
  insert into ticks values (old.scope, 1) on conflict do update set count = count + 1;
  insert or replace into departures
    select old.id, old.scope, count from ticks where scope = old.scope;
  -- A page that has missed so many changes asks for everything.
  delete from departures where scope = old.scope
    and tick < (select count - 100000 from ticks where scope = old.scope);
end;
create trigger bench_jobs_move after update on jobs
when new.status is not old.status or new.says is not old.says or new.version_id is not old.version_id
  or new.doubt is not old.doubt or new.reasons is not old.reasons
begin
  insert into ticks values (new.scope, 1) on conflict do update set count = count + 1;
  update entries set tick = (select count from ticks where scope = new.scope) where job_id = new.id;
end;
create trigger bench_images_trash after update of deleted_at on images
when new.deleted_at is not old.deleted_at
begin
  insert into ticks values (new.scope, 1) on conflict do update set count = count + 1;
  update entries set tick = (select count from ticks where scope = new.scope) where image_id = new.id;
end;
create trigger bench_pauses_come after insert on pauses begin
  insert into ticks values (new.scope, 1) on conflict do update set count = count + 1;
end;
create trigger bench_pauses_go after delete on pauses begin
  insert into ticks values (old.scope, 1) on conflict do update set count = count + 1;
end;
