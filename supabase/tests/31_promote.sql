-- From a while to for good: whole and paid, or refused and free.
begin;
select plan(51);

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

create function pg_temp.admit(n integer, look text, of_scope text default 'visit') returns uuid language sql as $$
  select (public.admit(of_scope, pg_temp.photo(n), pg_temp.recipe(look)) ->> 'id')::uuid
$$;
create function pg_temp.done(n integer, look text, of_scope text default 'visit') returns uuid language plpgsql as $$
declare j uuid := pg_temp.admit(n, look, of_scope);
begin
  return (public.finish(j, (public.start('w', j) ->> 'fence')::bigint, pg_temp.made()) ->> 'version_id')::uuid;
end $$;
create function pg_temp.hours(output uuid) returns numeric language sql as $$
  select round(extract(epoch from expires_at - now()) / 3600) from public.image_outputs where id = output
$$;
create function pg_temp.photo_hours() returns numeric language sql as $$
  select round(extract(epoch from max(expires_at) - now()) / 3600) from public.images
$$;

update public.profiles set plan_id = 'free' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select set_config('t.v', pg_temp.done(1, 'white', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')::text, true);
insert into public.mattes (image_id, key, bucket, path) select id, 'k', 'outputs-ephemeral', 'm.png' from public.images;
insert into public.strokes (image_id, sha256, bucket, path) select id, repeat('5', 64), 'outputs-ephemeral', 's.png' from public.images;
create function pg_temp.reserve(of_scope text default 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') returns jsonb language sql as $$ select public.promote_reserve(of_scope, current_setting('t.v')::uuid) $$;
create function pg_temp.commit(of_scope text default 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') returns jsonb language sql as $$ select public.promote_commit(of_scope, current_setting('t.v')::uuid) $$;
create function pg_temp.balance() returns integer language sql as $$ select balance from public.credits where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' $$;

select throws_ok('select pg_temp.reserve()', 'PT403', 'Keeping needs a paid plan.', 'the free plan keeps nothing for good');
select throws_ok('select pg_temp.commit()', 'PT403', null, 'by no way');
update public.profiles set plan_id = 'paid' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select throws_ok('select pg_temp.reserve()', 'PT402', 'This takes 1 credit; you have 0.', 'a matte that was not paid costs');
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 3, 'grant', 'a');
select throws_ok($$ select pg_temp.reserve('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb') $$, 'PT404', null, 'nobody else can keep it');
select throws_ok($$ select pg_temp.commit('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb') $$, 'PT404', null, 'in no way');
select throws_ok('select pg_temp.commit()', 'PT409', 'Keeping this took too long. Try again.', 'it is reserved first');
create temporary table r as select pg_temp.reserve() as r;
select is((select r -> 'price' from r), '1', 'the price is told');
select is(public.library_cost('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.v')::uuid), 1, 'and can be asked for before');
select throws_ok($$ select public.library_cost('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', current_setting('t.v')::uuid) $$, 'PT404', null, 'but by its owner alone');
select is(pg_temp.balance(), 3, 'and not yet taken');
select set_eq($$ select x ->> 'from' as f, x ->> 'to' as t from r, jsonb_array_elements(r -> 'copies') x $$, $$
  select i.bucket || '/' || i.path_original, format('user-library/%s/%s/original.jpg', i.scope, i.id) from public.images i
  union all select o.bucket || '/' || o.path_output, format('user-library/%s/%s/output/%s.png', o.scope, o.image_id, o.id) from public.image_outputs o
  union all select o.bucket || '/' || o.thumbnail_path, format('user-library/%s/%s/thumb/%s.webp', o.scope, o.image_id, o.id) from public.image_outputs o
  union all select 'outputs-ephemeral/m.png', format('user-library/%s/%s/matte/k.png', i.scope, i.id) from public.images i
  union all select 'outputs-ephemeral/s.png', format('user-library/%s/%s/strokes/5555555555555555.png', i.scope, i.id) from public.images i $$,
  'every object is to be copied');
select is((select count(*)::integer from public.removals where noted_at > private.now() + interval '14 minutes'), 5, 'and each copy is swept should this stop here');
select pg_temp.later('48 hours');
select throws_ok('select pg_temp.commit()', 'PT409', null, 'a reservation does not last');
update public.removals set removed_at = noted_at;  -- by a sweep, long ago
select is(jsonb_array_length(pg_temp.reserve() -> 'copies'), 5, 'it is made anew, even at the last moment');
select is(public.claim_expired(), '{"photos": [], "versions": [], "objects": []}', 'the sweep leaves alone what is reserved');
select pg_temp.later('48 hours 9 minutes');
select is(public.claim_expired(), '{"photos": [], "versions": [], "objects": []}', 'for ten minutes');
select pg_temp.later('48 hours 15 minutes');
select throws_ok('select pg_temp.reserve()', 'PT409', 'An earlier attempt is being cleared away. Try again in a few minutes.', 'where the sweep is at the copies of an attempt that died, no new ones are made');
update public.removals set removed_at = private.now();
select pg_temp.later('48 hours 19 minutes');
select throws_ok('select pg_temp.reserve()', 'PT409', null, 'nor as long as another sweep may not know that they have gone');
select pg_temp.later('48 hours 21 minutes');
select is(jsonb_array_length(pg_temp.reserve() -> 'copies'), 5, 'then they are');
insert into public.mattes (image_id, key, bucket, path) select id, 'l', 'outputs-ephemeral', 'n.png' from public.images;
select throws_ok('select pg_temp.commit()', 'PT409', 'Something was added meanwhile. Try again.', 'what was not copied is not kept');
select is(pg_temp.balance(), 3, 'nor paid');
delete from public.mattes where key = 'l';
select isnt(pg_temp.commit() ->> 'path', null, 'what was copied is');
select is(pg_temp.balance(), 2, 'and paid');
select is(pg_temp.commit() ->> 'path', (select bucket || '/' || path_output from public.image_outputs), 'again it is the same');
select is(pg_temp.reserve() - 'version', '{"price": 0, "copies": []}', 'and there is nothing to copy');
select is(pg_temp.balance(), 2, 'it is paid once');
select is(public.library_cost('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.v')::uuid), 0, 'what is kept costs nothing');
select results_eq($$ select bucket, path_original, expires_at, promoting_until from public.images $$,
  $$ select 'user-library', format('%s/%s/original.jpg', scope, id), null::timestamptz, null::timestamptz from public.images $$, 'the photo is in the library');
select results_eq($$ select bucket, path_output, thumbnail_path, expires_at, promoting_until from public.image_outputs $$,
  $$ select 'user-library', format('%s/%s/output/%s.png', scope, image_id, id), format('%s/%s/thumb/%s.webp', scope, image_id, id), null::timestamptz, null::timestamptz
     from public.image_outputs $$, 'the version');
select results_eq($$ select bucket, path from public.mattes $$, $$ select 'user-library', format('%s/%s/matte/k.png', scope, id) from public.images $$, 'the matte');
select results_eq($$ select bucket, path from public.strokes $$, $$ select 'user-library', format('%s/%s/strokes/5555555555555555.png', scope, id) from public.images $$, 'and the strokes');
select set_eq($$ select bucket, path from public.removals $$, $$ values ('outputs-ephemeral', 'm.png'), ('outputs-ephemeral', 's.png') union
  select 'uploads-ephemeral', path_original from public.images union all select 'outputs-ephemeral', job_id || k from public.image_outputs, (values ('.png'), ('.webp')) x(k) $$,
  'what was copied goes, and no copy does');
select is((select array_agg(paid) from public.paid_items), array[true], 'the matte is paid');
select is((select state from public.credit_ledger where kind = 'hold'), 'captured', 'and the books say so');
select is((select count(*)::integer from public.audit_log where action = 'promote'), 1, 'it is noted once');
select is_empty('select public.unbalanced()', 'the books are right');
select isnt(pg_temp.done(1, 'black', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), null, 'another look at it');
select is(pg_temp.balance(), 2, 'costs nothing');

-- A second version of a photo that is in the library already.
update public.profiles set plan_id = 'free' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select throws_ok($$ select pg_temp.done(1, 'green', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'PT403', 'Your plan has ended: this library can be read and downloaded. Renew it to go on.', 'without its plan a library takes nothing in');
select lives_ok($$ select pg_temp.admit(1, 'black', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'what is there is there');
select set_config('t.v', pg_temp.done(2, 'white', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')::text, true);
select set_config('t.first', current_setting('t.v'), true);
select set_config('t.v', pg_temp.done(2, 'black', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')::text, true);
update public.profiles set plan_id = 'paid' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select pg_temp.reserve();
select pg_temp.commit();
select is(pg_temp.balance(), 1, 'another photo is paid, too');
select set_config('t.v', current_setting('t.first'), true);
select is(jsonb_array_length(pg_temp.reserve() -> 'copies'), 2, 'of a photo that is here the version alone is copied');
select pg_temp.commit();
select is(pg_temp.balance(), 1, 'for nothing');
select is((select count(*)::integer from public.image_outputs where bucket = 'user-library' and expires_at is null), 4, 'all are kept');

-- What another job holds for is paid by what is kept first.
update public.profiles set plan_id = 'free' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select set_config('t.v', pg_temp.done(3, 'white', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')::text, true);
update public.profiles set plan_id = 'paid' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select set_config('t.other', pg_temp.admit(3, 'black', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')::text, true);
select is(pg_temp.balance(), 0, 'another look holds for the matte');
select is(pg_temp.reserve() -> 'price', '1', 'it is still to be paid');
select pg_temp.commit();
select is(pg_temp.balance(), 0, 'out of what is held');
select public.cancel('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.other')::uuid);
select is(pg_temp.balance(), 0, 'so that nothing comes back when that is cancelled');
select is_empty('select public.unbalanced()', 'and the books are right');

-- A photo in hand is not moved.
update public.profiles set plan_id = 'free' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select set_config('t.v', pg_temp.done(4, 'white', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')::text, true);
select public.start('w', pg_temp.admit(4, 'black', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'));
update public.profiles set plan_id = 'paid' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1, 'grant', 'b');
select throws_ok('select pg_temp.reserve()', 'PT409', 'This photo is being worked on. Try again in a moment.', 'what a worker has in hand stays where it is');
select public.release('w');
update public.plans set storage_bytes = 1 where id = 'paid';
select throws_ok('select pg_temp.reserve()', 'PT413', null, 'nor is there room without end');

select * from finish();
rollback;
