-- How far a cutout may be wrong, 0..1, and why: a sentence a line.
alter table jobs add column doubt real not null default 0;
alter table jobs add column reasons text not null default '';
alter table mattes add column doubt real not null default 0;
alter table mattes add column reasons text not null default '';
