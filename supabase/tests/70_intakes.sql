-- What is announced before it comes: nothing is held for it, nobody else finds it, and it ends once.
begin;
select plan(40);

create function pg_temp.said(n integer, token text default '', bytes bigint default 2000000, of_scope text default 'visit-1')
returns jsonb language sql as $$
  select jsonb_build_object('id', replace(gen_random_uuid()::text, '-', ''), 'scope', of_scope,
    'sha256', lpad(n::text, 64, '0'), 'bytes', bytes, 'width', 4000, 'height', 3000,
    'name', n || '.jpg', 'key', 'k', 'op_key', 'cut~k', 'recipe', '{"model": "u2net"}',
    'spot', gen_random_uuid()::text, 'token', token)
$$;
create function pg_temp.photo(n integer) returns jsonb language sql as $$
  select jsonb_build_object('id', gen_random_uuid(), 'sha256', lpad(n::text, 64, '0'), 'mime', 'image/jpeg',
    'extension', 'jpg', 'width', 4000, 'height', 3000, 'bytes', 2000000, 'name', n || '.jpg')
$$;
create function pg_temp.later(by interval) returns void language plpgsql as $$
begin
  execute format('create or replace function private.now() returns timestamptz language sql stable set search_path = '''' as %L',
    format('select pg_catalog.now() + %L::interval', by));
end $$;
create function pg_temp.opened(n integer, token text default '', of_scope text default 'visit-1') returns text language sql as $$
  select public.intake_open(pg_temp.said(n, token, 2000000, of_scope)) ->> 'id'
$$;
create function pg_temp.status(task text, of_scope text default 'visit-1') returns text language sql as $$
  select public.intake_task(of_scope, task) #>> '{intake,status}'
$$;

insert into auth.users (id, email) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'ann@example.com');
update public.profiles set plan_id = 'paid', plan_until = now() + interval '1 year';

-- Announced.
create temporary table t as select pg_temp.opened(1, 'once') as id;
select is(pg_temp.status(id), 'awaiting_upload', 'a photo is expected') from t;
select is(pg_temp.opened(1, 'once'), id, 'the same under the same token is the same') from t;
select throws_ok($$ select pg_temp.opened(2, 'once') $$, 'PT409', null, 'another under it is refused');
select throws_ok($$ insert into public.intakes (id, scope, said, spot, token, status, says, fence, created_at, updated_at, expires_at)
  select gen_random_uuid(), scope, said, 'elsewhere', token, status, says, fence, created_at, updated_at, expires_at
  from public.intakes where scope = 'visit-1' and token = 'once' $$, '23505', null, 'however it is written');
select isnt(pg_temp.opened(1, 'once', 'visit-2'), id, 'others have tokens of their own') from t;
select isnt(pg_temp.opened(3), pg_temp.opened(3), 'without a token each is another');
select throws_ok(format('select public.intake_task(%L, %L)', 'visit-2', id), 'PT404', null, 'nobody else finds it') from t;
select throws_ok($$ select public.intake_task('visit-1', 'vase') $$, 'PT404', null, 'what is no name is nobody');
select throws_ok($$ select public.intake_open(pg_temp.said(1, '', 90000000)) $$, 'PT413', null, 'what is too large for the plan is not sent');
select throws_ok($$ select public.intake_open(pg_temp.said(1) || '{"width": 9000, "height": 9000}') $$, 'PT413', null, 'nor what has too many pixels');
select throws_ok($$ select pg_temp.opened(1, '', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'PT402', 'This takes 1 credit; you have 0.', 'nor what cannot be paid');
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1, 'grant', 'a');
select lives_ok($$ select pg_temp.opened(1, '', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'what can be, is');
select is((select balance from public.credits), 1, 'and nothing is held for it');
select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(1), '{"key": "k", "op_key": "cut~k", "recipe": "{\"model\": \"u2net\"}"}');
select lives_ok($$ select pg_temp.opened(1, '', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'what is held for already costs nothing');
update public.plans set storage_bytes = 1 where id = 'paid';
select throws_ok($$ select pg_temp.opened(1, '', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'PT413', null, 'nothing is sent to a full library');
select count(pg_temp.opened(n)) from generate_series(4, 100) n;
select throws_ok($$ select pg_temp.opened(101) $$, 'PT429', null, 'a hundred are expected and no more');
select lives_ok($$ select pg_temp.opened(1, 'once') $$, 'but for one that is');

-- In hand.
select is(public.intake_claim('visit-1', id) ->> 'fence', '1', 'its bytes are taken in hand') from t;
select is(pg_temp.status(id), 'verifying', 'and looked at') from t;
select throws_ok(format('select public.intake_claim(%L, %L)', 'visit-1', id), 'PT429', null, 'by one') from t;
select throws_ok(format('select public.intake_claim(%L, %L)', 'visit-2', id), 'PT404', null, 'of its scope') from t;
select pg_temp.later('2 minutes');
select is(public.intake_claim('visit-1', id) ->> 'fence', '2', 'who is silent for a minute loses it') from t;
select throws_ok(format('select public.intake_end(%L, 1, ''error'', '''', null)', id), 'PT410', null, 'and comes late') from t;
select throws_ok(format('select public.intake_end(%L, 2, ''done'', '''', null)', id), 'PT409', null, 'it ends as it may') from t;
select throws_ok(format('select public.intake_end(%L, 2, ''queued'', '''', null)', id), 'PT409', null, 'queued with a job') from t;
select is(public.intake_end(id, 2, 'verifying', 'Not yet.', null) ->> 'says', 'Not yet.', 'or it is held for a reason') from t;
select pg_temp.later('16 minutes');
select is(public.intake_claim('visit-1', id) ->> 'fence', '3', 'and looked at again, its time begun anew') from t;
create temporary table j as select public.admit('visit-1', pg_temp.photo(1), '{"key": "k", "op_key": "cut~k", "recipe": "{}"}') ->> 'id' as id;
select is(public.intake_end(t.id, 3, 'queued', '', j.id) ->> 'job_id', j.id, 'then it has a job') from t, j;
select is(public.intake_end(t.id, 3, 'queued', '', j.id) ->> 'job_id', j.id, 'which can be said twice') from t, j;
select is(public.intake_task('visit-1', t.id) #>> '{job,id}', j.id, 'that speaks for it') from t, j;
select is(public.intake_task('visit-1', j.id) #>> '{job,id}', j.id, 'as it does for itself') from j;
select throws_ok(format('select public.intake_claim(%L, %L)', 'visit-1', id), 'PT409', null, 'it is over') from t;
select throws_ok(format('select public.intake_cancel(%L, %L)', 'visit-1', id), 'PT409', null, 'for good') from t;
select is(public.library_recipe('visit-1', 'cut~k'), '{}', 'a recipe is found by its name');
select throws_ok($$ select public.library_recipe('visit-2', 'cut~k') $$, 'PT404', null, 'by who has used it');

-- Over.
select is((select count(*) from public.intake_expire()), 102::bigint, 'what does not come is given up');
select is((select count(*) from public.intake_expire()), 0::bigint, 'once');
create temporary table u as select pg_temp.opened(7) as id;
select is(public.intake_cancel('visit-1', id) ->> 'status', public.intake_cancel('visit-1', id) ->> 'status', 'nobody need wait for it') from u;
select pg_temp.later('25 hours');
select public.intake_expire();
select throws_ok(format('select public.intake_task(%L, %L)', 'visit-1', id), 'PT404', null, 'and a day later nobody knows of it') from u;
update public.plans set storage_bytes = null where id = 'paid';
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 9, 'grant', 'b');
select pg_temp.opened(9, '', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select public.erase_mark('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is_empty($$ select from public.intakes where scope like 'aaaa%' $$, 'who goes announces nothing');

select * from finish();
rollback;
