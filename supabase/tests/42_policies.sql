-- Whose rows one sees: one's own and those of one's teams, in every table; nobody else's, and no visit's.
begin;
select plan(63);

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

select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 9, 'grant', 'a');
create function pg_temp.done(n integer, look text, of_scope text) returns uuid language plpgsql as $$
declare j uuid := (public.admit(of_scope, pg_temp.photo(n), pg_temp.recipe(look)) ->> 'id')::uuid;
begin
  return (public.finish(j, (public.start('w', j) ->> 'fence')::bigint, pg_temp.made()) ->> 'version_id')::uuid;
end $$;

create function pg_temp.house(of_scope text, n integer) returns void language plpgsql as $$
declare
  v uuid := pg_temp.done(n, 'white', of_scope);
  i public.images;
  j uuid;
  c uuid;
begin
  select * into i from public.images g where g.scope = of_scope and g.current_id = v;
  j := (public.admit(of_scope, pg_temp.photo(n), pg_temp.recipe('black')) ->> 'id')::uuid;
  insert into public.entries (scope, image_id, job_id, name, folder, recipe) values (of_scope, i.id, j, 'a', '', '{}');
  insert into public.mattes (image_id, key, bucket, path) values (i.id, 'k', 'user-library', of_scope || '/m.png') on conflict do nothing;
  insert into public.strokes (image_id, sha256, bucket, path) values (i.id, 's', 'user-library', of_scope || '/s.png');
  insert into public.collections (scope, name, name_key) values (of_scope, 'c', 'c') returning id into c;
  insert into public.collection_images values (c, i.id, of_scope, 1);
  insert into public.share_links (scope, output_id, token_hash, expires_at) values (of_scope, v, sha256(of_scope::bytea), now());
  insert into public.api_keys (scope, name, digest) values (of_scope, 'k', of_scope);
  insert into public.settings (scope) values (of_scope);
  insert into public.pauses (scope) values (of_scope);
  insert into public.ticks (scope, count) values (of_scope, 1) on conflict do nothing;
  insert into public.changes (scope, count) values (of_scope, 1) on conflict do nothing;
  insert into public.departures values (gen_random_uuid(), of_scope, 1);
  insert into public.syncs (scope, job_id, sizes, path_original, path_output, thumbnail_path, expires_at)
    values (of_scope, j, '{}', of_scope || '/so', of_scope || '/sp', of_scope || '/st', now() + interval '1 hour');
  perform private.let_go('user-library', of_scope || '/gone.png');
end $$;

insert into public.teams (id, name, owner_id, plan_until) values ('77777777-7777-4777-8777-777777777777', 'Shop', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', now() + interval '1 month');
select public.grant_credits('team-77777777-7777-4777-8777-777777777777', 9, 'grant', 'a');
select pg_temp.house('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1), pg_temp.house('team-77777777-7777-4777-8777-777777777777', 2), pg_temp.house('visit', 3);
insert into auth.users (id, email, is_anonymous) values ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', null, true);
create table pg_temp.seen (who text, what text, rows integer);
grant insert on pg_temp.seen to public;
create function pg_temp.look(who text) returns void language sql as $$
  insert into pg_temp.seen
  select who, 'profiles', count(*) from public.profiles union all select who, 'teams', count(*) from public.teams
  union all select who, 'team_members', count(*) from public.team_members union all select who, 'settings', count(*) from public.settings
  union all select who, 'api_keys', count(id) from public.api_keys union all select who, 'images', count(*) from public.images
  union all select who, 'image_outputs', count(*) from public.image_outputs union all select who, 'jobs', count(*) from public.jobs
  union all select who, 'mattes', count(*) from public.mattes union all select who, 'strokes', count(*) from public.strokes
  union all select who, 'entries', count(*) from public.entries union all select who, 'collections', count(*) from public.collections
  union all select who, 'collection_images', count(*) from public.collection_images union all select who, 'share_links', count(id) from public.share_links
  union all select who, 'syncs', count(*) from public.syncs union all select who, 'credits', count(*) from public.credits
  union all select who, 'credit_ledger', count(*) from public.credit_ledger union all select who, 'paid_items', count(*) from public.paid_items
  union all select who, 'plans', count(*) from public.plans
$$;
grant execute on function pg_temp.look(text) to public;
create function pg_temp.told(of_who text) returns text language sql as $$
  select string_agg(what || ' ' || rows, ', ' order by what) from pg_temp.seen where who = of_who and rows > 0
$$;

select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select pg_temp.look('ann');
select is((select array_agg(distinct scope) from public.images), array['aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'team-77777777-7777-4777-8777-777777777777'], 'an owner sees own photos, and those of the team');
reset role;
select is(pg_temp.told('ann'), 'api_keys 2, collection_images 2, collections 2, credit_ledger 4, credits 2, entries 2, image_outputs 2, images 2, jobs 4, mattes 2, paid_items 2, plans 4, profiles 1, settings 2, share_links 2, strokes 2, syncs 2, team_members 1, teams 1',
  'and of every other table the same');
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select pg_temp.look('bob');
reset role;
select is(pg_temp.told('bob'), 'credits 1, plans 4, profiles 1', 'another user sees nothing of it');
insert into public.team_members values ('77777777-7777-4777-8777-777777777777', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'viewer');
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select pg_temp.look('member');
select is((select array_agg(scope) from public.images), array['team-77777777-7777-4777-8777-777777777777'], 'a member sees the photos of the team');
reset role;
select is(pg_temp.told('member'), 'api_keys 1, collection_images 1, collections 1, credit_ledger 2, credits 2, entries 1, image_outputs 1, images 1, jobs 2, mattes 1, paid_items 1, plans 4, profiles 1, settings 1, share_links 1, strokes 1, syncs 1, team_members 2, teams 1',
  'and of every other table the same, and nothing of its owner');
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', true);
select pg_temp.look('anonymous');
reset role;
select is(pg_temp.told('anonymous'), 'plans 4', 'a token that says it is anonymous sees nothing, whoever it names');
select pg_temp.become('cccccccc-cccc-4ccc-8ccc-cccccccccccc');
select pg_temp.look('guest');
reset role;
select is(pg_temp.told('guest'), 'plans 4', 'nor does one of an anonymous user that does not say so');
select is((select count(*)::integer from public.profiles where user_id = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc') + (select count(*)::integer from public.credits where scope like 'cccc%'), 0, 'who has no account');
update auth.users set is_anonymous = false where id = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc';
select is((select count(*)::integer from public.profiles where user_id = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc') + (select count(*)::integer from public.credits where scope like 'cccc%'), 2, 'until it signs up');
update public.profiles set erase_at = now() where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select pg_temp.look('leaving');
reset role;
select is(pg_temp.told('leaving'), 'plans 4', 'who is being deleted sees nothing more');
select set_config('request.jwt.claims', '{"role": "authenticated"}', true), set_config('role', 'authenticated', true);
select pg_temp.look('nobody');
reset role;
select is(pg_temp.told('nobody'), 'plans 4', 'a token of nobody sees nothing');
set local role anon;
select is((select count(*)::integer from public.plans), 4, 'a publishable key sees the plans');
select throws_ok(format('select 1 from public.%I', t), '42501', null, 'and not ' || t) from unnest(array['profiles', 'teams', 'team_members', 'settings', 'api_keys', 'images', 'image_outputs',
  'jobs', 'job_moves', 'mattes', 'strokes', 'removals', 'entries', 'collections', 'collection_images', 'share_links', 'syncs', 'pauses', 'ticks', 'departures', 'changes', 'credits',
  'credit_ledger', 'paid_items', 'audit_log']) t;
reset role;
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select throws_ok(format('select 1 from public.%I', t), '42501', null, 'a user does not see ' || t) from unnest(array['job_moves', 'removals', 'pauses', 'ticks', 'departures', 'changes', 'audit_log']) t;
select throws_ok('select digest from public.api_keys', '42501', null, 'nor the digest of a key');
select throws_ok('select token_hash from public.share_links', '42501', null, 'nor the token of a link');
select throws_ok('select password_hash from public.share_links', '42501', null, 'nor its password');
select throws_ok(format('insert into public.%I default values', t), '42501', null, 'and inserts nothing into ' || t) from unnest(array['images', 'jobs', 'credits', 'credit_ledger', 'image_outputs', 'syncs', 'plans', 'profiles']) t;
select throws_ok('update public.credits set balance = 9', '42501', null, 'no balance is raised');
select throws_ok('update public.profiles set plan_id = ''paid''', '42501', null, 'no plan is taken');
select throws_ok('delete from public.images', '42501', null, 'nothing is deleted');
reset role;
set local role service_role;
select throws_ok('update public.credits set balance = 9', '42501', null, 'the server writes by functions, too');
select throws_ok('insert into public.audit_log (action) values (''x'')', '42501', null, 'even what it notes');
select is((select count(*)::integer from public.images), 3, 'and reads everything');
reset role;
select set_eq($$ select schemaname || '.' || tablename || ' ' || policyname || ' ' || cmd || ' ' || array_to_string(roles, ' ') from pg_policies where schemaname in ('public', 'private', 'storage') $$, array[
  'public.plans plans_read SELECT anon authenticated', 'public.profiles profiles_read SELECT authenticated', 'public.teams teams_read SELECT authenticated',
  'public.team_members team_members_read SELECT authenticated', 'public.settings settings_read SELECT authenticated', 'public.images images_read SELECT authenticated',
  'public.image_outputs image_outputs_read SELECT authenticated', 'public.jobs jobs_read SELECT authenticated', 'public.entries entries_read SELECT authenticated',
  'public.collections collections_read SELECT authenticated', 'public.collection_images collection_images_read SELECT authenticated', 'public.credits credits_read SELECT authenticated',
  'public.paid_items paid_items_read SELECT authenticated', 'public.syncs syncs_read SELECT authenticated', 'public.api_keys api_keys_read SELECT authenticated',
  'public.share_links share_links_read SELECT authenticated', 'public.mattes mattes_read SELECT authenticated', 'public.strokes strokes_read SELECT authenticated',
  'public.credit_ledger credit_ledger_read SELECT authenticated', 'storage.objects coveshot_read SELECT authenticated', 'storage.objects coveshot_write INSERT authenticated'], 'there are no other policies');
select is_empty($$ select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity $$, 'and no table without');

select * from finish();
rollback;
