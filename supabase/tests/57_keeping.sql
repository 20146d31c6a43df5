-- What an owner does not keep: old versions, and originals.
begin;
select plan(29);

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

create function pg_temp.done(n integer, look text, of_scope text) returns uuid language plpgsql as $$
declare j uuid := (public.admit(of_scope, pg_temp.photo(n), pg_temp.recipe(look)) ->> 'id')::uuid;
begin
  return (public.finish(j, (public.start('w', j) ->> 'fence')::bigint, pg_temp.made()) ->> 'version_id')::uuid;
end $$;
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 100, 'grant', 'a');
create function pg_temp.gone(n integer) returns boolean language sql as $$
  select original_gone_at is not null from public.images where sha256 = lpad(n::text, 64, '0')
$$;
create function pg_temp.path(n integer) returns text language sql as $$
  select path_original from public.images where sha256 = lpad(n::text, 64, '0')
$$;
create function pg_temp.versions(of_scope text) returns bigint language sql as $$ select count(*) from public.image_outputs where scope = of_scope $$;

-- Versions.
select pg_temp.done(1, look, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') from unnest(array['a', 'b', 'c', 'd']) look;
select pg_temp.done(1, look, 'visit') from unnest(array['a', 'b', 'c', 'd']) look;
select public.library_prune_all();
select is(pg_temp.versions('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 4::bigint, 'all versions stay where nothing says another thing');
update public.plans set keep_versions = 3 where id = 'paid';
select public.library_prune_all();
select is(pg_temp.versions('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 3::bigint, 'a plan keeps the last ones');
select is(pg_temp.versions('visit'), 4::bigint, 'of its own accounts');
select public.library_set_keep_last('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 5);
select public.library_prune_all();
select is(pg_temp.versions('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 3::bigint, 'whoever wants more');
select public.library_set_keep_last('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 2);
select public.library_prune_all();
select is(pg_temp.versions('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 2::bigint, 'and fewer where its owner wants fewer');
select public.library_set_keep_last('visit', 1);
select public.library_prune_all();
select is(pg_temp.versions('visit'), 1::bigint, 'where the plan says nothing its owner does');
update public.profiles set erase_at = now() where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select public.library_set_keep_last('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1);
select lives_ok('select public.library_prune_all()', 'who is going is left alone');
select is(pg_temp.versions('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 2::bigint, 'as a whole');
update public.profiles set erase_at = null;
update public.plans set keep_versions = null;

-- Originals.
select pg_temp.done(2, 'white', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is(pg_temp.gone(2), false, 'an original stays');
insert into public.settings (scope, keep_original) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', false)
  on conflict (scope) do update set keep_original = false, keep_last = null;
select set_config('t.before', pg_temp.path(2), true);
select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(2), pg_temp.recipe('grey'));
select pg_temp.done(2, 'black', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is(pg_temp.gone(2), false, 'as long as something is under way for it');
select public.cancel('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', id) from public.jobs where key = 'grey';
select is(private.stored_bytes('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 4000036::bigint, 'and counts so long');
select pg_temp.done(2, 'red', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is(pg_temp.gone(2), true, 'where it is not wanted it goes when all is done');
select ok(public.library_leavings(100) ? ('user-library/' || current_setting('t.before')), 'the sweep removes it');
select isnt(pg_temp.path(2), current_setting('t.before'), 'its name is not given again');
select is(private.stored_bytes('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 2000045::bigint, 'it takes no room any more');
select is(public.library_usage('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') #>> '{originals,1}', '2000000', 'and no page says so');
select is(public.library_objects('', 100, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') ? ('user-library/' || pg_temp.path(2)), false, 'no row speaks of an object that is not there');
select is(pg_temp.versions('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 5::bigint, 'what was made of it stays');
select throws_ok($$ select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(2), pg_temp.recipe('blue')) $$, 'PT410', 'The original of this photo was not kept. Drop the photo here again.', 'nothing new is made without it');
select throws_ok($$ select public.retry('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', id) from public.jobs where key = 'grey' $$, 'PT410', null, 'nor tried again');
select lives_ok($$ select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(2), pg_temp.recipe('white')) $$, 'what was made is a hit all the same');
insert into storage.objects (bucket_id, name) values ('user-library', pg_temp.path(2));
select lives_ok($$ select public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', pg_temp.photo(2), pg_temp.recipe('blue')) $$, 'dropped again, it is worked on again');
select is(pg_temp.gone(2), false, 'and is there so long');
select public.finish(id, (public.start('w', id) ->> 'fence')::bigint, pg_temp.made()) from public.jobs where key = 'blue';
select is(pg_temp.gone(2), true, 'and goes once more');

-- One that lies behind another photo stays; so do those of others.
select pg_temp.done(3, 'white', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
update public.images set original_gone_at = null where sha256 = lpad('3', 64, '0');
update public.image_outputs set recipe = '{"background": "picture ' || lpad('3', 64, '0') || '"}' where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' and version = 1 and image_id = (select id from public.images where sha256 = lpad('2', 64, '0'));
select pg_temp.done(3, 'black', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is(pg_temp.gone(3), false, 'a picture behind another one stays');
select is((select count(*) from public.images where scope = 'visit' and original_gone_at is not null), 0::bigint, 'a visit has its clock, not this');

-- Promoted.
update public.profiles set plan_id = 'free';
select set_config('t.v', pg_temp.done(4, 'white', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')::text, true);
update public.profiles set plan_id = 'paid' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select is(pg_temp.gone(4), false, 'what passes has its clock, not this');
select public.promote_reserve('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.v')::uuid);
select public.promote_commit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.v')::uuid);
select is(pg_temp.gone(4), true, 'but in the library it goes');
select is((select bucket from public.images where sha256 = lpad('4', 64, '0')), 'user-library', 'with what was kept of it');

select * from finish();
rollback;
