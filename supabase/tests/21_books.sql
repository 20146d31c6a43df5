-- Two books that are only ever written on, and what their lines must be.
begin;
select plan(35);

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

select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 2, 'grant', 'a');
select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(1), pg_temp.recipe('white'));
create function pg_temp.line(kind text, amount integer, item text default null, job uuid default null, state text default null, key text default 'k', after integer default 1)
returns void language sql as $$
  insert into public.credit_ledger (account, kind, amount, balance_after, item, job_id, state, idempotency_key)
  select account, kind, amount, after, item, job, state, key from public.credits where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'
$$;
select throws_ok($$ update public.credit_ledger set amount = 5 $$, '42501', 'credit_ledger is only ever written on.', 'no line is changed');
select throws_ok($$ update public.credit_ledger set state = 'captured', amount = -2 where state = 'held' $$, '42501', null, 'not even while its state is');
select throws_ok($$ update public.credit_ledger set job_id = null where state = 'held' $$, '42501', null, 'nor loses its job');
select throws_ok($$ delete from public.credit_ledger $$, '42501', null, 'no line is taken away');
select throws_ok($$ truncate public.credit_ledger $$, '42501', null, 'nor are all');
select lives_ok($$ update public.credit_ledger set state = 'captured' where state = 'held' $$, 'what is held is captured');
select throws_ok($$ update public.credit_ledger set state = 'held' where state = 'captured' $$, '42501', null, 'and never again');
select throws_ok($$ update public.audit_log set action = 'x' $$, '42501', 'audit_log is only ever written on.', 'what was noted stays');
select throws_ok($$ delete from public.audit_log $$, '42501', null, 'for good');
select throws_ok($$ truncate public.audit_log $$, '42501', null, 'all of it');
select throws_ok($$ select pg_temp.line('gift', 1) $$, '23514', null, 'a line is of a known kind');
select throws_ok($$ select pg_temp.line('grant', -1) $$, '23514', null, 'a grant gives');
select throws_ok($$ select pg_temp.line('purchase', 0) $$, '23514', null, 'a purchase, too');
select throws_ok($$ select pg_temp.line('adjust', 0) $$, '23514', null, 'nothing is no adjustment');
select throws_ok($$ select pg_temp.line('hold', 1, 'a', gen_random_uuid(), 'held') $$, '23514', null, 'a hold takes');
select throws_ok($$ select pg_temp.line('release', -1, 'a', gen_random_uuid()) $$, '23514', null, 'a release gives');
select throws_ok($$ select pg_temp.line('hold', -1, 'a', gen_random_uuid()) $$, '23514', null, 'a hold has a state');
select throws_ok($$ select pg_temp.line('grant', 1, null, null, 'held') $$, '23514', null, 'nothing else has');
select throws_ok($$ select pg_temp.line('hold', -1, 'a', gen_random_uuid(), 'lost') $$, '23514', null, 'one of three');
select throws_ok($$ select pg_temp.line('hold', -1, 'a', null, 'held') $$, '23514', null, 'a hold is for a job');
select throws_ok($$ select pg_temp.line('release', 1, null, gen_random_uuid()) $$, '23514', null, 'and for something');
select throws_ok($$ select pg_temp.line('grant', 1, null, null, null, 'in:a') $$, '23505', null, 'a key counts once');
select throws_ok($$ select pg_temp.line('grant', 1, null, null, null, 'k', -1) $$, '23514', null, 'no balance is below nothing');
select throws_ok($$ select pg_temp.line('hold', -1, 'a', '99999999-9999-4999-8999-999999999999', 'held', 'k1'), pg_temp.line('hold', -1, 'a', '99999999-9999-4999-8999-999999999999', 'held', 'k2') $$,
  '23505', null, 'a job holds once for a thing');
select throws_ok($$ update public.credits set balance = -1 $$, '23514', null, 'nor is one in hand');
select throws_ok($$ insert into public.credits (scope) values ('visit') $$, '23514', null, 'a balance is of a user or a team');
select throws_ok($$ insert into public.credits (scope) values ('cccccccc-cccc-4ccc-8ccc-cccccccccccc') $$, '23503', null, 'who is there');
select throws_ok($$ insert into public.credits (scope) values ('team-cccccccc-cccc-4ccc-8ccc-cccccccccccc') $$, '23503', null, 'as a team is');
select throws_ok($$ insert into public.credits (scope) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, '23505', null, 'once');
select throws_ok($$ update public.credits set account = '00000000-0000-4000-8000-000000000000' $$, '23505', null, 'under a pseudonym of its own');
select throws_ok($$ insert into public.paid_items (scope, sha256, item, job_id) select scope, sha256, item, gen_random_uuid() from public.paid_items $$, '23505', null, 'nothing is paid twice');
select public.grant_credits('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 7, 'grant', 'b');
select lives_ok($$ delete from auth.users where id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' $$, 'a user without photos can go');
select is((select count(*)::integer from public.credits), 1, 'with the balance');
select is((select count(*)::integer from public.credit_ledger where amount = 7), 1, 'and leaves the lines, which nobody can tell apart');
select is((select count(*)::integer from public.profiles), 1, 'and no profile');

select * from finish();
rollback;
