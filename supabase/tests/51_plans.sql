-- Which plan counts, and what it lets in.
begin;
select plan(43);

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

-- Become a user as the gateway lets one be; `reset role` ends it.
create function pg_temp.become(who text, anonymous boolean default false) returns void language plpgsql as $$
begin
  perform set_config('request.jwt.claims', jsonb_build_object('sub', who, 'role', 'authenticated', 'is_anonymous', anonymous)::text, true);
  perform set_config('role', 'authenticated', true);
end $$;

create function pg_temp.plan_of(scope text) returns text language sql as $$ select (private.plan_of(scope)).id $$;
create function pg_temp.admit(of_scope text, width integer, height integer, bytes bigint) returns jsonb language sql as $$
  select public.admit(of_scope, pg_temp.photo((random() * 1e9)::integer) || jsonb_build_object('width', width, 'height', height, 'bytes', bytes), pg_temp.recipe('a'))
$$;
select is(pg_temp.plan_of('visit'), 'guest', 'a visit has its plan');
select is(pg_temp.plan_of('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 'free', 'a user has the free one');
select is(pg_temp.plan_of('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 'paid', 'or what was paid for');
select throws_ok($$ select pg_temp.plan_of('cccccccc-cccc-4ccc-8ccc-cccccccccccc') $$, 'PT404', null, 'a user who is not there has none');
select throws_ok($$ select pg_temp.plan_of('team-cccccccc-cccc-4ccc-8ccc-cccccccccccc') $$, 'PT404', null, 'nor a team');
select pg_temp.later('366 days');
select is(pg_temp.plan_of('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 'free', 'what was paid for ends');
select pg_temp.later('0 days');
update public.profiles set plan_until = null where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select is(pg_temp.plan_of('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 'free', 'what was never paid for never began');
insert into public.teams (id, name, owner_id, plan_until) values ('77777777-7777-4777-8777-777777777777', 'Shop', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', now() + interval '1 day');
select is(pg_temp.plan_of('team-77777777-7777-4777-8777-777777777777'), 'team', 'a team has its own');
select is((select array_agg(row(user_id, role)::text) from public.team_members), array['(bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb,owner)'], 'its owner is a member');
select is((select balance from public.credits where scope = 'team-77777777-7777-4777-8777-777777777777'), 0, 'and it has a balance');
update public.profiles set erase_at = now() where user_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
select throws_ok($$ select pg_temp.plan_of('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb') $$, 'PT410', 'This account is being deleted.', 'who is being deleted has none');
select throws_ok($$ select pg_temp.plan_of('team-77777777-7777-4777-8777-777777777777') $$, 'PT410', null, 'nor its team');
update public.profiles set erase_at = null;
select is(public.account('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb') - 'plan', '{"scope": "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb", "balance": 0}', 'the server is told of an account');
select is(public.account('visit') #>> '{plan,id}', 'guest', 'and of a visit');

-- How large photos are worked on.
create function pg_temp.processed(scope text) returns text language sql as $$ select public.account(scope) #>> '{plan,processed_pixels}' $$;
update public.profiles set plan_until = now() + interval '1 day' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
insert into public.settings (scope, full_resolution) values ('visit', true), ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true);
select is(pg_temp.processed('visit'), '12000000', 'those of a visit are made smaller, whatever is set');
select is(pg_temp.processed('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), '12000000', 'those of a free plan, too');
select is(pg_temp.processed('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), null, 'those of who pays stay as they are');
update public.settings set full_resolution = false where scope = 'visit';
select is(pg_temp.processed('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), null, 'whatever others have set');
insert into public.settings (scope) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is(pg_temp.processed('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), null, 'and with other settings');
update public.settings set full_resolution = false where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
update public.plans set processed_pixels = 9000000 where id = 'free';
select is(pg_temp.processed('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), '9000000', 'unless full resolution is turned off: then they are as in the free plan');
update public.plans set processed_pixels = 12000000 where id = 'free';
delete from public.settings;
update public.profiles set plan_until = null where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';

-- Limits.
select lives_ok($$ select pg_temp.admit('visit', 6000, 6000, 20000000) $$, 'a visit brings 36 MP of 20 MB');
select throws_ok($$ select pg_temp.admit('visit', 6001, 100, 1) $$, 'PT413', 'This photo has 6001 x 100 pixels; your plan takes up to 36 MP and 6000 pixels a side.', 'no longer side');
select throws_ok($$ select pg_temp.admit('visit', 100, 6001, 1) $$, 'PT413', null, 'upright neither');
select throws_ok($$ select pg_temp.admit('visit', 100, 100, 20000001) $$, 'PT413', 'This file has 21 MB; your plan takes up to 20 MB.', 'no more bytes');
update public.plans set max_side = 100000 where id = 'guest';
select throws_ok($$ select pg_temp.admit('visit', 50000, 50000, 1) $$, 'PT413', null, 'no more pixels');
update public.profiles set plan_until = now() + interval '1 day' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
update public.plans set storage_bytes = 5000, credits_per_matte = 0 where id = 'paid';
select lives_ok($$ select pg_temp.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 10, 10, 3000) $$, 'a library takes what there is room for');
select throws_ok($$ select pg_temp.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 10, 10, 3000) $$, 'PT413', 'Your library is full. Delete what you do not need, or take a larger plan.', 'and no more');
insert into public.mattes (image_id, key, bucket, path, bytes) select id, 'k', 'user-library', 'm', 1000 from public.images where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select is(private.stored_bytes('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 4000::bigint, 'mattes count');
select public.finish((j ->> 'id')::uuid, 1, pg_temp.made()) from (select public.start('w', (select id from public.jobs where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')) j) s;
select is(private.stored_bytes('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 4009::bigint, 'and versions');
select is(private.stored_bytes('visit'), 0::bigint, 'what is kept for a while does not');
update public.plans set storage_bytes = null where id = 'paid';
select lives_ok($$ select pg_temp.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 10, 10, 3000) $$, 'a plan may have no limit');

-- Names, as people sort and look for them.
select is(private.natural_key('IMG_0010 é.JPG'), 'img_000000000010 e.jpg', 'numbers, case and accents');
select is(private.natural_key(''), '', 'no name');
select is(private.natural_key('1234567890123'), '1234567890123', 'long numbers');
select is(private.natural_key('0'), '000000000000', 'nothing');
select is(private.folded('Straße'), 'strasse', 'sharp s');
select is(private.user_of('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'::uuid, 'a scope names a user');
select is(private.user_of('team-77777777-7777-4777-8777-777777777777'), null, 'or not');
select is(private.team_of('team-77777777-7777-4777-8777-777777777777'), '77777777-7777-4777-8777-777777777777'::uuid, 'a team');
select is(private.team_of('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), null, 'or not');
select is(private.moment(private.unix('2026-01-01 00:00:00.5+00')), '2026-01-01 00:00:00.5+00'::timestamptz, 'a moment is the same in both worlds');

-- Nobody is kept from signing up.
delete from public.profiles;
delete from public.plans where id = 'free';
select lives_ok($$ insert into auth.users (id, email) values ('dddddddd-dddd-4ddd-8ddd-dddddddddddd', 'd@example.com') $$, 'a user comes even where plans are missing');
delete from public.teams;
delete from public.plans;
select throws_ok($$ select pg_temp.plan_of('visit') $$, 'PT500', 'There are no plans here. Run supabase/seed.sql.', 'without plans the server is told what to do');

select * from finish();
rollback;
