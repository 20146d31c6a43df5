-- What a row may be, and what it belongs to.
begin;
select plan(98);

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

insert into public.images (id, scope, sha256, mime, extension, width, height, bytes, bucket, path_original)
  values ('11111111-1111-4111-8111-111111111111', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', repeat('a', 64), 'image/png', 'png', 1, 1, 1, 'user-library', 'a');
insert into public.jobs (id, scope, image_id, input_sha256, key, op_key, recipe)
  values ('22222222-2222-4222-8222-222222222222', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '11111111-1111-4111-8111-111111111111', repeat('a', 64), 'k', 'k', '{}');
insert into public.image_outputs (id, scope, image_id, job_id, version, key, op_key, recipe, bucket, path_output, thumbnail_path, width, height, bytes)
  values ('33333333-3333-4333-8333-333333333333', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222', 1, 'k', 'k', '{}', 'user-library', 'o', 't', 1, 1, 1);
-- What a photo is.
select throws_ok(format('update public.images set %s', x), '23514', null, why) from (values
  ($v$scope = ''$v$, 'a photo is somebody''s'),
  ($v$scope = 'a/b'$v$, 'whose name is no path'),
  ($v$sha256 = repeat('A', 64)$v$, 'its sha256 is 64 hex digits'),
  ($v$sha256 = 'abc'$v$, 'all of them'),
  ($v$extension = '../x'$v$, 'its extension is no path'),
  ($v$extension = ''$v$, 'nor nothing'),
  ($v$width = 0$v$, 'it has a width'),
  ($v$height = 0$v$, 'a height'),
  ($v$bytes = 0$v$, 'and bytes'),
  ($v$bucket = 'outputs-ephemeral', expires_at = now()$v$, 'it lies where photos lie'),
  ($v$expires_at = now()$v$, 'in a library it has no end'),
  ($v$bucket = 'uploads-ephemeral'$v$, 'elsewhere it has one')
) bad(x, why);
select throws_ok($$ update public.images set scope = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc' $$, '23503', null, 'its user is there');
select throws_ok($$ update public.images set scope = 'team-cccccccc-cccc-4ccc-8ccc-cccccccccccc' $$, '23503', null, 'or its team');
select throws_ok($$ delete from auth.users where id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' $$, '23503', null, 'who does not go before it');
select throws_ok($$ update public.images set current_id = gen_random_uuid() $$, '23503', null, 'what is shown of it is there');
select throws_ok($$ insert into public.images (scope, sha256, mime, extension, width, height, bytes, bucket, path_original) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', repeat('a', 64), 'image/png', 'png', 1, 1, 1, 'user-library', 'b') $$, '23505', null, 'it is there once for its owner');
select lives_ok($$ insert into public.images (scope, sha256, mime, extension, width, height, bytes, bucket, path_original) values ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', repeat('a', 64), 'image/png', 'png', 1, 1, 1, 'user-library', 'b') $$, 'and once for another');
select throws_ok($$ insert into public.images (scope, sha256, mime, extension, width, height, bytes, bucket, path_original) values ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', repeat('b', 64), 'image/png', 'png', 1, 1, 1, 'user-library', 'a') $$, '23505', null, 'no two share an object');
delete from public.images where scope = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
-- What a version is.
select throws_ok(format('update public.image_outputs set %s', x), '23514', null, why) from (values
  ($v$version = 0$v$, 'versions are counted from one'),
  ($v$bucket = 'uploads-ephemeral', expires_at = now()$v$, 'they lie where results lie'),
  ($v$expires_at = now()$v$, 'in a library without an end'),
  ($v$bucket = 'outputs-ephemeral'$v$, 'elsewhere with one')
) bad(x, why);
create function pg_temp.version(n integer, job uuid, path text, thumb text) returns void language sql as $$
  insert into public.image_outputs (scope, image_id, job_id, version, key, op_key, recipe, bucket, path_output, thumbnail_path, width, height, bytes)
  values ('x', '11111111-1111-4111-8111-111111111111', job, n, 'k', 'k', '{}', 'user-library', path, thumb, 1, 1, 1)
$$;
select throws_ok($$ select pg_temp.version(1, gen_random_uuid(), 'o2', 't2') $$, '23505', null, 'a number is given once');
select throws_ok($$ select pg_temp.version(2, '22222222-2222-4222-8222-222222222222', 'o2', 't2') $$, '23505', null, 'a job makes one');
select throws_ok($$ select pg_temp.version(2, gen_random_uuid(), 'o', 't2') $$, '23505', null, 'no two share a picture');
select throws_ok($$ select pg_temp.version(2, gen_random_uuid(), 'o2', 't') $$, '23505', null, 'or a thumbnail');
select throws_ok($$ update public.image_outputs set image_id = gen_random_uuid() $$, '23503', null, 'they are of a photo');
-- What a job is.
select throws_ok(format('update public.jobs set %s', x), '23514', null, why) from (values
  ($v$owner = 'w'$v$, 'what is not in hand is in nobody''s'),
  ($v$lease_until = now()$v$, 'for no time'),
  ($v$status = 'running'$v$, 'what is in hand is in somebody''s'),
  ($v$output_id = '33333333-3333-4333-8333-333333333333'$v$, 'what is not done has no version'),
  ($v$status = 'running', owner = 'w'$v$, 'for some time')
) bad(x, why);
update public.jobs set status = 'running', owner = 'w', lease_until = now();
select throws_ok($$ update public.jobs set status = 'done', owner = null, lease_until = null $$, '23514', null, 'what is done has a version');
select throws_ok($$ update public.jobs set status = 'done', owner = null, lease_until = null, output_id = gen_random_uuid() $$, '23503', null, 'that is there');
select lives_ok($$ update public.jobs set status = 'done', owner = null, lease_until = null, output_id = '33333333-3333-4333-8333-333333333333' $$, 'and then it is done');
select throws_ok($$ delete from public.image_outputs $$, '23503', null, 'its version stays as long');
select throws_ok($$ update public.jobs set image_id = gen_random_uuid() $$, '23503', null, 'a job is of a photo');
select throws_ok($$ update public.jobs set scope = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc' $$, '23503', null, 'of a user who is there');
select throws_ok($$ update public.jobs set scope = 'team-cccccccc-cccc-4ccc-8ccc-cccccccccccc' $$, '23503', null, 'or a team');
create function pg_temp.job() returns void language sql as $$
  insert into public.jobs (scope, image_id, input_sha256, key, op_key, recipe) values ('x', '11111111-1111-4111-8111-111111111111', 'x', 'k', 'k', '{}')
$$;
select throws_ok($$ select pg_temp.job() $$, '23505', null, 'there is one for each photo and recipe');
update public.jobs set status = 'expired', output_id = null;
select lives_ok($$ select pg_temp.job() $$, 'or one that has expired, and another');
select throws_ok($$ insert into public.job_moves values ('queued', 'running') $$, '23505', null, 'a move is listed once');
-- What else lies somewhere.
insert into public.mattes (image_id, key, bucket, path) values ('11111111-1111-4111-8111-111111111111', 'k', 'user-library', 'm');
insert into public.strokes (image_id, sha256, bucket, path) values ('11111111-1111-4111-8111-111111111111', 's', 'user-library', 's');
select throws_ok($$ update public.mattes set bucket = 'uploads-ephemeral' $$, '23514', null, 'mattes lie where results lie');
select throws_ok($$ update public.strokes set bucket = 'uploads-ephemeral' $$, '23514', null, 'strokes, too');
select throws_ok($$ insert into public.mattes (image_id, key, bucket, path) values ('11111111-1111-4111-8111-111111111111', 'k', 'user-library', 'm2') $$, '23505', null, 'one matte for each key');
select throws_ok($$ insert into public.mattes (image_id, key, bucket, path) values ('11111111-1111-4111-8111-111111111111', 'k2', 'user-library', 'm') $$, '23505', null, 'each an object');
select throws_ok($$ insert into public.mattes (image_id, key, bucket, path) values (gen_random_uuid(), 'k2', 'user-library', 'm2') $$, '23503', null, 'of a photo');
select throws_ok($$ insert into public.strokes (image_id, sha256, bucket, path) values ('11111111-1111-4111-8111-111111111111', 's', 'user-library', 's2') $$, '23505', null, 'one row for the same strokes');
select throws_ok($$ insert into public.strokes (image_id, sha256, bucket, path) values ('11111111-1111-4111-8111-111111111111', 's2', 'user-library', 's') $$, '23505', null, 'each an object');
select throws_ok($$ insert into public.strokes (image_id, sha256, bucket, path) values (gen_random_uuid(), 's2', 'user-library', 's2') $$, '23503', null, 'of a photo');
insert into public.removals (bucket, path) values ('b', 'p');
select lives_ok($$ select private.let_go('b', 'p') $$, 'what goes is noted once');
select throws_ok($$ insert into public.removals (bucket, path) values ('b', 'p') $$, '23505', null, 'and no more');
-- The workbench, collections, links, keys.
create function pg_temp.entry(image uuid default '11111111-1111-4111-8111-111111111111', job uuid default '22222222-2222-4222-8222-222222222222', name text default 'a') returns void language sql as $$
  insert into public.entries (scope, image_id, job_id, name, folder, recipe) values ('x', image, job, name, '', '{}')
$$;
select pg_temp.entry();
select throws_ok($$ select pg_temp.entry() $$, '23505', null, 'the same file is on the workbench once');
select throws_ok($$ select pg_temp.entry(gen_random_uuid()) $$, '23503', null, 'an entry is of a photo');
select throws_ok($$ select pg_temp.entry(job => gen_random_uuid(), name => 'b') $$, '23503', null, 'and a job');
insert into public.collections (id, scope, name, name_key) values ('44444444-4444-4444-8444-444444444444', 'x', 'A', 'a');
select throws_ok($$ insert into public.collections (scope, name, name_key) values ('x', 'a', 'a') $$, '23505', null, 'a name is given to one collection');
insert into public.collection_images values ('44444444-4444-4444-8444-444444444444', '11111111-1111-4111-8111-111111111111', 'x', 1);
select throws_ok($$ insert into public.collection_images values ('44444444-4444-4444-8444-444444444444', '11111111-1111-4111-8111-111111111111', 'x', 2) $$, '23505', null, 'a photo is in it once');
select throws_ok($$ insert into public.collection_images values (gen_random_uuid(), '11111111-1111-4111-8111-111111111111', 'x', 2) $$, '23503', null, 'in one that is there');
select throws_ok($$ insert into public.collection_images values ('44444444-4444-4444-8444-444444444444', gen_random_uuid(), 'x', 2) $$, '23503', null, 'as a photo that is');
insert into public.share_links (scope, output_id, token_hash, expires_at) values ('x', '33333333-3333-4333-8333-333333333333', 'h', now());
select throws_ok($$ insert into public.share_links (scope, output_id, token_hash, expires_at) values ('x', '33333333-3333-4333-8333-333333333333', 'h', now()) $$, '23505', null, 'a token opens one link');
select throws_ok($$ insert into public.share_links (scope, output_id, token_hash, expires_at) values ('x', gen_random_uuid(), 'i', now()) $$, '23503', null, 'to a version');
insert into public.api_keys (scope, name, digest) values ('x', 'n', 'd');
select throws_ok($$ insert into public.api_keys (scope, name, digest) values ('y', 'n', 'd') $$, '23505', null, 'a key is known by its digest');
select throws_ok($$ insert into public.api_keys (scope, name, digest) values ('x', 'n', 'e') $$, '23505', null, 'and to its owner by its name');
create function pg_temp.sync(job uuid, output uuid, o text, p text, t text) returns void language sql as $$
  insert into public.syncs (scope, job_id, output_id, sizes, path_original, path_output, thumbnail_path, expires_at) values ('x', job, output, '{}', o, p, t, now())
$$;
select pg_temp.sync('22222222-2222-4222-8222-222222222222', '33333333-3333-4333-8333-333333333333', 'o', 'p', 't');
select throws_ok($$ select pg_temp.sync('22222222-2222-4222-8222-222222222222', gen_random_uuid(), 'o2', 'p2', 't2') $$, '23505', null, 'a job is brought once');
select throws_ok($$ select pg_temp.sync((select id from public.jobs where status = 'queued'), gen_random_uuid(), 'o', 'p2', 't2') $$, '23505', null, 'each under a name of its own for the original');
select throws_ok($$ select pg_temp.sync((select id from public.jobs where status = 'queued'), gen_random_uuid(), 'o2', 'p', 't2') $$, '23505', null, 'the output');
select throws_ok($$ select pg_temp.sync((select id from public.jobs where status = 'queued'), gen_random_uuid(), 'o2', 'p2', 't') $$, '23505', null, 'and the thumbnail');
select throws_ok($$ select pg_temp.sync(gen_random_uuid(), gen_random_uuid(), 'o2', 'p2', 't2') $$, '23503', null, 'of a job that is there');
-- With a photo goes all that is its own.
update public.images set current_id = null;
select lives_ok($$ delete from public.images $$, 'a photo can go');
select is((select count(*)::integer from public.jobs) + (select count(*)::integer from public.image_outputs) + (select count(*)::integer from public.mattes) + (select count(*)::integer from public.strokes)
  + (select count(*)::integer from public.entries) + (select count(*)::integer from public.collection_images) + (select count(*)::integer from public.share_links) + (select count(*)::integer from public.syncs), 0, 'with all that is its own');
select lives_ok($$ delete from public.collections $$, 'and a collection, too');
-- Plans and people.
select throws_ok(format('update public.plans set %s where id = ''free''', x), '23514', null, why) from (values
  ($v$kept_hours = 23$v$, 'a result is kept for a day'),
  ($v$kept_hours = 73$v$, 'and three at most, by itself'),
  ($v$longer_hours = 48$v$, 'longer is longer'),
  ($v$credits_per_matte = -1$v$, 'nothing costs less than nothing'),
  ($v$credits_per_upscale = -1$v$, 'larger, neither'),
  ($v$monthly_credits = -1$v$, 'nobody is taken credits from'),
  ($v$price_cents = -1$v$, 'nor paid'),
  ($v$keep_versions = 0$v$, 'one version is kept'),
  ($v$processed_pixels = 0$v$, 'something is left of a photo'),
  ($v$persists = true$v$, 'what is kept for good has no hours'),
  ($v$kept_hours = null, longer_hours = null$v$, 'what is not, has')
) bad(x, why);
select throws_ok($$ delete from public.plans where id = 'paid' $$, '23503', null, 'a plan that somebody has stays');
select throws_ok($$ update public.profiles set plan_id = 'none' $$, '23503', null, 'and is one of them');
select throws_ok($$ insert into public.profiles (user_id) values (gen_random_uuid()) $$, '23503', null, 'a profile is of a user');
select throws_ok($$ insert into public.profiles (user_id) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, '23505', null, 'who has one');
select throws_ok($$ insert into public.teams (name, owner_id) values ('', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, '23514', null, 'a team has a name');
select throws_ok($$ insert into public.teams (name, owner_id) values (repeat('x', 81), 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, '23514', null, 'a short one');
select throws_ok($$ insert into public.teams (name, owner_id) values ('x', gen_random_uuid()) $$, '23503', null, 'and an owner');
select throws_ok($$ insert into public.teams (name, owner_id, plan_id) values ('x', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'none') $$, '23503', null, 'and a plan');
insert into public.teams (id, name, owner_id) values ('77777777-7777-4777-8777-777777777777', 'Shop', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select throws_ok($$ insert into public.team_members values ('77777777-7777-4777-8777-777777777777', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'boss') $$, '23514', null, 'a member has a role');
select throws_ok($$ insert into public.team_members values ('77777777-7777-4777-8777-777777777777', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'viewer') $$, '23505', null, 'one');
select throws_ok($$ insert into public.team_members values (gen_random_uuid(), 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'viewer') $$, '23503', null, 'in a team');
select throws_ok($$ insert into public.team_members values ('77777777-7777-4777-8777-777777777777', gen_random_uuid(), 'viewer') $$, '23503', null, 'and is a user');
select throws_ok($$ delete from auth.users where id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' $$, '23503', null, 'no owner leaves a team behind');
select lives_ok($$ delete from public.teams $$, 'a team without photos can go');
select is((select count(*)::integer from public.team_members) + (select count(*)::integer from public.credits where scope like 'team%'), 0, 'with its members and its balance');

select * from finish();
rollback;
