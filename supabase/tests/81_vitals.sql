-- What waits is counted, and since when: what is held back is not in the line.
begin;
select plan(7);

create function pg_temp.photo(n integer) returns jsonb language sql as $$
  select jsonb_build_object('id', gen_random_uuid(), 'sha256', lpad(n::text, 64, '0'), 'mime', 'image/jpeg',
    'extension', 'jpg', 'width', 4000, 'height', 3000, 'bytes', 2000000, 'name', n || '.jpg')
$$;
create function pg_temp.admitted(n integer, of_scope text) returns text language sql as $$
  select public.admit(of_scope, pg_temp.photo(n), '{"key": "k", "op_key": "cut~k", "recipe": "{\"model\": \"u2net\"}"}') ->> 'id'
$$;
insert into auth.users (id, email) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'ann@example.com');
update public.profiles set plan_id = 'paid', plan_until = now() + interval '1 year';
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 5, 'grant', 'a');

select is(public.library_vitals(), '{"jobs": {}, "age": 0, "held": 0}', 'nothing waits');
create temporary table t as select pg_temp.admitted(n, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa') as id from generate_series(1, 2) n;
select is(public.library_vitals() - 'age', '{"jobs": {"queued": 2}, "held": 2}', 'what waits is counted, and what it holds');
update public.jobs set updated_at = private.now() - interval '90 seconds' where id = (select min(id)::uuid from t);
select is(public.library_vitals() -> 'age', '90', 'and how long the first has waited');
select public.start('w');
select is(public.library_vitals() -> 'jobs', '{"queued": 1, "running": 1}', 'and what is in hand');
update public.jobs set updated_at = private.now() - interval '30 seconds' where status = 'queued';
update public.images set deleted_at = now() where id = (select image_id from public.jobs where status = 'queued');
select is(public.library_vitals() -> 'age', '0', 'what is in the trash waits for nothing');
update public.jobs set priority = 2 where status = 'queued';
select is(public.library_vitals() -> 'age', '30', 'unless somebody waits for it');
select public.intake_open(jsonb_build_object('id', '10000000000040008000000000000001', 'scope', 'visit',
  'sha256', repeat('a', 64), 'bytes', 9, 'width', 4, 'height', 3, 'name', 'a.jpg', 'key', 'k', 'op_key', 'cut~k',
  'recipe', '{"model": "u2net"}', 'spot', 'spot', 'token', ''));
select is(public.library_vitals() #> '{jobs,awaiting_upload}', '1', 'and what is announced');
select * from finish();
rollback;
