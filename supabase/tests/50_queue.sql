-- A job that is queued comes with a message, which only wakes: the job is the truth.
begin;
select plan(25);

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
select is((select (q ->> 'job')::uuid from public.queue_read('jobs_rest', 30) q), current_setting('t.job')::uuid, 'it names the job');
select is((select count(*)::integer from public.queue_read('jobs_rest', 30)), 0, 'for one worker at a time');
select is((public.start('w', current_setting('t.job')::uuid) ->> 'id'), current_setting('t.job'), 'who starts it');
select is(public.start('w', current_setting('t.job')::uuid), null, 'once');
select is(public.queue_extend('jobs_rest', (select msg_id from pgmq.q_jobs_rest), 0), true, 'a message is hidden as long as its worker says');
select is((select (q ->> 'reads')::integer from public.queue_read('jobs_rest', 30) q), 2, 'and read again after that');
select is(public.queue_extend('jobs_rest', 99, 0), false, 'one that is not there is not');
select is(public.queue_archive('jobs_rest', (select msg_id from pgmq.q_jobs_rest)), true, 'what is done with is put away');
select is(public.queue_archive('jobs_rest', 99), false, 'if it was there');
select is((select count(*)::integer from pgmq.q_jobs_rest), 0, 'and is not read again');
select public.release('w');
select is((select count(*)::integer from pgmq.q_jobs_rest), 1, 'a job that is put back wakes another worker');
select public.cancel('visit', current_setting('t.job')::uuid);
select is((select count(*)::integer from pgmq.q_jobs_rest), 1, 'one that is cancelled wakes nobody');
select public.retry('visit', current_setting('t.job')::uuid);
select is((select count(*)::integer from pgmq.q_jobs_rest), 2, 'one that is tried again does');
select is((select count(*)::integer from pgmq.q_jobs_paid), 0, 'none of this is in the way');
select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(1), pg_temp.recipe('a'));
select is((select count(*)::integer from pgmq.q_jobs_paid), 1, 'of those who pay');
select is((select count(*)::integer from public.queue_read('jobs_paid', 30, 5)), 1, 'whose queue is read by itself');
select throws_ok($$ select public.queue_read('others', 1) $$, 'PT404', 'There is no such queue.', 'no other queue is read');
select throws_ok($$ select public.queue_extend('others', 1, 1) $$, 'PT404', null, 'hidden from');
select throws_ok($$ select public.queue_archive(null, 1) $$, 'PT404', null, 'or put away');
select public.start('w');
update public.profiles set erase_at = now() where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select lives_ok($$ select public.release('w') $$, 'who is being deleted keeps no worker from ending');

select * from finish();
rollback;
