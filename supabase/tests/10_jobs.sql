-- The life of a job: one for each photo and recipe, in the hands of one worker at a time.
begin;
select plan(59);

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

-- One photo and one recipe are one job, within one scope.
select set_config('t.first', public.admit('visit', pg_temp.photo(1), pg_temp.recipe('white')) ->> 'id', true);
select is(public.admit('visit', pg_temp.photo(1), pg_temp.recipe('white')) ->> 'id', current_setting('t.first'),
  'an equal photo and recipe are one job');
select is((select count(*)::integer from public.images), 1, 'and one photo');
select isnt(public.admit('other', pg_temp.photo(1), pg_temp.recipe('white')) ->> 'id', current_setting('t.first'),
  'an equal photo of another scope is another job');
select isnt(public.admit('visit', pg_temp.photo(1), pg_temp.recipe('black')) ->> 'id', current_setting('t.first'),
  'another recipe is another job');
select is((select name from public.images where scope = 'visit'), '1.jpg', 'a photo takes the name it first came under');
select is((select name_key from public.images where scope = 'visit'), '000000000001.jpg', 'and is sorted by it as people count');
select is(
  (select public.admit('visit', pg_temp.photo(2), pg_temp.recipe('white')) - array['id', 'image_id', 'created_at', 'updated_at', 'recipe']),
  '{"key": "white", "says": "", "doubt": 0, "fence": 0, "owner": null, "scope": "visit", "op_key": "cut:white",
    "status": "queued", "reasons": "", "preset": "", "attempts": 0, "priority": 0, "lease_until": null, "version_id": null}'::jsonb,
  'a new job waits');

-- Order.
delete from public.jobs;
insert into public.jobs (scope, image_id, input_sha256, key, op_key, recipe, priority, created_at)
  select 'visit', i.id, i.sha256, o.key, o.key, '{}', o.priority, now() + o.at * interval '1 second'
  from public.images i, (values ('late', 0, 2), ('early', 0, 1), ('urgent', 2, 3)) o(key, priority, at)
  where i.scope = 'visit' and i.name = '1.jpg';
select is(public.start('w') ->> 'key', 'urgent', 'what somebody waits for comes first');
select is(public.start('w') ->> 'key', 'early', 'then what came first');
select is((public.start('w') ->> 'fence')::integer, 1, 'a start is counted');
select is(public.start('w'), null, 'nothing more waits');
select is((select count(*)::integer from public.leased()), 3, 'three are in hand');
select is((select array_agg(distinct lease_until - now()) from public.jobs where status = 'running'),
  array[interval '30 seconds'], 'for thirty seconds each');
select is((select array_agg(distinct owner) from public.jobs where status = 'running'), array['w'], 'by the worker who asked');

-- Priority grows only.
delete from public.jobs;
select is((public.admit('visit', pg_temp.photo(1), pg_temp.recipe('p', 1, 1)) ->> 'priority')::integer, 1, 'a job has the priority it was ordered with');
select is((public.admit('visit', pg_temp.photo(1), pg_temp.recipe('p', 1, 2)) ->> 'priority')::integer, 2, 'the more urgent order counts');
select is((public.admit('visit', pg_temp.photo(1), pg_temp.recipe('p')) ->> 'priority')::integer, 2, 'a less urgent one does not');
select is(public.start('w', gen_random_uuid()), null, 'a job that is not there cannot be started by its name');
select is(public.start('w', (select id from public.jobs)) ->> 'key', 'p', 'one that waits can');

-- Trash, pauses, and photos on the move.
delete from public.jobs;
select public.admit('visit', pg_temp.photo(1), pg_temp.recipe('a'));
update public.images set deleted_at = now() where scope = 'visit';
select is(public.start('w'), null, 'a photo in the trash waits');
update public.jobs set priority = 2;
select is(public.start('w') ->> 'key', 'a', 'unless somebody waits for it right now');
select public.release('w');
update public.jobs set priority = 0;
select public.admit('visit', pg_temp.photo(1), pg_temp.recipe('a'));
select is((select deleted_at from public.images where id = (select image_id from public.jobs)), null, 'what comes in again is taken out of the trash');
insert into public.pauses (scope) values ('visit');
insert into public.entries (scope, image_id, job_id, name, folder, recipe)
  select 'visit', image_id, id, 'a', '', '{}' from public.jobs;
select is(public.start('w'), null, 'a paused workbench waits');
update public.jobs set priority = 2;
select is(public.start('w') ->> 'key', 'a', 'unless somebody waits for it right now, again');
select public.release('w');
update public.jobs set priority = 0;
delete from public.entries;
select is(public.start('w') ->> 'key', 'a', 'a pause holds nothing that the workbench does not wait for');
select public.release('w');
update public.images set promoting_until = now() + interval '1 minute' where scope = 'visit';
select is(public.start('w'), null, 'a photo that moves to the library waits');
update public.images set promoting_until = null, deleting_at = now() where scope = 'visit';
select is(public.start('w'), null, 'one that is being deleted is not started');
update public.images set deleting_at = null where scope = 'visit';
delete from public.pauses;

-- Leases.
select set_config('t.job', public.start('w') ->> 'id', true);
select is((select attempts from public.jobs), 1, 'what was released counts as never started');
select is((select fence::integer from public.jobs), 4, 'but its number has gone on');
select is((select count(*)::integer from public.recover()), 0, 'a live lease is left alone');
select pg_temp.later('20 seconds');
select is(public.beat(jsonb_build_array(jsonb_build_object('id', current_setting('t.job'), 'fence', 4))), 1, 'a lease is renewed');
select is(public.beat(jsonb_build_array(jsonb_build_object('id', current_setting('t.job'), 'fence', 3))), 0, 'not with an old number');
select pg_temp.later('40 seconds');
select is((select count(*)::integer from public.recover()), 0, 'a renewed lease is left alone');
select pg_temp.later('51 seconds');
select is((select r ->> 'status' from public.recover() r), 'queued', 'a dead lease gives the job back');
select is(public.beat(jsonb_build_array(jsonb_build_object('id', current_setting('t.job'), 'fence', 4))), 0, 'a lost lease stays lost');
select set_config('t.job', public.start('again') ->> 'id', true);
select throws_ok($$ select public.finish(current_setting('t.job')::uuid, 4, pg_temp.made()) $$, 'PT410',
  'This job was taken over or cancelled.', 'a worker that comes late cannot finish');
select throws_ok($$ select public.fail(current_setting('t.job')::uuid, 4, 'late') $$, 'PT410', null, 'nor fail');
select is(public.fail(current_setting('t.job')::uuid, 5, 'no luck', 'bytes') ->> 'says', 'no luck', 'the one who holds it can');
select is((select error_code from public.jobs), 'bytes', 'and tell why');
select throws_ok($$ select public.fail(current_setting('t.job')::uuid, 5, 'twice') $$, 'PT410', null, 'once');
select is(public.admit('visit', pg_temp.photo(1), pg_temp.recipe('a', 1, 1)) - array['id', 'image_id', 'created_at', 'updated_at', 'recipe', 'key', 'op_key', 'scope'],
  '{"says": "", "doubt": 0, "fence": 5, "owner": null, "status": "queued", "reasons": "", "preset": "", "attempts": 0, "priority": 1, "lease_until": null, "version_id": null}'::jsonb,
  'a failed job is done anew when it is asked for again');
select is((select error_code from public.jobs), null, 'as if nothing had been');

-- Given up.
select public.start('w');
select pg_temp.later('10 minutes');
select public.recover();
select public.start('w');
select pg_temp.later('20 minutes');
select public.recover();
select public.start('w');
select pg_temp.later('30 minutes');
select is((select r ->> 'status' from public.recover() r), 'error', 'what killed its worker three times is given up');
select ok((select worker_notes like '%3 times%' from public.jobs), 'and says so');
select public.retry('visit', current_setting('t.job')::uuid);
select public.start('w');
select pg_temp.later('-1 hour');
select is((select r ->> 'status' from public.recover() r), 'queued', 'a lease from before the clock was set back is dead');
select pg_temp.later('0 seconds');

-- Cancel, forsake, retry.
select is(public.cancel('visit', current_setting('t.job')::uuid) ->> 'status', 'cancelled', 'a job is cancelled');
select is(public.cancel('visit', current_setting('t.job')::uuid) ->> 'status', 'cancelled', 'and again');
select throws_ok($$ select public.cancel('other', current_setting('t.job')::uuid) $$, 'PT404', 'This is not here (any more).', 'not by another scope');
select throws_ok($$ select public.retry('other', current_setting('t.job')::uuid) $$, 'PT404', null, 'nor retried');
select throws_ok($$ select public.forsake('other', current_setting('t.job')::uuid) $$, 'PT404', null, 'nor forsaken');
select throws_ok($$ select public.expire('other', current_setting('t.job')::uuid) $$, 'PT404', null, 'nor expired');
select throws_ok($$ select public.job('other', current_setting('t.job')::uuid) $$, 'PT404', null, 'nor read');
select is(public.retry('visit', current_setting('t.job')::uuid) ->> 'status', 'queued', 'a cancelled job is tried again');
select is(public.retry('visit', current_setting('t.job')::uuid) ->> 'status', 'queued', 'and again');
insert into public.entries (scope, image_id, job_id, name, folder, recipe)
  select 'visit', image_id, id, 'a', '', '{}' from public.jobs;
select is(public.forsake('visit', current_setting('t.job')::uuid) ->> 'status', 'queued', 'what the workbench waits for is not forsaken');
delete from public.entries;
select is(public.forsake('visit', current_setting('t.job')::uuid) ->> 'status', 'cancelled', 'what nobody waits for is');
select is(public.forsake('visit', current_setting('t.job')::uuid) ->> 'status', 'cancelled', 'once');
select is(public.job('visit', current_setting('t.job')::uuid) ->> 'status', 'cancelled', 'a job can be looked at');
select public.retry('visit', current_setting('t.job')::uuid);
select public.start('w');
select public.cancel('visit', current_setting('t.job')::uuid);
select throws_ok($$ select public.finish(current_setting('t.job')::uuid, (select fence from public.jobs), pg_temp.made()) $$, 'PT410', null,
  'a cancelled job cannot be finished');

select * from finish();
rollback;
