-- What costs, who pays, and that every balance is the sum of its lines.
begin;
select plan(69);

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

create function pg_temp.balance(of_scope text default 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') returns integer language sql as $$
  select balance from public.credits where scope = of_scope
$$;
create function pg_temp.admit(n integer, look text, upscale integer default 1, of_scope text default 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') returns uuid language sql as $$
  select (public.admit(of_scope, pg_temp.photo(n), pg_temp.recipe(look, upscale)) ->> 'id')::uuid
$$;
create function pg_temp.done(job uuid) returns uuid language sql as $$
  select (public.finish(job, (public.start('w', job) ->> 'fence')::bigint, pg_temp.made()) ->> 'version_id')::uuid
$$;
create function pg_temp.failed(job uuid) returns text language sql as $$
  select public.fail(job, (public.start('w', job) ->> 'fence')::bigint, 'no luck') ->> 'status'
$$;
create function pg_temp.book() returns setof text language sql as $$
  select format('%s %s %s %s', kind, amount, item, state) from public.credit_ledger order by id
$$;

select throws_ok($$ select public.grant_credits('visit', 1, 'grant', 'a') $$, 'PT404', null, 'a visit has no balance');
select is(public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 2, 'grant', 'a'), '{"applied": true, "balance": 2}', 'credits come in');
select is(public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 2, 'grant', 'a'), '{"applied": false, "balance": 2}', 'once for a key');
select throws_ok($$ select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 3, 'grant', 'a') $$, 'PT409', 'This was booked before, with another amount.', 'a key stands for one amount');
select throws_ok($$ select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 2, 'purchase', 'a') $$, 'PT409', null, 'and one kind');
select throws_ok($$ select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 2, 'hold', 'b') $$, 'PT422', 'Credits are granted, bought or adjusted.', 'nobody holds by hand');
select throws_ok($$ select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 2, null, 'b') $$, 'PT422', null, 'nor without a kind');
select throws_ok($$ select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', -3, 'adjust', 'b') $$, 'PT402', 'This takes 3 credits; you have 2.', 'no balance falls below nothing');
select is(public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', -1, 'adjust', 'c') ->> 'balance', '1', 'but it can be put right');
select results_eq('select pg_temp.book()', array['grant 2  ', 'adjust -1  '], 'each has its line');
select results_eq($$ select account, action, detail from public.audit_log order by id $$,
  $$ select account, 'credits', d from public.credits, (values (1, '{"kind": "grant", "amount": 2}'::jsonb), (2, '{"kind": "adjust", "amount": -1}')) x(n, d)
     where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' order by n $$, 'and is noted');

-- A matte costs once.
select set_config('t.white', pg_temp.admit(1, 'white')::text, true);
select is(pg_temp.balance(), 0, 'a job holds what its matte costs');
select is(public.library_charged('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', private.hex(current_setting('t.white')::uuid)), 0, 'and has taken nothing yet');
select is(pg_temp.admit(1, 'white'), current_setting('t.white')::uuid, 'asked again it is the same job');
select is(pg_temp.balance(), 0, 'and holds no more');
select throws_ok($$ select pg_temp.admit(2, 'white') $$, 'PT402', 'This takes 1 credit; you have 0.', 'another photo needs another credit');
select is((select count(*)::integer from public.images), 1, 'and leaves nothing behind');
select set_config('t.black', pg_temp.admit(1, 'black')::text, true);
select is(pg_temp.balance(), 0, 'another look at the same photo costs nothing');
select is((select array_agg(format('%s %s', state, item)) from public.credit_ledger where state is not null), array['held u2net'], 'one hold is there for both');
select is(pg_temp.failed(current_setting('t.white')::uuid), 'error', 'where the one that holds fails');
select is((select array_agg(format('%s %s %s', amount, state, job_id = current_setting('t.black')::uuid) order by id) from public.credit_ledger
  where kind <> 'grant' and kind <> 'adjust'), array['-1 released f', '1  f', '-1 held t'], 'the other holds instead');
select is(pg_temp.balance(), 0, 'with the same credit');
select isnt(pg_temp.done(current_setting('t.black')::uuid), null, 'it is done');
select is((select state from public.credit_ledger order by id desc limit 1), 'captured', 'and paid');
select is(public.library_charged('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', private.hex(current_setting('t.black')::uuid)), 1, 'by the one that was done');
select is(public.library_charged('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', private.hex(current_setting('t.white')::uuid)), 0, 'not by the one that failed');
select throws_ok($$ select public.library_charged('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', private.hex(current_setting('t.black')::uuid)) $$, 'PT404', null, 'nobody else is told');
select is(pg_temp.balance(), 0, 'once');
select is((select paid from public.paid_items), true, 'for good');
select public.retry('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.white')::uuid);
select isnt(pg_temp.done(current_setting('t.white')::uuid), null, 'the one that failed is done anew');
select is(pg_temp.balance(), 0, 'for nothing');
select isnt(pg_temp.done(pg_temp.admit(1, 'red')), null, 'and so is any other look');
select is_empty('select public.unbalanced()', 'the books are right');

-- Enlarging costs once for each factor.
select throws_ok($$ select pg_temp.admit(1, 'large', 2) $$, 'PT402', null, 'an enlargement costs');
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 3, 'purchase', 'evt_1');
select set_config('t.large', pg_temp.admit(1, 'large', 2)::text, true);
select is(pg_temp.balance(), 2, 'one credit');
select isnt(pg_temp.done(current_setting('t.large')::uuid), null, 'is done');
select isnt(pg_temp.done(pg_temp.admit(1, 'large and red', 2)), null, 'and again in another look');
select is(pg_temp.balance(), 2, 'for nothing');
select set_config('t.both', pg_temp.admit(3, 'x4', 4)::text, true);
select is(pg_temp.balance(), 0, 'a new photo four times as large costs two');
select is((public.cancel('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.both')::uuid)) ->> 'status', 'cancelled', 'cancelled, it gives back');
select is(pg_temp.balance(), 2, 'both');
select is((public.cancel('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.both')::uuid)) ->> 'status', 'cancelled', 'cancelled again');
select is(pg_temp.balance(), 2, 'nothing more');
select is((select count(*)::integer from public.paid_items where sha256 = lpad('3', 64, '0')), 0, 'and is not paid');
select public.retry('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.both')::uuid);
select is(pg_temp.balance(), 0, 'tried again, it holds again');
select public.forsake('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.both')::uuid);
select is(pg_temp.balance(), 2, 'forsaken, it gives back');
select is_empty('select public.unbalanced()', 'the books are right, still');

-- Deaths, releases and the clock.
select set_config('t.dead', pg_temp.admit(4, 'white')::text, true);
select public.start('w');
select public.release('w');
select is(pg_temp.balance(), 1, 'what is put back holds on');
select public.start('w'); select pg_temp.later('1 hour'); select public.recover();
select public.start('w'); select pg_temp.later('2 hours'); select public.recover();
select is(pg_temp.balance(), 1, 'what is recovered holds on');
select public.start('w'); select pg_temp.later('2 days'); select public.recover();
select is(pg_temp.balance(), 2, 'what is given up gives back');
select pg_temp.admit(5, 'white');
delete from public.images where sha256 = lpad('5', 64, '0');
select is(pg_temp.balance(), 2, 'nothing is held for a job that has gone');
select is((select count(*)::integer from public.credit_ledger where state = 'held'), 0, 'by nobody');
select is(public.release_stale(), 0, 'so that nothing is stale');
insert into public.credit_ledger (account, kind, amount, balance_after, item, job_id, state, idempotency_key)
  select account, 'hold', -1, 1, 'lost', gen_random_uuid(), 'held', 'lost' from public.credits where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
update public.credits set balance = balance - 1 where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select is(public.release_stale(), 1, 'what broke is put right');
select is(pg_temp.balance(), 2, 'the credit is back');
select is(public.release_stale(), 0, 'once');
select is_empty('select public.unbalanced()', 'the books are right in the end');
update public.credits set balance = 1 where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select is((select count(*)::integer from public.unbalanced()), 1, 'and where they are not, it is found');
update public.credits set balance = 2 where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';

-- Recipes.
select throws_ok($$ select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(6), pg_temp.recipe('x') || '{"recipe": "{}"}') $$, 'PT422', 'This recipe names no model.', 'who pays must say for what');
select throws_ok($$ select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(6), pg_temp.recipe('x') || '{"recipe": "no json"}') $$, 'PT422', null, 'readably');
select is(private.items_of('{"model": "isnet", "upscale": 3}'), array['isnet'], 'there is no enlargement by three');
select is(private.items_of('{"model": "isnet", "upscale": 4}'), array['isnet', 'isnet x4'], 'by four there is');

-- Who does not pay.
select lives_ok($$ select pg_temp.admit(7, 'white', 4, 'visit') $$, 'a visit pays nothing');
select lives_ok($$ select pg_temp.admit(7, 'white', 4, 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb') $$, 'nor does the free plan');
select is((select count(*)::integer from public.paid_items where scope <> 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 0, 'and has paid for nothing');
-- A team pays itself.
insert into public.teams (id, name, owner_id, plan_until) values ('77777777-7777-4777-8777-777777777777', 'Shop', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', now() + interval '1 month');
select throws_ok($$ select pg_temp.admit(8, 'white', 1, 'team-77777777-7777-4777-8777-777777777777') $$, 'PT402', null, 'a team has nothing at first');
select public.grant_credits('team-77777777-7777-4777-8777-777777777777', 1, 'grant', 'a');
select lives_ok($$ select pg_temp.admit(8, 'white', 1, 'team-77777777-7777-4777-8777-777777777777') $$, 'and pays what is done for it');
select is(pg_temp.balance('team-77777777-7777-4777-8777-777777777777'), 0, 'with its own credits');
select is(pg_temp.balance('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 0, 'not with those of its owner');

select * from finish();
rollback;
