-- The credits of a month come once.
begin;
select plan(14);

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

create function pg_temp.balance(of_scope text) returns integer language sql as $$ select balance from public.credits where scope = of_scope $$;
update public.plans set monthly_credits = 500 where id = 'paid';
update public.plans set monthly_credits = 7000 where id = 'team';

select is(public.grant_month(), 1, 'who pays has credits for the month');
select is(pg_temp.balance('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 500, 'as many as the plan says');
select is(pg_temp.balance('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'), 0, 'who does not has none');
select is(public.grant_month(), 0, 'once a month');
select is(pg_temp.balance('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 500, 'however often it is asked for');
update public.plans set monthly_credits = 600 where id = 'paid';
select is(public.grant_month(), 0, 'and whatever the plan says later');
select is((select kind from public.credit_ledger), 'grant', 'the ledger tells what they are');
insert into public.teams (id, name, owner_id, plan_until) values ('77777777-7777-4777-8777-777777777777', 'Shop', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', now() + interval '90 days');
select is(public.grant_month(), 1, 'a team has its own');
select is(pg_temp.balance('team-77777777-7777-4777-8777-777777777777'), 7000, 'by its own plan');
select pg_temp.later('32 days');
select is(public.grant_month(1), 1, 'the next month comes, as many accounts as were asked for');
select is(public.grant_month(), 1, 'then the others');
select is(pg_temp.balance('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), 1100, 'what is left of one month stays for the next');
select pg_temp.later('370 days');
update public.profiles set erase_at = now() where user_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
update public.teams set plan_until = now() + interval '900 days';
select is(public.grant_month(), 0, 'whose plan has ended, or who is going, has no more');
update public.plans set monthly_credits = 3 where id = 'free';
select is(public.grant_month(), 1, 'but what the free plan gives');

select * from finish();
rollback;
