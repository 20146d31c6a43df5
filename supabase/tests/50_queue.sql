-- A job that is queued comes with a message, which only wakes: the job is the truth.
begin;
select plan(46);

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

select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 9, 'grant', 'a');
create function pg_temp.done(n integer, look text, of_scope text) returns uuid language plpgsql as $$
declare j uuid := (public.admit(of_scope, pg_temp.photo(n), pg_temp.recipe(look)) ->> 'id')::uuid;
begin
  return (public.finish(j, (public.start('w', j) ->> 'fence')::bigint, pg_temp.made()) ->> 'version_id')::uuid;
end $$;

select is((select array_agg(queue_name::text order by queue_name) from pgmq.list_queues()), array['jobs_paid', 'jobs_rest'], 'there are two queues');
select set_config('t.job', public.admit('visit', pg_temp.photo(1), pg_temp.recipe('a')) ->> 'id', true);
select is((select count(*)::integer from pgmq.q_jobs_rest), 1, 'a job that is admitted has its message');
select public.admit('visit', pg_temp.photo(1), pg_temp.recipe('a'));
select is((select count(*)::integer from pgmq.q_jobs_rest), 1, 'one that was there has no other');
select throws_ok($$ select public.admit('visit', pg_temp.photo(2) || '{"width": 0}', pg_temp.recipe('a')) $$, '23514', null, 'a job that is refused');
select is((select count(*)::integer from pgmq.q_jobs_rest), 1, 'has none');
select is((select (m.message ->> 'job')::uuid from pgmq.q_jobs_rest m), current_setting('t.job')::uuid, 'it names the job');
select is((public.start('w', current_setting('t.job')::uuid) ->> 'id'), current_setting('t.job'), 'who names a job starts it');
select is(public.start('w', current_setting('t.job')::uuid), null, 'once');
select is((select count(*)::integer from pgmq.q_jobs_rest), 1, 'and leaves its message');
select is(public.start('w'), null, 'which makes no second job of one');
select is((select count(*)::integer from pgmq.q_jobs_rest), 0, 'and goes when nothing waits');
select public.release('w');
select is((select count(*)::integer from pgmq.q_jobs_rest), 1, 'a job that is put back has another one');
select public.cancel('visit', current_setting('t.job')::uuid);
select is((select count(*)::integer from pgmq.q_jobs_rest), 1, 'one that is cancelled has none more');
select public.retry('visit', current_setting('t.job')::uuid);
select is((select count(*)::integer from pgmq.q_jobs_rest), 2, 'one that is tried again has');
select is((select count(*)::integer from pgmq.q_jobs_paid), 0, 'none of this is in the way');
select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(1), pg_temp.recipe('a'));
select is((select count(*)::integer from pgmq.q_jobs_paid), 1, 'of those who pay');
select is((public.start('w') ->> 'scope'), 'visit', 'who waits in either line is started');
select is((select count(*)::integer from pgmq.q_jobs_rest), 1, 'with one message less in that line');
select is((select count(*)::integer from pgmq.q_jobs_paid), 1, 'and none less in the other');
select is((public.start('w') ->> 'scope'), 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'one after the other');
select is((select count(*)::integer from pgmq.q_jobs_paid), 0, 'until nobody waits');
select is(public.start('w'), null, 'then nothing is started');
select is((select count(*)::integer from pgmq.q_jobs_rest), 0, 'and what was left over has gone');

-- Turns: a paid job is passed once at most, and the rest is never forgotten.
select public.release('w');
select public.cancel('visit', current_setting('t.job')::uuid);
select public.cancel('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', id) from public.jobs where pays;
update public.turns set owed = 0;
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 9, 'grant', 'b');
select count(public.admit('visit', pg_temp.photo(n), pg_temp.recipe('b'))) from generate_series(10, 14) n;
select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(n), pg_temp.recipe('b')) from generate_series(20, 22) n;
create function pg_temp.started(many integer) returns text language sql as $$
  select string_agg(case when public.start('w') ->> 'scope' = 'visit' then 'r' else 'P' end, '') from generate_series(1, many)
$$;
select is(pg_temp.started(1), 'r', 'one of the rest may pass those that wait');
select is((select owed from public.turns), 3, 'of whom there are three');
select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(n), pg_temp.recipe('b')) from generate_series(23, 24) n;
select is(pg_temp.started(4), 'PPPr', 'the next one passes none of them again');
select is(pg_temp.started(4), 'PPrr', 'and those who came since once');
select is((select owed from public.turns), 1, 'with nobody to pass, the next one who pays goes first');
select public.admit('visit', pg_temp.photo(n), pg_temp.recipe('b')) from generate_series(15, 16) n;
select is(pg_temp.started(1), 'r', 'if one comes');
select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(25), pg_temp.recipe('b', 1, 0));
select is(public.library_ahead((select id from public.jobs where status = 'queued' and not pays order by seq limit 1)), 1, 'those who pay are ahead of the rest');
select is(public.library_ahead((select id from public.jobs where status = 'queued' and pays)), 0, 'the rest not of them');
select is(public.library_ahead(), 3, 'all are ahead of a new one');
select is(pg_temp.started(3), 'Prr', 'as it was said');

-- What is held keeps its place, and nobody from his.
select public.admit('visit', pg_temp.photo(n), pg_temp.recipe('c')) from generate_series(30, 31) n;
update public.images set promoting_until = private.now() + interval '1 minute' where sha256 = lpad('30', 64, '0');
select is((public.start('w') ->> 'image_id')::uuid, (select id from public.images where sha256 = lpad('31', 64, '0')), 'what is held is passed over');
select is(public.start('w'), null, 'and not started');
select isnt((select count(*)::integer from pgmq.q_jobs_rest), 0, 'there are messages as long as it waits');
update public.images set promoting_until = null;
select is((public.start('w') ->> 'image_id')::uuid, (select id from public.images where sha256 = lpad('30', 64, '0')), 'until it may be');
select is(public.start('w'), null, 'then nothing waits');

-- A queue that somebody has emptied.
select public.release('w');
select pgmq.purge_queue('jobs_rest');
select pgmq.purge_queue('jobs_paid');
select is(public.start('w'), null, 'without a message nothing is started');
select public.recover();
select is((select array[(select count(*) from pgmq.q_jobs_rest), (select count(*) from pgmq.q_jobs_paid)]),
  (select array[count(*) filter (where not pays), count(*) filter (where pays)] from public.jobs where status = 'queued'),
  'each round of workers sees to it that there is one for each');
select public.recover();
select is((select count(*) from pgmq.q_jobs_rest), (select count(*) from public.jobs where status = 'queued' and not pays), 'once');
select isnt(public.start('w'), null, 'and all goes on');
select throws_ok($$ update public.turns set owed = -1 $$, '23514', null, 'nothing less than nothing is owed');
select throws_ok($$ insert into public.turns (one) values (false) $$, '23514', null, 'to one');

select ok(not has_table_privilege('service_role', 'public.turns', 'select'), 'nobody needs to know whose turn it is');

update public.profiles set erase_at = now() where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select lives_ok($$ select public.release('w') $$, 'who is being deleted keeps no worker from ending');

select * from finish();
rollback;
