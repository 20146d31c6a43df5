-- Programs are told when a job ends: in the same transaction, and until they have taken it.
begin;
select plan(33);

create function pg_temp.photo(n integer) returns jsonb language sql as $$
  select jsonb_build_object('id', gen_random_uuid(), 'sha256', lpad(n::text, 64, '0'), 'mime', 'image/jpeg',
    'extension', 'jpg', 'width', 4000, 'height', 3000, 'bytes', 2000000, 'name', n || '.jpg')
$$;
create function pg_temp.admitted(n integer, of_scope text) returns uuid language sql as $$
  select (public.admit(of_scope, pg_temp.photo(n), '{"key": "k", "op_key": "cut~k", "recipe": "{\"model\": \"u2net\"}"}') ->> 'id')::uuid
$$;
create function pg_temp.opened(n integer, of_scope text) returns uuid language sql as $$
  select (public.intake_open(jsonb_build_object('id', replace(gen_random_uuid()::text, '-', ''), 'scope', of_scope,
    'sha256', lpad(n::text, 64, '0'), 'bytes', 2000000, 'width', 4000, 'height', 3000, 'name', n || '.jpg', 'key', 'k',
    'op_key', 'cut~k', 'recipe', '{"model": "u2net"}', 'spot', gen_random_uuid()::text, 'token', '')) ->> 'id')::uuid
$$;
create function pg_temp.later(by interval) returns void language plpgsql as $$
begin
  execute format('create or replace function private.now() returns timestamptz language sql stable set search_path = '''' as %L',
    format('select pg_catalog.now() + %L::interval', by));
end $$;
create function pg_temp.kept(address text, of_scope text default 'v') returns jsonb language sql as $$
  select public.hook_keep(jsonb_build_object('id', gen_random_uuid(), 'scope', of_scope, 'address', address))
$$;
-- What waits to be told, and forget it.
create function pg_temp.told() returns text language sql as $$
  with gone as (delete from public.calls returning task_id, status, hook_id)
  select string_agg(format('%s %s', g.status, g.task_id), ', ' order by g.status) from gone g
$$;

-- Addresses.
select is((pg_temp.kept('https://a.example') - 'id') - 'created_at',
  '{"scope": "v", "address": "https://a.example", "failures": 0, "says": "", "disabled_at": null}', 'an address is kept');
select throws_ok($$ select pg_temp.kept('https://a.example') $$, 'PT409', null, 'once');
select throws_ok($$ insert into public.hooks (id, scope, address, created_at) values (gen_random_uuid(), 'v', 'https://a.example', now()) $$, '23505', null, 'however it is written');
select throws_ok($$ select pg_temp.kept('http://a.example') $$, '23514', null, 'and nothing is told in clear');
select lives_ok($$ select pg_temp.kept('https://a.example', 'w') $$, 'others may tell it, too');
select throws_ok($$ insert into public.hooks (id, scope, address, created_at) select id, 'x', 'https://x.example', now() from public.hooks limit 1 $$, '23505', null, 'each has a name of its own');
select throws_ok($$ insert into public.calls (hook_id, task_id, status, created_at, due_at) values (gen_random_uuid(), gen_random_uuid(), 'done', now(), now()) $$, '23503', null, 'nothing is told to nobody');
select throws_ok(format('select public.hook_remove(%L, %L)', 'x', (select id from public.hooks where scope = 'w')), 'PT404', null, 'nobody removes what is of others');
select lives_ok(format('select public.hook_remove(%L, %L)', 'w', (select private.hex(id) from public.hooks where scope = 'w')), 'but what is theirs');
select count(pg_temp.kept('https://many.example/' || n, 'w')) from generate_series(1, 5) n;
select throws_ok($$ select pg_temp.kept('https://many.example/6', 'w') $$, 'PT409', null, 'five and no more');
select is((select count(*)::integer from public.hook_all('w')), 5, 'they are listed');

-- What is told.
create temporary table j as select pg_temp.admitted(1, 'v') as id;
select public.start('me');
select is(pg_temp.told(), null, 'a job that goes on is not told');
select public.cancel('v', id) from j;
select is(pg_temp.told(), format('cancelled %s', id), 'one that ends is') from j;
create temporary table t as select pg_temp.opened(2, 'v') as id, pg_temp.opened(2, 'v') as second;
create temporary table k as select pg_temp.admitted(2, 'v') as id;
select public.intake_claim('v', private.hex(id)) from t;
select public.intake_end(private.hex(t.id), 1, 'queued', '', private.hex(k.id)) from t, k;
select is(pg_temp.told(), null, 'an announcement that is queued is not told');
select public.cancel('v', id) from k;
select is(pg_temp.told(), format('cancelled %s', id), 'but its end, by its own name') from t;
select public.intake_claim('v', private.hex(second)) from t;
select public.intake_end(private.hex(t.second), 1, 'queued', '', private.hex(k.id)) from t, k;
select is(pg_temp.told(), format('cancelled %s', second), 'also where the job had ended before') from t;
create temporary table e as select pg_temp.opened(3, 'v') as id;
select public.intake_cancel('v', private.hex(id)) from e;
select is(pg_temp.told(), format('cancelled %s', id), 'and where there never was a job') from e;
update public.intakes set says = 'again' where id = (select id from e);
select is(pg_temp.told(), null, 'once');
select public.cancel('x', pg_temp.admitted(4, 'x'));
select is(pg_temp.told(), null, 'nobody is told of what is of others');

-- Until it is taken.
select public.cancel('v', pg_temp.admitted(5, 'v'));
create temporary table c as select m ->> 'id' as id, m from public.hook_claim(9) m;
select is((select m - 'id' - 'hook_id' - 'task_id' - 'created_at' from c), '{"scope": "v", "address": "https://a.example", "status": "cancelled", "attempts": 1}', 'a message is taken in hand');
select is((select count(*)::integer from public.hook_claim(9)), 0, 'by one');
select public.hook_failed(id, 1, 'away', false) from c;
select pg_temp.later('4 seconds');
select is((select count(*)::integer from public.hook_claim(9)), 0, 'what failed waits');
select pg_temp.later('5 seconds');
select is((select m ->> 'attempts' from public.hook_claim(9) m), '2', 'and is tried again');
select is((select (failures, says)::text from public.hooks where scope = 'v'), '(1,away)', 'why it failed is known');
select public.hook_failed(id, 1, 'late', false) from c;
select is((select says from public.hooks where scope = 'v'), 'away', 'who comes late says nothing');
select public.hook_sent(id) from c;
select is((select (failures, says)::text from public.hooks where scope = 'v'), '(0,"")', 'what was taken makes good');
select is((select count(*)::integer from public.calls), 0, 'and is gone');
select public.cancel('v', pg_temp.admitted(6, 'v'));
select public.cancel('v', pg_temp.admitted(7, 'v'));
update public.calls set attempts = 8;
select public.hook_failed(private.hex((select id from public.calls order by id limit 1)), 8, 'away for long', false);
select ok((select disabled_at is not null from public.hooks where scope = 'v'), 'after eight tries an address is told no more');
select is((select count(*)::integer from public.calls), 0, 'not of anything that waits');
select public.cancel('v', pg_temp.admitted(8, 'v'));
select is(pg_temp.told(), null, 'nor of what comes');

-- Who goes takes them along.
insert into auth.users (id, email) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'ann@example.com');
select pg_temp.kept('https://a.example', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.calls (hook_id, task_id, status, created_at, due_at)
  select id, gen_random_uuid(), 'done', now(), now() from public.hooks where scope like 'aaaa%';
select public.erase_mark('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
select is((select count(*)::integer from public.hooks where scope like 'aaaa%'), 0, 'who is to go is told nothing');
select is((select count(*)::integer from public.calls), 0, 'and nothing waits for them');
select throws_ok($$ insert into public.calls (id, hook_id, task_id, status, created_at, due_at)
  select '10000000-0000-4000-8000-000000000001', id, gen_random_uuid(), 'done', now(), now() from public.hooks h, generate_series(1, 2) where scope = 'w' $$, '23505', null, 'each message has a name of its own');
select * from finish();
rollback;
