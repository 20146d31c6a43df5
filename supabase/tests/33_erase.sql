-- Delete all my data: marked, objects, rows, user; what the books keep, nobody can tell whose it was.
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
select pg_temp.house('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1), pg_temp.house('team-77777777-7777-4777-8777-777777777777', 2);
update public.profiles set plan_id = 'paid', plan_until = now() + interval '1 day' where user_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
select public.grant_credits('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 9, 'grant', 'a');
select pg_temp.house('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 3);
insert into auth.sessions (id, user_id) values (gen_random_uuid(), 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), (gen_random_uuid(), 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
insert into storage.objects (bucket_id, name) select bucket, path from private.objects_of(array(select id from public.images));
insert into storage.objects (bucket_id, name) values ('user-library', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' || '/orphan.png');
select public.start('w');
select set_config('t.account', (select account::text from public.credits where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), true);
select set_config('t.lines', (select count(*)::text from public.credit_ledger), true);

insert into public.team_members values ('77777777-7777-4777-8777-777777777777', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'viewer');
select throws_ok($$ select public.erase_mark('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'PT409', 'Others are in your team. Hand it over, or take them out, first.', 'nobody takes a team along that others are in');
delete from public.team_members where user_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
select throws_ok($$ select public.erase_mark('visit') $$, 'PT404', null, 'a visit has no account');
select throws_ok($$ select public.erase_mark('team-77777777-7777-4777-8777-777777777777') $$, 'PT404', null, 'nor does a team erase itself');
select throws_ok($$ select public.erase_objects('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'PT409', 'This account is not marked to be deleted.', 'nothing is removed of who is not marked');
select throws_ok($$ select public.erase_rows('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'PT409', null, 'nor forgotten');
select is((select count(*)::integer from public.erasing()), 0, 'nobody is to go');
select is(public.erase_mark('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), private.unix(now()), 'who wants to go is marked at once');
select pg_temp.later('1 minute');
select is(public.erase_mark('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), private.unix(now()), 'once');
select is((select count(*)::integer from public.audit_log where action = 'erase'), 1, 'which is noted');
select results_eq('select public.erasing()', array['{"user_id": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "scopes": ["aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "team-77777777-7777-4777-8777-777777777777"]}']::jsonb[], 'with the team it is alone in');
select is((select count(*)::integer from auth.sessions where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 0, 'every session ends');
select is((select count(*)::integer from auth.sessions), 1, 'of this user');
select is((select array_agg(scope) from public.api_keys), array['bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'], 'every key');
select is((select array_agg(scope) from public.share_links), array['bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'], 'every link');
select is((select count(*)::integer from public.jobs where scope in ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'team-77777777-7777-4777-8777-777777777777') and status in ('queued', 'running')), 0, 'all that was under way');
select is((select count(*)::integer from public.syncs where expires_at > private.now() and scope <> 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 0, 'and every door');
select is((select count(*)::integer from public.credit_ledger l join public.credits c using (account) where state = 'held' and c.scope <> 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 0, 'nothing is held any more');
select throws_ok($$ select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(9), pg_temp.recipe('x')) $$, 'PT410', 'This account is being deleted.', 'nothing comes in');
select throws_ok($$ select public.admit('team-77777777-7777-4777-8777-777777777777', pg_temp.photo(9), pg_temp.recipe('x')) $$, 'PT410', null, 'by the team');
select throws_ok($$ select public.account('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'PT410', null, 'nobody signs in');

-- Objects, then rows.
select set_eq($$ select public.erase_objects('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, $$ select bucket_id || '/' || name from storage.objects
  where name like 'aaaa%' $$, 'every object is told, those that no row speaks of, too');
select is((select count(*)::integer from public.erase_objects('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 2)), 2, 'some at a time');
select throws_ok($$ select public.erase_rows('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'PT409', 'There are objects left. They go first.', 'rows are forgotten when all objects are gone');
set local storage.allow_delete_query = 'true';
delete from storage.objects where name like 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' || '%' or name like 'team-77777777-7777-4777-8777-777777777777%';
select is((select count(*)::integer from public.erase_objects('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')), 0, 'what was removed is told no more');
select lives_ok($$ select public.erase_rows(one) from unnest(array['aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'team-77777777-7777-4777-8777-777777777777']) one $$, 'then they go');
select lives_ok($$ select public.erase_rows('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'and again, where somebody was killed');
select is((select count(*)::integer from public.erasing()), 1, 'the user goes last');
select lives_ok($$ delete from auth.users where id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' $$, 'and can');
select is((select count(*)::integer from public.erasing()), 0, 'then all is done');
set constraints all immediate;
-- Nothing is left but the books.
create function pg_temp.left_of(word text) returns setof text language plpgsql as $$
declare t regclass; n integer;
begin
  for t in select c.oid from pg_class c where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace, 'storage'::regnamespace, 'pgmq'::regnamespace) loop
    execute format('select count(*) from %s t where t::text like %L', t, '%' || word || '%') into n;
    if n > 0 then return next t::text; end if;
  end loop;
end $$;
select is_empty($$ select pg_temp.left_of('aaaaaaaa-aaaa') $$, 'no table knows the user');
select is_empty($$ select pg_temp.left_of('ann@example.com') $$, 'nor its address');
select is_empty($$ select pg_temp.left_of('77777777-7777') $$, 'nor the team');
select set_eq($$ select pg_temp.left_of(current_setting('t.account')) $$, array['credit_ledger', 'audit_log'], 'the books keep their lines under a pseudonym');
select cmp_ok((select count(*) from public.credit_ledger), '>=', current_setting('t.lines')::bigint, 'all of them');
select is((select count(*)::integer from public.images) + (select count(*)::integer from public.collections) + (select count(*)::integer from public.settings)
  + (select count(*)::integer from public.api_keys) + (select count(*)::integer from public.share_links) + (select count(*)::integer from public.profiles)
  + (select count(*)::integer from public.pauses) + (select count(*)::integer from public.entries) + (select count(*)::integer from public.syncs), 9, 'what another has is all there');
select is((select count(*)::integer from public.removals where path = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' || '/gone.png'), 1, 'and goes in its own time');

select * from finish();
rollback;
