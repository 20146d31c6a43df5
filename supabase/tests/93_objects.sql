-- The buckets, as the Storage API asks for a user: it reads own things that are verified, one by
-- one, and writes what an open sync has named.
begin;
insert into auth.users (id, email, is_anonymous) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'ann@example.com', false),
  ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'bob@example.com', false);
insert into public.images
  (id, scope, sha256, mime, extension, width, height, bytes, bucket, path_original, verified)
select ('10000000-0000-4000-8000-00000000000' || n)::uuid, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
  repeat(n::text, 64), 'image/png', 'png', 10, 10, 99, 'user-library',
  'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/' || n || '/original.png', n = 1
from generate_series(1, 2) as n;
insert into public.jobs (id, scope, image_id, status, input_sha256, key, op_key, recipe) values
  ('30000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
   '10000000-0000-4000-8000-000000000001', 'awaiting_upload', repeat('1', 64), 'key', 'cut~1', '{}');
insert into public.syncs (scope, job_id, sizes, path_output, thumbnail_path, expires_at) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '30000000-0000-4000-8000-000000000001', '{}',
   'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/output/2.png', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/thumb/2.webp',
   now() + interval '1 hour');
insert into storage.objects (bucket_id, name) values
  ('user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/original.png'),
  ('user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/2/original.png'),
  ('user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/of-no-row.png'),
  ('uploads-ephemeral', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/original.png');
select plan(17);

create function pg_temp.got(asked text) returns setof text language plpgsql as $$
begin
  perform set_config('storage.operation', asked, true);
  return query select bucket_id || '/' || name from storage.objects;
end
$$;
create function pg_temp.put(name text, bucket text default 'user-library') returns void language sql as $$
  insert into storage.objects (bucket_id, name) values (bucket, name)
$$;
grant execute on function pg_temp.got(text), pg_temp.put(text, text) to authenticated, anon;

set local role authenticated;
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}';
select results_eq(
  $$ select pg_temp.got('storage.object.get_authenticated') $$,
  array['user-library/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/original.png'],
  'an owner gets what is verified, and no more');
select is_empty($$ select pg_temp.got('storage.object.list') $$, 'but no list');
select is_empty($$ select pg_temp.got('storage.object.sign') $$, 'no address to hand on');
select is_empty($$ select pg_temp.got('') $$, 'and nothing unasked');
select is_empty($$ select from storage.buckets $$, 'nor the names of buckets');
select throws_ok(
  $$ select pg_temp.put('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/output/3.png') $$, '42501', null,
  'an owner writes no name that was not told');
select throws_ok(
  $$ select pg_temp.put('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/output/2.png', 'outputs-ephemeral') $$,
  '42501', null, 'in no other bucket');
select lives_ok(
  $$ select pg_temp.put('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/output/2.png') $$,
  'but the one that was');
set local storage.operation = 'storage.object.get_authenticated';
select is_empty(
  $$ update storage.objects set name = 'x' where name like '%2.png' returning 1 $$,
  'what is written is not changed');
select is_empty(
  $$ update storage.buckets set public = true returning 1 $$, 'nor is a bucket');
select throws_ok($$ delete from storage.objects $$, '42501', null, 'nor removed');

set local request.jwt.claims = '{"sub": "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"}';
select is_empty($$ select pg_temp.got('storage.object.get_authenticated') $$, 'others get nothing');
select throws_ok(
  $$ select pg_temp.put('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/thumb/2.webp') $$, '42501', null,
  'and write nothing');

reset role;
update public.syncs set expires_at = now();
set local role authenticated;
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}';
select throws_ok(
  $$ select pg_temp.put('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/thumb/2.webp') $$, '42501', null,
  'nobody writes when its time is over');
reset role;
update public.syncs set expires_at = now() + interval '1 hour', done_at = now();
set local role authenticated;
select throws_ok(
  $$ select pg_temp.put('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/thumb/2.webp') $$, '42501', null,
  'nor when it is done');
reset role;
update public.images set deleting_at = now();
set local role authenticated;
select is_empty(
  $$ select pg_temp.got('storage.object.get_authenticated') $$, 'what is going is not there any more');
set local role anon;
select is_empty($$ select pg_temp.got('storage.object.get_authenticated') $$,
  'the key of the page alone gets nothing');

select * from finish();
rollback;
