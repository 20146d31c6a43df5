-- What an owner makes of the library: names, notes, the current version, collections, the trash.
-- A photo has the name it first came under. `natural_key` is the program's: names as people sort them.
alter table images add column name text not null default '';
alter table images add column name_key text not null default '';
alter table images add column notes text not null default '';
-- The version that is shown and handed out; the others are its history. Versions never change:
-- restoring one moves this pointer.
alter table images add column current_id text references versions (id);
-- Of the current version, 0..1.
alter table images add column doubt real not null default 0;
-- Since when it is in the trash.
alter table images add column deleted_at real;
alter table mattes add column bytes integer not null default 0;

update images set name = coalesce(
  (select e.name from entries e where e.image_id = images.id order by e.created_at, e.rowid limit 1), '');
update images set name_key = natural_key(name);
update images set current_id =
  (select v.id from versions v where v.image_id = images.id order by v.number desc limit 1);
update images set doubt = coalesce(
  (select j.doubt from versions v join jobs j on j.id = v.job_id where v.id = images.current_id), 0);

create index images_date on images (scope, created_at, id);
create index images_name on images (scope, name_key, id);
create index images_doubt on images (scope, doubt, id);
create index images_trash on images (deleted_at) where deleted_at is not null;
create index jobs_image on jobs (image_id, updated_at);
-- Without these each row that goes makes SQLite read whole tables for rows that speak of it.
create index images_current on images (current_id);
create index jobs_version on jobs (version_id);
create index entries_image on entries (image_id);
create index entries_job on entries (job_id);

create table collections (
  id         text primary key,
  scope      text not null,
  name       text not null,
  created_at real not null
) strict;
create index collections_scope on collections (scope);

create table collection_images (
  collection_id text not null references collections (id),
  image_id      text not null references images (id),
  scope         text not null,
  -- Where it stands among the others, from the smallest on.
  place         real not null,
  primary key (collection_id, image_id)
) strict;
create index collection_images_order on collection_images (collection_id, place, image_id);
create index collection_images_image on collection_images (image_id);

-- Objects that no row speaks of any more. They are noted with the deletion of their rows and removed
-- after it; the names stay here for a while, so that nothing is ever kept under one of them again.
create table removals (
  path       text primary key,
  noted_at   real not null,
  removed_at real
) strict;
create index removals_open on removals (noted_at) where removed_at is null;

-- How many versions of each photo are kept; no row means all.
create table retention (
  scope     text primary key,
  keep_last integer not null check (keep_last > 0)
) strict;

-- Counts every change that an open page has to learn of.
create table changes (
  scope text primary key,
  count integer not null
) strict;
create trigger images_come after insert on images begin
  insert into changes values (new.scope, 1) on conflict do update set count = count + 1;
end;
create trigger images_change after update on images begin
  insert into changes values (new.scope, 1) on conflict do update set count = count + 1;
end;
create trigger images_go after delete on images begin
  insert into changes values (old.scope, 1) on conflict do update set count = count + 1;
end;
create trigger versions_go after delete on versions begin
  insert into changes values (old.scope, 1) on conflict do update set count = count + 1;
end;
create trigger jobs_come after insert on jobs begin
  insert into changes values (new.scope, 1) on conflict do update set count = count + 1;
end;
create trigger jobs_move after update of status on jobs begin
  insert into changes values (new.scope, 1) on conflict do update set count = count + 1;
end;
create trigger collections_come after insert on collections begin
  insert into changes values (new.scope, 1) on conflict do update set count = count + 1;
end;
create trigger collections_change after update on collections begin
  insert into changes values (new.scope, 1) on conflict do update set count = count + 1;
end;
create trigger collections_go after delete on collections begin
  insert into changes values (old.scope, 1) on conflict do update set count = count + 1;
end;
create trigger collection_images_come after insert on collection_images begin
  insert into changes values (new.scope, 1) on conflict do update set count = count + 1;
end;
create trigger collection_images_change after update on collection_images begin
  insert into changes values (new.scope, 1) on conflict do update set count = count + 1;
end;
create trigger collection_images_go after delete on collection_images begin
  insert into changes values (old.scope, 1) on conflict do update set count = count + 1;
end;
