-- What owners read of their own books, and whom an address belongs to.
begin;
select plan(15);

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'ann@example.com'),
  ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'bob@example.com');
insert into auth.users (id, is_anonymous) values ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', true);
update public.profiles set plan_id = 'paid', plan_until = 'infinity';
create function pg_temp.become(who text) returns void language sql as $$
  select set_config('request.jwt.claims', json_build_object('sub', who, 'role', 'authenticated')::text, true)
$$;
create function pg_temp.ids(lines jsonb) returns bigint[] language sql as $$
  select array_agg((line ->> 'id')::bigint order by at) from jsonb_array_elements(lines) with ordinality x(line, at)
$$;

select is(public.scope_of(' Ann@Example.com '), 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'an address is somebody''s, however it is written');
select throws_ok($$ select public.scope_of('nobody@example.com') $$, 'PT404', 'Nobody has an account with this address.', 'or nobody''s');
select throws_ok($$ select public.scope_of(null) $$, 'PT404', null, 'and no address is');

select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 20, 'grant', 'month:2026-11');
select public.grant_credits('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 3, 'grant', 'b', 'Sorry for yesterday');
select public.grant_credits('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 7, 'grant', 'b');
select set_config('t.job', public.admit('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
  jsonb_build_object('id', gen_random_uuid(), 'sha256', repeat('1', 64), 'mime', 'image/jpeg', 'extension', 'jpg',
    'width', 40, 'height', 30, 'bytes', 20, 'name', 'vase.jpg'),
  '{"key": "white", "op_key": "cut:white", "recipe": "{\"model\": \"u2net\"}"}') ->> 'id', true);

select throws_ok($$ select public.statement() $$, 'PT403', 'Sign in first.', 'a statement is somebody''s');
select pg_temp.become('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
create temporary table s as select public.statement() as lines;
select is((select lines #> '{0}' from s) - array['id', 'at'], '{"kind": "hold", "amount": -1, "balance": 22, "item": "u2net", "state": "held", "reason": null, "monthly": false, "kept": false, "photo": "vase.jpg"}', 'what a photo costs is named for it');
select is((select lines #> '{1}' from s) - array['id', 'at'], '{"kind": "grant", "amount": 3, "balance": 23, "item": null, "state": null, "reason": "Sorry for yesterday", "monthly": false, "kept": false, "photo": null}', 'a grant has the words of who gave it');
select is((select lines #> '{2,monthly}' from s), 'true', 'that of the month is known');
select is((select jsonb_array_length(lines) from s), 3, 'and nobody else''s are there');
select is((select lines #>> '{0,at}' from s)::float8, extract(epoch from now())::float8, 'each has its time');
select is(pg_temp.ids(public.statement(null, 2)), (select (pg_temp.ids(lines))[1:2] from s), 'as many as are asked for');
select is(pg_temp.ids(public.statement((select (lines #>> '{1,id}')::bigint from s))), (select (pg_temp.ids(lines))[3:3] from s), 'and then the older ones');
select is(public.statement(null, -1), '[]', 'or none');
select pg_temp.become('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
select is(public.statement() #> '{0,amount}', '7', 'others have their own');
select pg_temp.become('cccccccc-cccc-4ccc-8ccc-cccccccccccc');
select throws_ok($$ select public.statement() $$, 'PT403', null, 'a visitor has none');
update public.profiles set erase_at = now() where user_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
select throws_ok($$ select public.scope_of('ann@example.com') $$, 'PT410', 'This account is being deleted.', 'who leaves is given nothing any more');

select * from finish();
rollback;
