-- What is kept for a while goes in time: never early, whole, and not while somebody keeps it.
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

select set_config('t.a', pg_temp.done(1, 'white')::text, true);
select is(pg_temp.hours(current_setting('t.a')::uuid), 48.0, 'a result of a visit lasts two days');
select is(pg_temp.photo_hours(), 48.0, 'and its photo');
select pg_temp.later('1 hour');
select set_config('t.b', pg_temp.done(1, 'black')::text, true);
select is(pg_temp.hours(current_setting('t.a')::uuid), 48.0, 'another result moves no clock but its own');
select is(pg_temp.hours(current_setting('t.b')::uuid), 49.0, 'which begins when it is done');
select is(pg_temp.photo_hours(), 49.0, 'and that of the photo, which stays as long as what was made of it');
select pg_temp.later('2 hours');
select pg_temp.admit(1, 'white');
select is(pg_temp.hours(current_setting('t.a')::uuid), 50.0, 'a hit starts the clock anew');
select pg_temp.later('48 hours 59 minutes');
select is(public.claim_expired(), '{"photos": [], "versions": [], "objects": []}', 'nothing is claimed early');
select pg_temp.later('49 hours');
create temporary table claim as select public.claim_expired() as c;
select is((select c -> 'versions' from claim), jsonb_build_array(current_setting('t.b')), 'a version is claimed when its time is over');
select is((select c -> 'photos' from claim), '[]', 'its photo is not');
select is((select array_agg(x order by x) from claim, jsonb_array_elements_text(c -> 'objects') x),
  (select array['outputs-ephemeral/' || job_id || '.png', 'outputs-ephemeral/' || job_id || '.webp'] from public.image_outputs where id = current_setting('t.b')::uuid), 'with its objects');
select is((select status::text from public.jobs where key = 'black'), 'expired', 'its job has expired');
select is((select current_id from public.images), current_setting('t.a')::uuid, 'what is left is shown');
select is(public.claim_expired() -> 'versions', '[]', 'nothing is claimed by two');
select throws_ok($$ select public.keep_days('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', current_setting('t.b')::uuid) $$, 'PT404', null, 'nobody else keeps it');
select throws_ok($$ select public.keep_days('visit', current_setting('t.b')::uuid) $$, 'PT410', 'This was deleted just now: its time was over.', 'what was claimed is not kept any more');
select throws_ok($$ select public.promote_reserve('visit', current_setting('t.b')::uuid) $$, 'PT410', null, 'nor promoted');
select throws_ok($$ select public.promote_commit('visit', current_setting('t.b')::uuid) $$, 'PT410', null, 'nor is that ended');
select isnt(pg_temp.admit(1, 'black'), (select job_id from public.image_outputs where id = current_setting('t.b')::uuid), 'nor hit: it is made anew');
select is(pg_temp.photo_hours(), 97.0, 'and its photo wanted again');
select pg_temp.later('49 hours 5 minutes');
select is(public.claim_expired() -> 'versions', jsonb_build_array(current_setting('t.b')), 'what its claimant left is claimed again');
select is(public.forget_claimed(array[]::uuid[], array[current_setting('t.a'), current_setting('t.b')]::uuid[]), 1, 'what was claimed is forgotten, and that alone');
select is((select array_agg(id) from public.image_outputs), array[current_setting('t.a')::uuid], 'the other is there');

-- A photo with all that is its own.
insert into public.mattes (image_id, key, bucket, path) select id, 'k', 'outputs-ephemeral', 'm.png' from public.images;
insert into public.strokes (image_id, sha256, bucket, path) select id, 's', 'outputs-ephemeral', 's.png' from public.images;
select public.start('w');
select pg_temp.later('97 hours');
delete from claim;
insert into claim select public.claim_expired();
select is((select c -> 'photos' from claim), (select jsonb_agg(id) from public.images), 'a photo is claimed when its time is over');
select is((select c -> 'versions' from claim), '[]', 'what is its own goes along');
select set_eq($$ select x from claim, jsonb_array_elements_text(c -> 'objects') x $$,
  $$ select bucket || '/' || path_original from public.images union values ('outputs-ephemeral/m.png'), ('outputs-ephemeral/s.png')
     union select 'outputs-ephemeral/' || id || kind from public.jobs, (values ('.png'), ('.webp')) k(kind)
       where attempts > 0 $$, 'with every object, also what was under way may have put');
select is((select status::text from public.jobs where key = 'black' and output_id is null order by seq desc limit 1), 'cancelled', 'what was under way is cancelled');
select throws_ok($$ select public.finish(id, fence, pg_temp.made()) from public.jobs where status = 'cancelled' $$, 'PT410', null, 'a worker that comes late is refused');
select is((select count(*)::integer from public.removals r, public.jobs j where j.status = 'cancelled' and r.path in (j.id || '.png', j.id || '.webp')
  and r.noted_at = private.now() + interval '1 hour'), 2, 'and what it may have written is swept later');
select is(public.claim_expired() -> 'photos', '[]', 'no photo is claimed by two');
select throws_ok($$ select public.restore_version('visit', (select id from public.images), current_setting('t.a')::uuid) $$, 'PT404', null, 'what is claimed is not there');
select isnt((select image_id from public.jobs where id = pg_temp.admit(1, 'white')), (select ((c -> 'photos') ->> 0)::uuid from claim), 'the same photo comes in as a new one');
select is((select count(*)::integer from public.images), 2, 'beside the one that goes');
select pg_temp.later('97 hours 5 minutes');
select is(public.claim_expired() -> 'photos', (select c -> 'photos' from claim), 'a photo whose claimant has gone is claimed again');
select is(public.forget_claimed((select array_agg(id) from public.images), array[]::uuid[]), 1, 'and forgotten');
select is((select count(*)::integer from public.images), 1, 'the new one is there');
select is((select count(*)::integer from public.mattes) + (select count(*)::integer from public.strokes) + (select count(*)::integer from public.image_outputs), 0, 'all else has gone');

-- Longer.
select set_config('t.v', pg_temp.done(2, 'white')::text, true);
select throws_ok($$ select public.keep_days('visit', current_setting('t.v')::uuid) $$, 'PT403', 'Sign up to keep results longer.', 'a visit keeps nothing longer');
select pg_temp.later('0 hours');
select set_config('t.v', pg_temp.done(3, 'white', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb')::text, true);
select is(round(((public.keep_days('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', current_setting('t.v')::uuid) ->> 'expires_at')::numeric - extract(epoch from now())) / 3600), 168.0, 'the free plan keeps a result for seven days');
select pg_temp.later('24 hours');
select public.keep_days('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', current_setting('t.v')::uuid);
select is(pg_temp.hours(current_setting('t.v')::uuid), 168.0, 'asked again it is not kept longer');
select is(pg_temp.photo_hours(), 168.0, 'its photo is kept with it');
select is((select count(*)::integer from public.audit_log where action = 'keep_days'), 2, 'each is noted');
select throws_ok($$ select public.keep_days('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', gen_random_uuid()) $$, 'PT404', null, 'what is not there is not kept');
select pg_temp.later('0 hours');
select set_config('t.v', pg_temp.done(4, 'white', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb')::text, true);
update public.profiles set plan_id = 'paid', plan_until = now() + interval '1 day' where user_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
select public.keep_days('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', current_setting('t.v')::uuid);
select is(pg_temp.hours(current_setting('t.v')::uuid), 168.0, 'who pays keeps it as long');

-- The library has no clock.
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 5, 'grant', 'a');
select set_config('t.v', pg_temp.done(5, 'white', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')::text, true);
select public.keep_days('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', current_setting('t.v')::uuid);
select is(pg_temp.hours(current_setting('t.v')::uuid), null, 'nor gets one');
update public.profiles set plan_until = now() where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select pg_temp.later('1000 days');
select public.claim_expired();
select is((select count(*)::integer from public.images where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' and deleting_at is null), 1, 'a library is never swept, even when its plan has ended');
select is(public.claim_expired(0), '{"photos": [], "versions": [], "objects": []}', 'no more is claimed than was asked for');

-- Archive.
select pg_temp.later('0 hours');
update public.profiles set plan_until = now() + interval '1 year' where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select set_config('t.w', pg_temp.done(5, 'black', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')::text, true);
select pg_temp.later('30 days');
select is(public.archive(), 0, 'nothing is archived unless its owner wants it');
insert into public.settings (scope, archive_after_days) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 30);
delete from public.removals;
update public.images set original_gone_at = now() where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select is(public.archive(), 0, 'nor what could not be drawn again, as its original has gone');
update public.images set original_gone_at = null where scope = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select is(public.archive(), 1, 'old versions are archived');
select is((select array_agg(archived_at is not null) from public.image_outputs where id = current_setting('t.v')::uuid), array[true], 'those that are not shown');
select is((select array_agg(path) from public.removals), (select array_agg(path_output) from public.image_outputs where id = current_setting('t.v')::uuid), 'they drop their picture alone');
select is(public.archive(), 0, 'once');

select * from finish();
rollback;
