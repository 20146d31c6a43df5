-- A visitor who signs up takes along what there is.
begin;
select plan(17);

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

create function pg_temp.admit(n integer, look text, of_scope text default 'visit') returns uuid language sql as $$
  select (public.admit(of_scope, pg_temp.photo(n), pg_temp.recipe(look)) ->> 'id')::uuid
$$;
create function pg_temp.done(n integer, look text, of_scope text default 'visit') returns uuid language plpgsql as $$
declare j uuid := pg_temp.admit(n, look, of_scope);
begin
  return (public.finish(j, (public.start('w', j) ->> 'fence')::bigint, pg_temp.made()) ->> 'version_id')::uuid;
end $$;
create function pg_temp.hours(output uuid) returns numeric language sql as $$
  select round(extract(epoch from expires_at - now()) / 3600) from public.image_outputs where id = output
$$;
create function pg_temp.photo_hours() returns numeric language sql as $$
  select round(extract(epoch from max(expires_at) - now()) / 3600) from public.images
$$;

select set_config('t.v', pg_temp.done(1, 'white')::text, true);
select pg_temp.admit(2, 'white');
select set_config('t.running', public.start('w') ->> 'id', true);
select pg_temp.done(3, 'white');
select pg_temp.admit(3, 'white', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
insert into public.entries (scope, image_id, job_id, name, folder, recipe) select scope, image_id, id, 'a', '', '{}' from public.jobs where scope = 'visit';
insert into public.collections (id, scope, name, name_key) values ('11111111-1111-4111-8111-111111111111', 'visit', 'c', 'c');
insert into public.collection_images (collection_id, image_id, scope, place) select '11111111-1111-4111-8111-111111111111', id, scope, 1 from public.images where scope = 'visit';
insert into public.share_links (scope, output_id, token_hash, expires_at) select scope, id, sha256(id::text::bytea), now() from public.image_outputs where scope = 'visit';
select throws_ok($$ select public.adopt('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'PT403', null, 'nobody takes what a user has');
select throws_ok($$ select public.adopt('team-11111111-1111-4111-8111-111111111111', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') $$, 'PT403', null, 'or a team');
select throws_ok($$ select public.adopt('visit', 'other') $$, 'PT403', 'Only what came with a visit is taken along, and only by a user.', 'nor does a visit take');
select throws_ok($$ select public.adopt('visit', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc') $$, 'PT404', null, 'nor who is not there');
insert into public.intakes (id, scope, said, spot, token, status, says, fence, lease_until, job_id, created_at, updated_at, expires_at)
select gen_random_uuid(), scope, '{}', spot, token, status::public.job_status, '', 0, lease, job, now(), now(), now() + interval '1 hour' from (values
  ('visit', 'waits', 'one', 'awaiting_upload', null::timestamptz, null::uuid),
  ('visit', 'twice named', 'two', 'awaiting_upload', null, null),
  ('visit', 'looked at', 'three', 'verifying', now() + interval '1 minute', null),
  ('visit', 'done', 'four', 'queued', null, (select job_id from public.image_outputs where id = current_setting('t.v')::uuid)),
  ('visit', 'known there', 'five', 'queued', null, (select j.id from public.jobs j where j.scope = 'visit' and j.input_sha256 = lpad('3', 64, '0'))),
  ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'own', 'two', 'awaiting_upload', null, null)) x(scope, spot, token, status, lease, job);
create temporary table clocks as select id, expires_at from public.image_outputs union all select id, expires_at from public.images;
select is(public.adopt('visit', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 2, 'what is new to the user comes along');
select is((select count(*)::integer from public.images where user_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 3, 'photos');
select is((select count(*)::integer from public.image_outputs where scope = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 1, 'versions');
select set_eq($$ select spot, token from public.intakes where scope = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' $$,
  $$ values ('waits', 'one'), ('twice named', ''), ('done', 'four'), ('own', 'two') $$, 'announcements, by names that are their own');
select set_eq($$ select spot from public.intakes where scope = 'visit' $$, array['looked at', 'known there'], 'but those in somebody''s hands, or of what stays');
select is((select count(*)::integer from public.jobs where user_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 3, 'jobs');
select is((select count(*)::integer from public.entries where scope = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 2, 'and the workbench');
select is_empty($$ select c.id from clocks c left join public.image_outputs o using (id) left join public.images i using (id)
  where c.expires_at is distinct from coalesce(o.expires_at, i.expires_at) $$, 'no clock has moved');
select is((select array_agg(scope) from public.collection_images), array['visit'], 'what stays behind stays in its collection, and nothing else does');
select is((select array_agg(scope) from public.share_links), array['visit'], 'nor do links lead to what has changed hands');
select is(public.finish(current_setting('t.running')::uuid, 1, pg_temp.made()) ->> 'scope', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'a worker who had it in hand ends it for the new owner');
select is(public.adopt('visit', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 0, 'once');
select is((select array_agg(detail) from public.audit_log where action = 'adopt'), array['{"photos": 2}', '{"photos": 0}']::jsonb[], 'both are noted');

select * from finish();
rollback;
