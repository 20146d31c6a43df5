-- The smaller door: a desktop brings what it has, and nothing is there before the server has opened it.
begin;
select plan(79);

create function pg_temp.photo(n integer, by_id uuid default gen_random_uuid()) returns jsonb language sql as $$
  select jsonb_build_object('id', by_id, 'sha256', lpad(n::text, 64, '0'), 'mime', 'image/jpeg',
    'extension', 'jpg', 'width', 4000, 'height', 3000, 'bytes', 2000000, 'name', n || '.jpg')
$$;
create function pg_temp.recipe(look text, upscale integer default 1, priority integer default 0) returns jsonb language sql as $$
  select jsonb_build_object('key', look, 'op_key', 'cut:' || look, 'priority', priority,
    'recipe', jsonb_build_object('model', 'u2net', 'background', look, 'upscale', upscale)::text)
$$;
create function pg_temp.made() returns jsonb language sql as $$
  select jsonb_build_object('id', gen_random_uuid(), 'width', 4000, 'height', 3000, 'bytes', 9)
$$;
create function pg_temp.later(by interval) returns void language plpgsql as $$
begin
  execute format('create or replace function private.now() returns timestamptz language sql stable set search_path = '''' as %L',
    format('select pg_catalog.now() + %L::interval', by));
end $$;

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'ann@example.com'),
  ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'bob@example.com');
update public.profiles set plan_id = 'paid', plan_until = now() + interval '1 year'
  where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';

-- Become a user as the gateway lets one be; `reset role` ends it.
create function pg_temp.become(who text, anonymous boolean default false) returns void language plpgsql as $$
begin
  perform set_config('request.jwt.claims', jsonb_build_object('sub', who, 'role', 'authenticated', 'is_anonymous', anonymous)::text, true);
  perform set_config('role', 'authenticated', true);
end $$;

create function pg_temp.sizes(bytes bigint default 1000) returns jsonb language sql as $$
  select jsonb_build_object('mime', 'image/jpeg', 'extension', 'jpg', 'width', 400, 'height', 300, 'bytes', bytes,
    'output', '{"width": 400, "height": 300, "bytes": 2000}'::jsonb, 'thumbnail', '{"bytes": 30}'::jsonb)
$$;
create function pg_temp.open(look text, sha text default repeat('a', 64), sizes jsonb default pg_temp.sizes()) returns jsonb language sql as $$
  select public.sync_open(sha, jsonb_build_object('model', 'u2net', 'background', look)::text, sizes)
$$;
-- What the storage server does with a file that a user sends.
create function pg_temp.send(name text, bytes bigint) returns void language sql as $$
  insert into storage.objects (bucket_id, name, metadata) values ('user-library', name, jsonb_build_object('size', bytes))
$$;
grant execute on function pg_temp.sizes(bigint), pg_temp.open(text, text, jsonb), pg_temp.send(text, bigint) to public;

select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select throws_ok($$ select pg_temp.open('white') $$, 'PT403', 'Syncing needs a paid plan.', 'the free plan brings nothing');
reset role;
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select throws_ok(format($$ select public.sync_open(%L, %L, %L) $$, sha, recipe, sizes), 'PT422', 'This is not how a cutout is announced.', why) from (values
  (null, '{"model": "m"}', pg_temp.sizes(), 'without a photo'),
  ('abc', '{"model": "m"}', pg_temp.sizes(), 'with no sha256'),
  (repeat('a', 64), null, pg_temp.sizes(), 'without a recipe'),
  (repeat('a', 64), '{}', pg_temp.sizes(), 'without a model'),
  (repeat('a', 64), 'nonsense', pg_temp.sizes(), 'with an unreadable recipe'),
  (repeat('a', 64), '{"model": "m"}', null, 'without sizes'),
  (repeat('a', 64), '{"model": "m"}', '{}', 'with empty ones'),
  (repeat('a', 64), '{"model": "m"}', pg_temp.sizes(0), 'of no bytes'),
  (repeat('a', 64), '{"model": "m"}', pg_temp.sizes() || '{"extension": "../x"}', 'with a path'),
  (repeat('a', 64), '{"model": "m"}', pg_temp.sizes() || '{"mime": "text/html"}', 'of no picture')
) bad(sha, recipe, sizes, why);
select throws_ok($$ select pg_temp.open('white', repeat('a', 64), pg_temp.sizes(60000000)) $$, 'PT413', null, 'nor is a photo larger than the plan takes');
select set_config('t.sync', pg_temp.open('white')::text, true);
select set_config('t.id', current_setting('t.sync')::jsonb ->> 'id', true);
select is(pg_temp.open('white') - 'expires_at', current_setting('t.sync')::jsonb - 'expires_at', 'opened again it is the same');
select is((select verified from public.images), false, 'its photo is not verified');
select is((select (status, price_free) from (select status::text, not exists (select from public.credit_ledger) as price_free from public.jobs) x), row('awaiting_upload'::text, true), 'its job waits, and costs nothing');
select is(current_setting('t.sync')::jsonb ->> 'output', (select format('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/%s/output/%s.png', image_id, id) from public.jobs), 'its names are told');
reset role;
select throws_ok($$ select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(1) || jsonb_build_object('sha256', repeat('a', 64)), pg_temp.recipe('x')) $$, 'PT409',
  'This photo is being synced at this moment. Try again when that is done.', 'what was not opened yet is not taken for the photo that comes in by another door');
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is((pg_temp.open('black')) ->> 'original', null, 'the photo is asked for once');
select throws_ok($$ select public.sync_done(current_setting('t.id')::uuid) $$, 'PT409', 'Not everything has arrived yet.', 'it is not done before everything is there');

-- What may be written: exactly the names, while the sync is open.
select throws_ok($$ select pg_temp.send('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/x.png', 1) $$, '42501', null, 'no other name is written');
reset role;
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select throws_ok($$ select pg_temp.send(current_setting('t.sync')::jsonb ->> 'output', 1) $$, '42501', null, 'nor by another');
reset role;
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', true);
select throws_ok($$ select pg_temp.send(current_setting('t.sync')::jsonb ->> 'output', 1) $$, '42501', null, 'nor by an anonymous token');
reset role;
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select throws_ok($$ insert into storage.objects (bucket_id, name) values ('outputs-ephemeral', current_setting('t.sync')::jsonb ->> 'output') $$, '42501', null, 'nor into another bucket');
reset role;
select pg_temp.later('61 minutes');
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select throws_ok($$ select pg_temp.send(current_setting('t.sync')::jsonb ->> 'output', 1) $$, '42501', null, 'nor when it took too long');
select throws_ok($$ select public.sync_done(current_setting('t.id')::uuid) $$, 'PT410', 'This took too long. Begin again.', 'which ends it');
select pg_temp.open('white');
select lives_ok($$ select pg_temp.send(current_setting('t.sync')::jsonb ->> 'output', 2000) $$, 'opened again, the output is written');
select lives_ok($$ select pg_temp.send(current_setting('t.sync')::jsonb ->> 'thumbnail', 31) $$, 'the thumbnail');
select lives_ok($$ select pg_temp.send(current_setting('t.sync')::jsonb ->> 'original', 1000) $$, 'and the original');
select throws_ok($$ select public.sync_done(current_setting('t.id')::uuid) $$, 'PT409', null, 'in other sizes than was said it is not done');
reset role;
update storage.objects set metadata = '{"size": 30}' where name = current_setting('t.sync')::jsonb ->> 'thumbnail';
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select throws_ok($$ select public.sync_done(current_setting('t.id')::uuid) $$, 'PT404', null, 'nor by another');
reset role;
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select set_config('storage.operation', 'storage.object.get_authenticated', true);
select is((select count(*)::integer from storage.objects), 0, 'what is not verified is not read, even by who brought it');
select is(public.sync_done(current_setting('t.id')::uuid) ->> 'status', 'verifying', 'then it is done, and the server looks at it');
select is(public.sync_done(current_setting('t.id')::uuid) ->> 'status', 'verifying', 'once');
select throws_ok($$ select pg_temp.send(current_setting('t.sync')::jsonb ->> 'output', 1) $$, '42501', null, 'nothing is written after that');
select is(pg_temp.open('white') ->> 'status', 'verifying', 'nor opened again');
reset role;
select is(public.start('w'), null, 'no worker takes it');
select is((select array_agg(s ->> 'id') from public.sync_pending() s), array[current_setting('t.id')], 'the server is told what to look at');
select is((select s ->> 'sha256' from public.sync_pending() s), repeat('a', 64), 'and what it must be');
select is((select s ->> 'known' from public.sync_pending() s), 'false', 'which nobody has seen before');
select throws_ok($$ select public.sync_verified(gen_random_uuid(), true) $$, 'PT404', null, 'what is not there is not verified');
select is((select count(*)::integer from public.image_outputs), 0, 'there is no version yet');
select is(public.sync_verified(current_setting('t.id')::uuid, true) ->> 'status', 'done', 'what is right is kept');
select is(public.sync_verified(current_setting('t.id')::uuid, true) ->> 'status', 'done', 'once');
select results_eq($$ select bucket, path_output, thumbnail_path, width, bytes::integer from public.image_outputs $$,
  $$ select 'user-library', s ->> 'output', s ->> 'thumbnail', 400, 2000 from (select current_setting('t.sync')::jsonb) x(s) $$, 'as a version like any other');
select is((select verified from public.images), true, 'its photo is verified');
select is((select count(*)::integer from public.credit_ledger), 0, 'and nothing was paid');

-- Reading one's own, one by one.
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is((select count(*)::integer from storage.objects), 3, 'what is verified is read');
select set_config('storage.operation', op, true) from unnest(array['object.head_authenticated_info']) op;
select is((select count(*)::integer from storage.objects), 3, 'asked about');
select set_config('storage.operation', 'object.get_authenticated_info', true);
select is((select count(*)::integer from storage.objects), 3, 'in either way');
select set_config('storage.operation', 'storage.object.list', true);
select is((select count(*)::integer from storage.objects), 0, 'not listed');
select set_config('storage.operation', 'storage.object.sign', true);
select is((select count(*)::integer from storage.objects), 0, 'nor signed for others');
select set_config('storage.operation', '', true);
select is((select count(*)::integer from storage.objects), 0, 'nor reached in any other way');
select set_config('storage.operation', 'storage.object.get_authenticated', true);
with gone as (update storage.objects set name = 'x' returning 1) select is((select count(*)::integer from gone), 0, 'nobody moves an object');
select is((select count(*)::integer from storage.buckets), 0, 'nobody lists buckets');
reset role;
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select is((select count(*)::integer from storage.objects), 0, 'another reads nothing of it');
reset role;
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', true);
select is((select count(*)::integer from storage.objects), 0, 'nor an anonymous token');
select set_config('role', 'anon', true);
select is((select count(*)::integer from storage.objects), 0, 'nor a publishable key');
select throws_ok($$ insert into storage.objects (bucket_id, name) values ('user-library', 'x') $$, '42501', null, 'which writes nothing, either');
reset role;
insert into public.mattes (image_id, key, bucket, path) select id, 'k', 'user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' || '/m.png' from public.images;
insert into public.strokes (image_id, sha256, bucket, path) select id, 's', 'user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' || '/s.png' from public.images;
insert into storage.objects (bucket_id, name) values ('user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' || '/m.png'), ('user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' || '/s.png'), ('user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' || '/orphan.png'),
  ('uploads-ephemeral', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' || '/m.png'), ('user-library', 'm.png');
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is((select count(*)::integer from storage.objects), 5, 'mattes and strokes are read, too, and nothing that no row speaks of');
reset role;
update public.images set deleting_at = now();
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is((select count(*)::integer from storage.objects where name like '%/original.jpg'), 0, 'what is being deleted is read no more');
reset role;
update public.images set deleting_at = null;

-- What never came, and what was not what it was said to be.
select pg_temp.later('30 minutes');
select is(public.drop_syncs(), 0, 'an open sync is left alone');
select pg_temp.later('3 hours');
select is(public.drop_syncs(), 1, 'one that never came is dropped');
select is(public.drop_syncs(), 0, 'once');
select is((select status::text from public.jobs order by seq desc limit 1), 'expired', 'its job has expired');
select is((select count(*)::integer from public.images), 1, 'its photo is there, for it has another version');
select is((select count(*)::integer from public.removals), 2, 'what may have come is to go');
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select set_config('t.sync', pg_temp.open('white', repeat('b', 64))::text, true);
select set_config('t.id', current_setting('t.sync')::jsonb ->> 'id', true);
select pg_temp.send(current_setting('t.sync')::jsonb ->> 'output', 2000), pg_temp.send(current_setting('t.sync')::jsonb ->> 'thumbnail', 30), pg_temp.send(current_setting('t.sync')::jsonb ->> 'original', 1000);
select throws_ok($$ select public.sync_verified(current_setting('t.id')::uuid, true) $$, '42501', null, 'nobody verifies for oneself');
select is(public.sync_done(current_setting('t.id')::uuid) ->> 'status', 'verifying', 'something else comes');
reset role;
select is(public.sync_verified(current_setting('t.id')::uuid, false, 'Other bytes.'), null, 'what is wrong is refused');
select is((select count(*)::integer from public.images where sha256 = repeat('b', 64)), 0, 'and has gone with its photo');
select is((select count(*)::integer from public.removals where path in (select jsonb_each_text.value from jsonb_each_text(current_setting('t.sync')::jsonb))), 3, 'each object is to go');
select set_eq($$ select distinct action from public.audit_log $$, array['sync_open', 'sync_done', 'sync_refused'], 'all of it was noted');
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select throws_ok($$ select public.sync_done(current_setting('t.id')::uuid) $$, 'PT404', null, 'another is not told of it');
reset role;

-- Where the photo is here already.
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is(public.sync_done(current_setting('t.id')::uuid) ->> 'says', 'Other bytes.', 'whoever has brought it is told why');
select is(public.sync_done(current_setting('t.id')::uuid) ->> 'status', 'expired', 'and that it is over');
select is(pg_temp.open('red') ->> 'original', null, 'a photo that is here is not asked for');
reset role;
select throws_ok($$ select public.sync_verified((select id from public.syncs where done_at is null), true) $$, 'PT409', null, 'nothing is verified before it has come');
insert into public.images (scope, sha256, mime, extension, width, height, bytes, bucket, path_original, expires_at)
  values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', repeat('c', 64), 'image/png', 'png', 1, 1, 1, 'uploads-ephemeral', 'c', now());
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select throws_ok($$ select pg_temp.open('white', repeat('c', 64)) $$, 'PT409', 'This photo is here for a while. Keep it there first.', 'nor is one that is here for a while');
reset role;
with made as (insert into public.jobs (scope, image_id, input_sha256, key, op_key, recipe, status)
    select scope, id, sha256, 'x' || n, 'x', '{}', 'awaiting_upload' from public.images, generate_series(1, 499) n where sha256 = repeat('a', 64) returning id)
  insert into public.syncs (scope, job_id, sizes, path_output, thumbnail_path, expires_at) select 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', id, '{}', id, id, now() from made;
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select throws_ok($$ select pg_temp.open('y', repeat('d', 64)) $$, 'PT429', 'Finish the uploads that you have begun first.', 'five hundred at a time are enough');

select * from finish();
rollback;
