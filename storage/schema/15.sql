-- What a key may do, how often, and when it was shown last. Those that are here may do everything.
alter table keys add column may text not null default 'cut read keep';
alter table keys add column per_minute integer;
alter table keys add column used_at real;
