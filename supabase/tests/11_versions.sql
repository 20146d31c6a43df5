-- Finished jobs: versions that never change, one of which is shown.
begin;
select plan(36);

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

select public.admit('visit', pg_temp.photo(1), pg_temp.recipe('white'));
select set_config('t.white', public.start('w') ->> 'id', true);
select set_config('t.v1', gen_random_uuid()::text, true);
select is(public.finish(current_setting('t.white')::uuid, 1, pg_temp.made() || jsonb_build_object('id', current_setting('t.v1'), 'metadata', '{"device": "cpu"}'::jsonb),
    '{"says": "on the CPU", "doubt": 0.7, "reasons": "Two\nreasons"}') - array['id', 'image_id', 'created_at', 'updated_at', 'recipe', 'key', 'op_key', 'scope'],
  jsonb_build_object('says', 'on the CPU', 'doubt', 0.7, 'fence', 1, 'owner', null, 'status', 'done', 'reasons', E'Two\nreasons', 'attempts', 1,
    'priority', 0, 'preset', '', 'lease_until', null, 'version_id', replace(current_setting('t.v1'), '-', '')), 'a job is finished with what is worth knowing');
select is(public.finish(current_setting('t.white')::uuid, 1, pg_temp.made()) ->> 'version_id', replace(current_setting('t.v1'), '-', ''), 'finishing twice keeps the first version');
select is(public.finish(current_setting('t.white')::uuid, 0, pg_temp.made()) ->> 'version_id', replace(current_setting('t.v1'), '-', ''), 'whoever does');
select is((select count(*)::integer from public.image_outputs), 1, 'alone');
select results_eq($$ select bucket, path_output, thumbnail_path, version, key, op_key, width, height, bytes::integer, metadata, scope from public.image_outputs $$,
  $$ values ('outputs-ephemeral', current_setting('t.white')::uuid || '.png', current_setting('t.white')::uuid || '.webp', 1, 'white', 'cut:white', 4000, 3000, 9,
    '{"device": "cpu"}'::jsonb, 'visit') $$, 'under the names of its job');
select is((select expires_at - now() from public.image_outputs), interval '48 hours', 'for the time of a visit');
select is((select (current_id, doubt) from public.images), row(current_setting('t.v1')::uuid, 0.7::float8), 'it is shown, and its doubt with it');
select throws_ok($$ select public.cancel('visit', current_setting('t.white')::uuid) $$, 'PT409', 'This photo is done: it cannot become cancelled.', 'what is done cannot be cancelled');
select throws_ok($$ select public.retry('visit', current_setting('t.white')::uuid) $$, 'PT409', 'This photo is done: it cannot become queued.', 'nor tried again');
select is(public.forsake('visit', current_setting('t.white')::uuid) ->> 'status', 'done', 'nor undone by being forsaken');
select is(public.admit('visit', pg_temp.photo(1), pg_temp.recipe('white')) ->> 'status', 'done', 'asked for again, it is there at once');

select public.admit('visit', pg_temp.photo(1), pg_temp.recipe('black'));
select set_config('t.black', public.start('w') ->> 'id', true);
select set_config('t.v2', public.finish(current_setting('t.black')::uuid, 1, pg_temp.made()) ->> 'version_id', true);
select is((select version from public.image_outputs where job_id = current_setting('t.black')::uuid), 2, 'another recipe is the next version');
select is((select current_id from public.images), current_setting('t.v2')::uuid, 'which is shown');
select is((select doubt from public.images), 0::float8, 'and known by its own doubt');
select is(public.restore_version('visit', (select id from public.images), current_setting('t.v1')::uuid) ->> 'current_id', replace(current_setting('t.v1'), '-', ''),
  'an older version is shown again');
select is((select doubt from public.images), 0.7::float8, 'and its doubt');
select throws_ok($$ select public.restore_version('other', (select id from public.images), current_setting('t.v1')::uuid) $$, 'PT404', null, 'not for another scope');
select throws_ok($$ select public.restore_version('visit', (select id from public.images), gen_random_uuid()) $$, 'PT404', null, 'nor one that is not there');
update public.image_outputs set deleting_at = now() where id = current_setting('t.v2')::uuid;
select throws_ok($$ select public.restore_version('visit', (select id from public.images), current_setting('t.v2')::uuid) $$, 'PT404', null, 'nor one that is being deleted');
update public.image_outputs set deleting_at = null;

-- What was lost is forgotten.
select is(public.expire('visit', current_setting('t.white')::uuid) ->> 'status', 'expired', 'a job whose picture is lost is expired');
select is(public.expire('visit', current_setting('t.white')::uuid) ->> 'version_id', null, 'once');
select is((select current_id from public.images), current_setting('t.v2')::uuid, 'the last of the others is shown');
select set_eq($$ select bucket, path from public.removals $$, $$ values ('outputs-ephemeral', current_setting('t.white')::uuid || '.png'),
  ('outputs-ephemeral', current_setting('t.white')::uuid || '.webp') $$, 'what may be left of it is to go');
select isnt(public.admit('visit', pg_temp.photo(1), pg_temp.recipe('white')) ->> 'id', replace(current_setting('t.white'), '-', ''), 'there is room for a new job');
select public.expire('visit', current_setting('t.black')::uuid);
select is((select current_id from public.images), null, 'with the last version nothing is shown');
select is((select count(*)::integer from public.image_outputs), 0, 'and nothing kept');

-- In a library.
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 5, 'grant', 'a');
delete from public.jobs;
select set_config('t.image', public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(1), pg_temp.recipe('white')) ->> 'image_id', true);
select set_config('t.job', public.start('w') ->> 'id', true);
select is(public.output_names(current_setting('t.job')::uuid, current_setting('t.v1')::uuid), jsonb_build_object(
  'path', format('user-library/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/%s/output/%s.png', current_setting('t.image')::uuid, current_setting('t.v1')),
  'thumbnail_path', format('user-library/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/%s/thumb/%s.webp', current_setting('t.image')::uuid, current_setting('t.v1'))),
  'a worker is told where to put what it makes');
select throws_ok($$ select public.output_names(gen_random_uuid(), gen_random_uuid()) $$, 'PT404', null, 'if there is such a job');
select public.finish(current_setting('t.job')::uuid, 1, pg_temp.made() || jsonb_build_object('id', current_setting('t.v1')));
select results_eq($$ select bucket, path_output, expires_at from public.image_outputs $$,
  $$ values ('user-library', format('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/%s/output/%s.png', current_setting('t.image')::uuid, current_setting('t.v1')), null::timestamptz) $$,
  'in a library it is kept there, without a clock');
select results_eq($$ select bucket, path_original, expires_at, user_id from public.images where scope like 'aaaa%' $$,
  $$ values ('user-library', format('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/%s/original.jpg', current_setting('t.image')::uuid), null::timestamptz, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'::uuid) $$,
  'as its photo is');
select is(private.version_json(o) - array['id', 'image_id', 'job_id', 'path', 'thumbnail_path', 'created_at', 'recipe'],
  '{"key": "white", "bytes": 9, "scope": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "width": 4000, "height": 3000, "number": 1, "op_key": "cut:white"}'::jsonb,
  'a version as the program knows it') from public.image_outputs o;
select is(private.image_json(i) ->> 'path', 'user-library/' || i.path_original, 'and a photo') from public.images i where scope like 'aaaa%';
select is(public.original_name('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.v1')::uuid, 'jpg'),
  format('user-library/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/%s/original.jpg', current_setting('t.v1')), 'where an original is put, by plan');
select is(public.original_name('visit', current_setting('t.v1')::uuid, 'jpg'), format('uploads-ephemeral/visit/%s/original.jpg', current_setting('t.v1')), 'and without one');

-- What was purged does not come back under its old name.
insert into public.removals (bucket, path) select bucket, path_original from public.images where scope = 'visit';
select throws_ok($$ select public.admit('visit', pg_temp.photo(1), pg_temp.recipe('x')) $$, 'PT404', null, 'a photo whose object goes is not there');
select throws_ok($$ select public.admit('other', pg_temp.photo(9, current_setting('t.image')::uuid), pg_temp.recipe('x')) $$, 'PT404', null,
  'nor is one by an id of another scope');

select * from finish();
rollback;
