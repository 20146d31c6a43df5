-- A house with something of one owner in every room: what others see of it, and which rows no room
-- takes in.
begin;
insert into auth.users (id, email, is_anonymous) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'ann@example.com', false),
  ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'bob@example.com', false),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', null, true);
insert into public.profiles (user_id) select id from auth.users on conflict do nothing;
insert into public.teams (id, name, owner_id) values
  ('7ea70000-0000-4000-8000-000000000001', 'Shop', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.team_members (team_id, user_id, role) values
  ('7ea70000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'owner')
on conflict do nothing;
insert into public.images (id, scope, sha256, mime, extension, width, height, bytes, bucket, path_original) values
  ('10000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', repeat('a', 64),
   'image/png', 'png', 10, 10, 99, 'user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/original.png');
insert into public.image_outputs
  (id, scope, image_id, job_id, version, key, op_key, recipe, bucket, path_output, thumbnail_path, width, height, bytes)
values
  ('20000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
   '10000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000001', 1, 'key', 'cut~1', '{}',
   'user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/output/1.png',
   'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/output/1.webp', 10, 10, 99);
insert into public.jobs (id, scope, image_id, input_sha256, key, op_key, recipe) values
  ('30000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
   '10000000-0000-4000-8000-000000000001', repeat('a', 64), 'key', 'cut~1', '{}');
insert into public.mattes (image_id, key, bucket, path) values
  ('10000000-0000-4000-8000-000000000001', 'net', 'user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/matte/net.png');
insert into public.strokes (image_id, sha256, bucket, path) values
  ('10000000-0000-4000-8000-000000000001', repeat('d', 64), 'user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/strokes/d.png');
insert into public.entries (scope, image_id, job_id, name, folder, recipe) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '10000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000001', 'vase.png', '', '{}');
insert into public.collections (id, scope, name, name_key) values
  ('40000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Vases', 'vases');
insert into public.collection_images (collection_id, image_id, scope, place) values
  ('40000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1);
insert into public.share_links (id, scope, output_id, token_hash, expires_at) values
  ('50000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '20000000-0000-4000-8000-000000000001', sha256('token'), now() + interval '1 day');
insert into public.jobs (id, scope, image_id, status, input_sha256, key, op_key, recipe) values
  ('30000000-0000-4000-8000-000000000002', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
   '10000000-0000-4000-8000-000000000001', 'awaiting_upload', repeat('a', 64), 'key 2', 'cut~2', '{}');
insert into public.syncs (id, scope, job_id, sizes, path_output, thumbnail_path, expires_at) values
  ('60000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '30000000-0000-4000-8000-000000000002', '{}',
   'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/output/2.png', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/1/output/2.webp', now() + interval '1 hour');
insert into public.settings (scope) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.api_keys (id, scope, name, digest) values
  ('70000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'shop', 'digest');
insert into public.credits (scope, account, balance) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '80000000-0000-4000-8000-000000000001', 5)
on conflict (scope) do update set account = excluded.account, balance = excluded.balance;
insert into public.credit_ledger (account, kind, amount, balance_after, idempotency_key) values
  ('80000000-0000-4000-8000-000000000001', 'grant', 5, 5, 'welcome');
insert into public.paid_items (scope, sha256, item, job_id) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', repeat('a', 64), 'net', '30000000-0000-4000-8000-000000000001');
insert into public.images (id, scope, sha256, mime, extension, width, height, bytes, bucket, path_original, expires_at) values
  ('10000000-0000-4000-8000-000000000002', 'visit-1', repeat('b', 64),
   'image/png', 'png', 10, 10, 99, 'uploads-ephemeral', 'visit-1/original.png', now() + interval '1 day');
insert into public.removals (bucket, path) values ('user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/gone.png');
insert into public.pauses (scope) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.ticks (scope, count) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1) on conflict do nothing;
insert into public.departures (entry_id, scope, tick) values (gen_random_uuid(), 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1);
insert into public.changes (scope, count) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1) on conflict do nothing;
insert into public.audit_log (account, action) values ('80000000-0000-4000-8000-000000000001', 'granted');
insert into public.intakes (id, scope, said, spot, token, status, says, fence, created_at, updated_at, expires_at) values
  ('90000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '{}', 'spot', '', 'awaiting_upload', '', 0, now(), now(), now());
insert into public.hooks (id, scope, address, created_at) values
  ('91000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'https://shop.example.com', now());
insert into public.calls (hook_id, task_id, status, created_at, due_at) values
  ('91000000-0000-4000-8000-000000000001', '90000000-0000-4000-8000-000000000001', 'done', now(), now());
insert into storage.objects (bucket_id, name)
select bucket, path_original from public.images
union all select bucket, path_output from public.image_outputs
union all select bucket, path from public.mattes;
select plan(9 + 44);

-- How much of each table a client sees.
create function pg_temp.seen(claims jsonb) returns table (name text, rows bigint) language plpgsql as $$
begin
  perform set_config('request.jwt.claims', claims::text, true);
  for name in
    select oid::regclass::text from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and has_any_column_privilege(current_user, oid, 'select')
  loop
    execute format('select count(*) from %s', name) into rows;
    return next;
  end loop;
end
$$;

grant execute on function pg_temp.seen(jsonb) to anon, authenticated;

set local role authenticated;
select is_empty(
  $$ select name from pg_temp.seen('{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}') where rows = 0 $$,
  'an owner sees something in every room');
select is(
  (select rows from pg_temp.seen('{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}') where name = 'images'),
  1::bigint,
  'and nothing of a visitor');
select results_eq(
  $$ select name, rows from pg_temp.seen('{"sub": "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"}')
     where rows > 0 order by name $$,
  $$ values ('credits', 1::bigint), ('plans', 4::bigint), ('profiles', 1::bigint) $$,
  'somebody else sees what is their own');
select results_eq(
  $$ select name from pg_temp.seen(
       '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "is_anonymous": true}') where rows > 0 $$,
  array['plans'],
  'nor does who signed in without a name');
select results_eq(
  $$ select name from pg_temp.seen(
       '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "is_anonymous": true}') where rows > 0 $$,
  array['plans'],
  'whoever such a token names');
select results_eq(
  $$ select name from pg_temp.seen('{}') where rows > 0 $$,
  array['plans'],
  'nor does a token of nobody');
set local role anon;
select results_eq(
  $$ select name from pg_temp.seen('{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}') where rows > 0 $$,
  array['plans'],
  'nor does who has the key of the page alone');
reset role;
insert into public.team_members (team_id, user_id, role) values
  ('7ea70000-0000-4000-8000-000000000001', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'viewer');
set local role authenticated;
select results_eq(
  $$ select name, rows from pg_temp.seen('{"sub": "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"}')
     where rows > 0 order by name $$,
  $$ values ('credits', 2::bigint), ('plans', 4::bigint), ('profiles', 1::bigint),
     ('team_members', 2::bigint), ('teams', 1::bigint) $$,
  'a member sees the team and its credits, and nothing else of its owner');
reset role;
update public.profiles set erase_at = now() where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
set local role authenticated;
select results_eq(
  $$ select name from pg_temp.seen('{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}') where rows > 0 $$,
  array['plans'],
  'an owner whose account is being erased sees nothing any more');
reset role;

-- Which rows no table takes in: each is right but for one thing.
create function pg_temp.refuses(change text, why text, code char(5) default '23514') returns setof text
language sql as $$ select throws_ok(change, code, null, why) $$;

select pg_temp.refuses(change, why) from (values
  ($$ update public.images set scope = '' $$, 'a photo of nobody'),
  ($$ update public.images set sha256 = 'A' $$, 'a photo without a hash'),
  ($$ update public.images set extension = '../png' $$, 'an extension that leads elsewhere'),
  ($$ update public.images set width = 0 $$, 'a photo without width'),
  ($$ update public.images set height = 0 $$, 'a photo without height'),
  ($$ update public.images set bytes = 0 $$, 'an empty photo'),
  ($$ update public.images set bucket = 'elsewhere', expires_at = now() $$, 'a photo in another bucket'),
  ($$ update public.images set expires_at = now() where bucket = 'user-library' $$, 'a kept photo with an end'),
  ($$ update public.images set bucket = 'uploads-ephemeral', expires_at = null $$, 'a passing photo without an end'),
  ($$ update public.image_outputs set version = 0 $$, 'a version before the first'),
  ($$ update public.image_outputs set bucket = 'elsewhere', expires_at = now() $$, 'a version in another bucket'),
  ($$ update public.image_outputs set expires_at = now() $$, 'a kept version with an end'),
  ($$ update public.mattes set bucket = 'elsewhere' $$, 'a matte in another bucket'),
  ($$ update public.strokes set bucket = 'elsewhere' $$, 'strokes in another bucket'),
  ($$ update public.jobs set status = 'running' $$, 'work in nobody''s hands'),
  ($$ update public.jobs set owner = 'me', lease_until = now() $$, 'hands on what is not worked on'),
  ($$ update public.jobs set output_id = '20000000-0000-4000-8000-000000000001' $$,
   'a result of what is not done'),
  ($$ update public.credits set balance = -1 $$, 'a debt'),
  ($$ update public.api_keys set may = 'reign' $$, 'a right that there is not'),
  ($$ update public.api_keys set per_minute = 0 $$, 'a key that may never ask'),
  ($$ insert into public.credits (scope) values ('visit') $$, 'credits of a visitor'),
  ($$ insert into public.credit_ledger (account, kind, amount, balance_after, idempotency_key, reason)
    values ('80000000-0000-4000-8000-000000000001', 'grant', 5, 10, 'more', '') $$, 'a reason that says nothing'),
  ($$ insert into public.credit_ledger (account, kind, amount, balance_after, idempotency_key, reason)
    values ('80000000-0000-4000-8000-000000000001', 'grant', 5, 10, 'more', repeat('x', 201)) $$, 'a reason that is a novel'),
  ($$ update public.settings set keep_last = 0 $$, 'keeping no version'),
  ($$ update public.settings set archive_after_days = 0 $$, 'archiving at once'),
  ($$ update public.teams set name = '' $$, 'a team without a name'),
  ($$ update public.team_members set role = 'queen' $$, 'an unknown role'),
  ($$ update public.plans set kept_hours = 0 where id = 'free' $$, 'keeping for no time'),
  ($$ update public.plans set kept_hours = null where id = 'free' $$, 'a clock without a time'),
  ($$ update public.plans set credits_per_matte = -1 $$, 'a matte that pays'),
  ($$ update public.plans set credits_per_upscale = -1 $$, 'an upscale that pays'),
  ($$ update public.plans set monthly_credits = -1 $$, 'months that cost credits'),
  ($$ update public.plans set price_cents = -1 $$, 'a negative price'),
  ($$ update public.plans set keep_versions = 0 $$, 'a plan that keeps no version')
) as bad (change, why);

create function pg_temp.entry(
  kind text, amount int, balance_after int, state text default null, job uuid default null, item text default null
) returns void language sql as $$
  insert into public.credit_ledger (account, kind, amount, balance_after, state, job_id, item, idempotency_key)
  values ('80000000-0000-4000-8000-000000000001', kind, amount, balance_after, state, job, item, gen_random_uuid()::text)
$$;
select pg_temp.refuses(format('select pg_temp.entry(%s)', line), why) from (values
  ($$ 'gift', 5, 5 $$, 'a line of an unknown kind'),
  ($$ 'grant', 5, -5 $$, 'a line that leaves a debt'),
  ($$ 'grant', -5, 0 $$, 'a grant that takes'),
  ($$ 'hold', 1, 5, 'held', gen_random_uuid(), 'net' $$, 'a hold that gives'),
  ($$ 'hold', -1, 5, null, gen_random_uuid(), 'net' $$, 'a hold without a state'),
  ($$ 'hold', -1, 5, 'lost', gen_random_uuid(), 'net' $$, 'a hold in an unknown state'),
  ($$ 'hold', -1, 5, 'held', null, null $$, 'a hold for nothing')
) as bad (line, why);

-- What there is once as long as it lives.
select pg_temp.entry('hold', -1, 4, 'held', '30000000-0000-4000-8000-000000000001', 'net');
select pg_temp.refuses(
  $$ select pg_temp.entry('hold', -1, 3, 'held', '30000000-0000-4000-8000-000000000001', 'net') $$,
  'a second hold for the same', '23505');
select pg_temp.refuses(
  $$ insert into public.images (scope, sha256, mime, extension, width, height, bytes, bucket, path_original)
     select scope, sha256, mime, extension, width, height, bytes, bucket, 'elsewhere' from public.images
     where bucket = 'user-library' $$,
  'the same photo of one owner again', '23505');
select pg_temp.refuses(
  $$ insert into public.jobs (scope, image_id, input_sha256, key, op_key, recipe)
     select scope, image_id, input_sha256, key, op_key, recipe from public.jobs $$,
  'the same recipe of one photo again', '23505');

select * from finish();
rollback;
