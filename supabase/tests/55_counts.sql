-- Whatever an open page has to learn of is counted: of the library, and of the workbench.
begin;
select plan(21);
set constraints all immediate;

-- Whether something was counted of a visit since it was last asked.
create function pg_temp.counted(of_table text) returns boolean language plpgsql as $$
declare
  there boolean;
begin
  execute format('with gone as (delete from public.%I where scope = ''v'' returning 1)'
    ' select exists (select from gone)', of_table) into there;
  return there;
end
$$;

insert into public.images (id, scope, sha256, mime, extension, width, height, bytes, bucket, path_original, expires_at)
values ('10000000-0000-4000-8000-000000000001', 'v', repeat('a', 64), 'image/png', 'png', 1, 1, 1,
  'uploads-ephemeral', 'v/1.png', now());
select ok(pg_temp.counted('changes'), 'a photo that comes is counted');
update public.images set name = 'vase' where scope = 'v';
select ok(pg_temp.counted('changes'), 'and one that changes');
insert into public.jobs (id, scope, image_id, input_sha256, key, op_key, recipe)
values ('20000000-0000-4000-8000-000000000001', 'v', '10000000-0000-4000-8000-000000000001', 'a', 'k', 'k', '{}');
select ok(pg_temp.counted('changes'), 'and a job');

select ok(not pg_temp.counted('ticks'), 'a workbench that is empty has nothing to tell');
insert into public.entries (id, scope, image_id, job_id, name, folder, recipe)
values ('30000000-0000-4000-8000-000000000001', 'v', '10000000-0000-4000-8000-000000000001',
  '20000000-0000-4000-8000-000000000001', 'a', '', '{}');
select ok(pg_temp.counted('ticks'), 'what is put on it is told');
update public.entries set recipe = '{"model": "net"}' where scope = 'v';
select ok(pg_temp.counted('ticks'), 'and what it is to become');
update public.jobs set status = 'running', owner = 'w', lease_until = now() where scope = 'v';
select ok(pg_temp.counted('ticks'), 'and how its job goes');
select ok(pg_temp.counted('changes'), 'which the library learns, too');
update public.entries set preset = 'white' where scope = 'v';
select ok(pg_temp.counted('ticks'), 'and what preset it is for');
update public.jobs set preset = 'white' where scope = 'v';
select ok(pg_temp.counted('changes'), 'which the library learns of its version');
update public.jobs set lease_until = now() + interval '1 second' where scope = 'v';
select ok(not pg_temp.counted('ticks'), 'but not that it is alive');
update public.images set deleted_at = now() where scope = 'v';
select ok(pg_temp.counted('ticks'), 'and that its photo is thrown away');
insert into public.pauses (scope) values ('v');
select ok(pg_temp.counted('ticks'), 'and a pause');

insert into public.image_outputs (id, scope, image_id, job_id, version, key, op_key, recipe, bucket,
  path_output, thumbnail_path, width, height, bytes, expires_at)
values ('40000000-0000-4000-8000-000000000001', 'v', '10000000-0000-4000-8000-000000000001',
  '20000000-0000-4000-8000-000000000001', 1, 'k', 'k', '{}', 'outputs-ephemeral', 'o.png', 'o.webp', 1, 1, 1, now());
select pg_temp.counted('changes'), pg_temp.counted('ticks');
update public.image_outputs set width = 2 where scope = 'v';
select ok(not pg_temp.counted('ticks'), 'what a cutout is like is nothing to the workbench');
update public.image_outputs set expires_at = now() + interval '1 day' where scope = 'v';
select ok(pg_temp.counted('ticks'), 'but how long it is there is');
delete from public.image_outputs where scope = 'v';
select ok(pg_temp.counted('changes'), 'a version that goes is counted');

insert into public.collections (id, scope, name, name_key)
values ('50000000-0000-4000-8000-000000000001', 'v', 'Vases', 'vases');
select ok(pg_temp.counted('changes'), 'and a collection');
insert into public.collection_images (collection_id, image_id, scope, place)
values ('50000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'v', 1);
select ok(pg_temp.counted('changes'), 'and what is put in it');

insert into public.departures values ('30000000-0000-4000-8000-000000000009', 'v', -100000);
delete from public.entries where scope = 'v';
select results_eq($$ select entry_id, tick from public.departures where scope = 'v' $$,
  $$ values ('30000000-0000-4000-8000-000000000001'::uuid, 1::bigint) $$,
  'what is taken off a workbench is remembered, but not for ever');
delete from public.ticks;
delete from public.changes;

update public.images set scope = 'w' where scope = 'v';
select ok(pg_temp.counted('changes'), 'who gives a photo away learns of it');
select results_eq($$ select count from public.changes where scope = 'w' $$, $$ values (1::bigint) $$,
  'as does who gets it');
select * from finish();
rollback;
