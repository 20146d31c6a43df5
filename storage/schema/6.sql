-- What everything takes on the disk: strokes and thumbnails are weighed, too, 0 until they are.
alter table strokes add column bytes integer not null default 0;
alter table versions add column thumbnail_bytes integer not null default 0;
create index strokes_unweighed on strokes (path) where bytes = 0;
create index versions_unweighed on versions (thumbnail_path) where thumbnail_bytes = 0;
