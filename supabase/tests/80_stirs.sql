-- Whoever listens for all pages learns in whose rows something has changed, and misses nothing.
begin;
select plan(12);
set constraints all immediate;

create temporary table mark as select pg_current_xact_id()::text::bigint as own;
create function pg_temp.stirred(since bigint) returns jsonb language sql as $$
  select public.library_stirred(since) -> 'scopes'
$$;

select is(pg_temp.stirred(0), '{}', 'who begins is told nothing');
select is(public.library_stirred(0) -> 'mark', to_jsonb(own), 'but from when on') from mark;
select is(pg_temp.stirred(own), '{}', 'nothing has changed yet') from mark;
insert into public.changes (scope, count, written) values ('a', 1, -5);
select is(pg_temp.stirred(own), jsonb_build_object('a', format('c%s.1', own)), 'a library has, whatever is said of when') from mark;
insert into public.ticks (scope, count, written) values ('a', 7, -5), ('b', 1, -5);
select is(pg_temp.stirred(own), jsonb_build_object('a', format('c%s.1 t%1$s.7', own), 'b', format('t%s.1', own)), 'and workbenches') from mark;
update public.ticks set count = 2, written = -5 where scope = 'b';
select is(pg_temp.stirred(own) ->> 'b', format('t%s.2', own), 'each change has another stamp') from mark;
select ok(not pg_temp.stirred(own) ? 'visit', 'nobody is told of who has done nothing') from mark;
select public.intake_open(jsonb_build_object('id', '10000000000040008000000000000001', 'scope', 'visit',
  'sha256', repeat('a', 64), 'bytes', 9, 'width', 4, 'height', 3, 'name', 'a.jpg', 'key', 'k', 'op_key', 'cut~k',
  'recipe', '{"model": "u2net"}', 'spot', 'spot', 'token', ''));
select is(pg_temp.stirred(own) ->> 'visit', format('i%s.1', own), 'an announcement is told') from mark;
update public.intakes set written = -5;
select is(pg_temp.stirred(own) ->> 'visit', format('i%s.1', own), 'and what becomes of it') from mark;
update public.changes set count = 2, written = -5 where scope = 'a';
select matches(pg_temp.stirred(own) ->> 'a', format('^c%s.2', own), 'and of a library again') from mark;
select is(pg_temp.stirred(own + 1000), '{}', 'a mark of another database is none') from mark;
select is(public.library_stirred(own + 1000) -> 'mark', to_jsonb(own), 'and is put right') from mark;
select * from finish();
rollback;
