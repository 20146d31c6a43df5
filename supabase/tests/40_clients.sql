-- What a user may change with a token alone, and that it is noted.
begin;
select plan(52);

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

select set_config('t.v', pg_temp.done(1, 'white', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')::text, true);
select set_config('t.photo', (select id::text from public.images), true);
select set_config('t.bobs', (public.admit('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', pg_temp.photo(2), pg_temp.recipe('a')) ->> 'image_id')::uuid::text, true);
insert into public.teams (id, name, owner_id, plan_until) values ('77777777-7777-4777-8777-777777777777', 'Shop', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', now() + interval '1 month');
insert into public.team_members values ('77777777-7777-4777-8777-777777777777', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'viewer');
update public.plans set credits_per_matte = 0;
select set_config('t.teams', (public.admit('team-77777777-7777-4777-8777-777777777777', pg_temp.photo(3), pg_temp.recipe('a')) ->> 'image_id')::uuid::text, true);

-- Nobody, an anonymous user, and one who is being deleted.
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', true);
select throws_ok($$ select public.rename(current_setting('t.photo')::uuid, 'x') $$, 'PT403', 'Sign in first.', 'an anonymous token renames nothing');
select throws_ok($$ select public.trash(array[current_setting('t.photo')::uuid]) $$, 'PT403', null, 'throws nothing away');
select throws_ok($$ select public.collect('x', array[current_setting('t.photo')::uuid]) $$, 'PT403', null, 'collects nothing');
select throws_ok($$ select public.settings() $$, 'PT403', null, 'sets nothing');
select throws_ok($$ select public.export_me() $$, 'PT403', null, 'gets nothing');
select throws_ok($$ select public.sync_open(repeat('a', 64), '{}', '{}') $$, 'PT403', null, 'opens nothing');
select throws_ok($$ select public.sync_done(gen_random_uuid()) $$, 'PT403', null, 'and ends nothing');
reset role;
update public.profiles set erase_at = now() where user_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select throws_ok($$ select public.settings() $$, 'PT403', null, 'nor does somebody who is being deleted');
reset role;
update public.profiles set erase_at = null;

-- Names.
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is(public.rename(current_setting('t.photo')::uuid, 'Vase 10') ->> 'name', 'Vase 10', 'an own photo is renamed');
select is((select name_key from public.images where id = current_setting('t.photo')::uuid), 'vase 000000000010', 'and sorted by its name');
select throws_ok($$ select public.rename(current_setting('t.photo')::uuid, repeat('x', 256)) $$, 'PT422', 'A name has at most 255 characters.', 'a name is no novel');
select throws_ok($$ select public.rename(current_setting('t.photo')::uuid, null) $$, 'PT422', null, 'but there is one');
select throws_ok($$ select public.rename(current_setting('t.bobs')::uuid, 'x') $$, 'PT404', 'This is not here (any more).', 'the photo of another is not there');
select throws_ok($$ select public.rename(gen_random_uuid(), 'x') $$, 'PT404', 'This is not here (any more).', 'as one that was never there');
select is(public.rename(current_setting('t.teams')::uuid, 'Ours') ->> 'name', 'Ours', 'a photo of the team is renamed by its owner');
reset role;
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select throws_ok($$ select public.rename(current_setting('t.teams')::uuid, 'x') $$, 'PT404', null, 'not by who may only look');
select is(public.trash(array[current_setting('t.teams'), current_setting('t.photo')]::uuid[]), 0, 'nor thrown away');
select is(public.collect('x', array[current_setting('t.teams'), current_setting('t.photo')]::uuid[]), 0, 'nor collected');
reset role;
update public.team_members set role = 'editor' where user_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select is(public.rename(current_setting('t.teams')::uuid, 'Edited') ->> 'name', 'Edited', 'but by an editor');

-- The trash.
select is(public.trash(array[current_setting('t.bobs'), current_setting('t.photo')]::uuid[]), 1, 'own photos go to the trash, alone');
select is(public.trash(array[current_setting('t.bobs')]::uuid[]), 0, 'once');
select is(public.trash(array[current_setting('t.bobs')]::uuid[], false), 1, 'and come back');
select is(public.trash(array[current_setting('t.bobs')]::uuid[], false), 0, 'once, too');

-- Collections.
select is(public.collect(' Spring   2026 ', array[current_setting('t.bobs'), current_setting('t.photo'), current_setting('t.bobs')]::uuid[]), 1, 'own photos are collected');
select is(public.collect('SPRING 2026', array[current_setting('t.bobs')]::uuid[]), 0, 'once, under a name in any case');
select is((select name || '|' || (name_key collate "default") from public.collections where name like 'Spring%'), 'Spring 2026|spring 2026', 'which is tidy');
select is(public.collect('spring 2026', array[current_setting('t.bobs')]::uuid[], false), 1, 'and taken out again');
select is(public.collect('autumn', array[current_setting('t.bobs')]::uuid[], false), 0, 'out of nothing comes nothing');
select is((select count(*)::integer from public.collections where name_key = 'autumn'), 0, 'and no collection');
select throws_ok($$ select public.collect('  ', array[current_setting('t.bobs')]::uuid[]) $$, 'PT422', 'A collection needs a name of at most 200 characters.', 'a collection has a name');
select throws_ok($$ select public.collect(repeat('x', 201), array[current_setting('t.bobs')]::uuid[]) $$, 'PT422', null, 'not an endless one');

-- Settings.
select is(public.settings(), '{"keep_last": null, "keep_original": true, "full_resolution": true, "archive_after_days": null}', 'the usual settings');
select is(public.settings('{"keep_last": 3, "keep_original": false}') ->> 'keep_last', '3', 'some are changed');
select is(public.settings('{"archive_after_days": 30}'), '{"keep_last": 3, "keep_original": false, "full_resolution": true, "archive_after_days": 30}', 'the others stay');
select throws_ok($$ select public.settings('{"scope": "x"}') $$, 'PT422', 'There is no such setting.', 'what is no setting is not set');
select throws_ok($$ select public.settings('{"keep_last": 0}') $$, '23514', null, 'at least one version is kept');
select throws_ok($$ select public.settings('{"archive_after_days": 0}') $$, '23514', null, 'and for a day');

-- Everything of one's own.
reset role;
insert into public.intakes (id, scope, said, spot, token, status, says, fence, created_at, updated_at, expires_at) values
  (gen_random_uuid(), 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', '{}', 'the spot', 'the token', 'awaiting_upload', '', 0, now(), now(), now()),
  (gen_random_uuid(), 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '{}', 'other', '', 'cancelled', '', 0, now() - interval '1 hour', now(), now());
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select set_config('t.export', public.export_me()::text, true);
select ok(current_setting('t.export') not like '%aaaaaaaa-aaaa%' and current_setting('t.export') not like '%Vase%', 'an export has nothing of another');
select set_eq($$ select jsonb_object_keys(current_setting('t.export')::jsonb) $$, array['profile', 'settings', 'credits', 'ledger', 'audit', 'photos', 'versions', 'jobs', 'announcements', 'workbench', 'collections', 'api_keys', 'told_addresses', 'share_links', 'teams'], 'and all of one''s own');
select is(jsonb_array_length(current_setting('t.export')::jsonb -> 'photos'), 1, 'the photo is in it');
select is(current_setting('t.export')::jsonb -> 'announcements' -> 0 -> 'status', '"awaiting_upload"', 'what is announced');
select ok(current_setting('t.export') not like '%the spot%' and current_setting('t.export') not like '%the token%', 'without where it comes in');
select ok(current_setting('t.export')::jsonb -> 'collections' @> '[{"name": "Spring 2026", "photos": []}]', 'and the collection');
reset role;
insert into public.api_keys (scope, name, digest) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'k', 'the digest');
insert into public.share_links (scope, output_id, token_hash, password_hash, expires_at) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.v')::uuid, 'hash', 'the password', now());
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select set_config('t.export', public.export_me()::text, true);
select ok(current_setting('t.export') not like '%the digest%' and current_setting('t.export') not like '%the password%' and current_setting('t.export') not like '%token_hash%', 'no secret is in an export');
select is(jsonb_array_length(current_setting('t.export')::jsonb -> 'ledger'), 2, 'but the ledger is');
select is(jsonb_array_length(current_setting('t.export')::jsonb -> 'versions'), 1, 'the versions are');
select is(jsonb_array_length(current_setting('t.export')::jsonb -> 'teams'), 1, 'and the teams');

-- All of it was noted, under a pseudonym.
reset role;
select set_eq($$ select distinct action from public.audit_log $$, array['credits', 'rename', 'trash', 'take_back', 'collect', 'settings', 'export'], 'everything was noted');
select is_empty($$ select a.id from public.audit_log a where account is null or a::text ~ '[ab]{8}-' $$, 'by whom nobody else can tell');

-- A library whose plan has ended.
update public.profiles set plan_until = now() - interval '1 day' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select throws_ok($$ select public.rename(current_setting('t.photo')::uuid, 'x') $$, 'PT403', 'Your plan has ended: this library can be read and downloaded. Renew it to go on.', 'is not changed');
select is((select name from public.images where id = current_setting('t.photo')::uuid), 'Vase 10', 'but read');
select is(public.trash(array[current_setting('t.photo')]::uuid[]), 1, 'and may be deleted');

select * from finish();
rollback;
