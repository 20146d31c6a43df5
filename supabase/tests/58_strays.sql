-- Objects that no row speaks of go when they are a day old.
begin;
select plan(15);

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
create function pg_temp.put(at_bucket text, at_path text) returns void language sql as $$
  insert into storage.objects (bucket_id, name, created_at) values (at_bucket, at_path, now())
$$;
create function pg_temp.noted() returns text[] language sql as $$
  select coalesce(array_agg(bucket || '/' || path order by path), '{}') from public.removals where removed_at is null
$$;

-- A library with one object of each kind, a visit, a sync, and strays.
select pg_temp.done(1, 'white', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select pg_temp.done(1, 'white', 'visit');
insert into public.mattes (image_id, key, bucket, path) select id, 'm', 'user-library', 'm.png' from public.images where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
insert into public.strokes (image_id, sha256, bucket, path) select id, 's', 'user-library', 's.png' from public.images where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
insert into public.jobs (id, scope, image_id, status, input_sha256, key, op_key, recipe) select '99999999-9999-4999-8999-999999999999', scope, id, 'awaiting_upload', sha256, 'k', 'k', '{}' from public.images where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
insert into public.syncs (scope, job_id, sizes, path_original, path_output, thumbnail_path, expires_at) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '99999999-9999-4999-8999-999999999999', '{}', 'sync-o.png', 'sync-p.png', 'sync-t.webp', now());
select pg_temp.put(bucket, path_original) from public.images;
select pg_temp.put(bucket, unnest(array[path_output, thumbnail_path])) from public.image_outputs;
select pg_temp.put('user-library', unnest(array['m.png', 's.png', 'sync-o.png', 'sync-p.png', 'sync-t.webp']));
select pg_temp.put('user-library', 'b-stray.png'), pg_temp.put('outputs-ephemeral', 'b-stray.png');

select is(public.note_strays('user-library/'), '{"noted": 0, "after": null}', 'what is young may still get its row');
select pg_temp.later('23 hours 59 minutes');
select is(public.note_strays('user-library/') ->> 'noted', '0', 'for a day');
select pg_temp.later('24 hours');
select is(public.note_strays('user-library/'), '{"noted": 1, "after": null}', 'then it goes');
select is(pg_temp.noted(), array['user-library/b-stray.png'], 'and nothing that a row speaks of');
select is(public.note_strays('user-library/') ->> 'noted', '0', 'it is noted once');
select is(public.note_strays('') ->> 'noted', '1', 'in each bucket');
select is(public.note_strays('uploads-ephemeral/') ->> 'noted', '0', 'once');
select public.library_cleared(array['user-library/b-stray.png']);
select is(public.note_strays('user-library/') ->> 'noted', '1', 'what was put under an old name goes, too');

-- In order, a page at a time.
delete from public.removals;
select is(public.note_strays('user-library/b', 1), '{"noted": 1, "after": "user-library/b-stray.png"}', 'a page tells where it ended');
select is(public.note_strays('user-library/b-stray.png', 1), '{"noted": 0, "after": "user-library/m.png"}', 'the next goes on there');
select is(public.note_strays('user-library/sync-t.webp', 1), '{"noted": 0, "after": null}', 'the last says so');

-- What no row speaks of any more.
update public.image_outputs set archived_at = now() where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select is(public.note_strays('user-library/') ->> 'noted', '1', 'an archived picture is not kept');
update public.images set original_gone_at = now() where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select is(public.note_strays('user-library/') ->> 'noted', '1', 'nor an original that is not wanted');
delete from public.syncs;
delete from public.strokes;
select is(public.note_strays('user-library/') ->> 'noted', '4', 'nor what never came, or was painted over');
delete from public.mattes;
select is(public.note_strays('user-library/') ->> 'noted', '1', 'nor a matte of nothing');

select * from finish();
rollback;
