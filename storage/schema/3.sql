-- What was painted over the alpha of a photo; recipes name it by its sha256.
create table strokes (
  image_id   text not null references images (id),
  sha256     text not null,
  path       text not null unique,
  created_at real not null,
  primary key (image_id, sha256)
) strict;
