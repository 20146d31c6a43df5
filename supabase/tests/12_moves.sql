-- What a job may become: what is in the table, and nothing else.
begin;
select plan(10);

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

select set_eq($$ select before, after from public.job_moves $$, $$ values
  ('awaiting_upload'::public.job_status, 'verifying'::public.job_status), ('awaiting_upload', 'cancelled'), ('awaiting_upload', 'expired'),
  ('verifying', 'queued'), ('verifying', 'error'), ('verifying', 'cancelled'), ('verifying', 'expired'),
  ('queued', 'running'), ('queued', 'error'), ('queued', 'cancelled'), ('queued', 'expired'),
  ('running', 'done'), ('running', 'queued'), ('running', 'error'), ('running', 'cancelled'),
  ('done', 'expired'), ('error', 'queued'), ('cancelled', 'queued') $$, 'these are the legal moves');
select public.admit('visit', pg_temp.photo(1), pg_temp.recipe('white'));
-- Lead a fresh job to a state, try a move, and tell whether it was let.
create function pg_temp.tried(before public.job_status, after public.job_status) returns text language plpgsql as $$
declare
  j uuid;
  step public.job_status;
  way public.job_status[] := case before
    when 'awaiting_upload' then '{awaiting_upload}' when 'verifying' then '{awaiting_upload,verifying}'
    when 'queued' then '{queued}' when 'running' then '{queued,running}' when 'done' then '{queued,running,done}'
    when 'error' then '{queued,error}' when 'cancelled' then '{queued,cancelled}' else '{queued,expired}' end;
begin
  insert into public.jobs (scope, image_id, input_sha256, key, op_key, recipe, status)
    select scope, id, sha256, gen_random_uuid(), 'x', '{}', way[1] from public.images returning id into j;
  foreach step in array way[2:] || array[after] loop
    if step = 'done' then
      insert into public.image_outputs (id, scope, image_id, job_id, version, key, op_key, recipe, bucket, path_output, thumbnail_path, width, height, bytes)
        select j, scope, id, j, (select count(*) + 1 from public.image_outputs), 'x', 'x', '{}', 'user-library', j, j, 1, 1, 1 from public.images
        on conflict do nothing;
    end if;
    update public.jobs set status = step, owner = case step when 'running' then 'w' end,
      lease_until = case step when 'running' then now() end, output_id = case step when 'done' then j end where id = j;
  end loop;
  return 'let';
exception when sqlstate 'PT409' then
  return case when sqlerrm = format('This photo is %s: it cannot become %s.', before, after) then 'refused' else sqlerrm end;
end $$;
select is_empty($$
  select b, a, pg_temp.tried(b, a) from unnest(enum_range(null::public.job_status)) b, unnest(enum_range(null::public.job_status)) a
  where b <> a and pg_temp.tried(b, a) <>
    case when exists (select from public.job_moves m where m.before = b and m.after = a) then 'let' else 'refused' end $$,
  'each of the 56 moves is let or refused as the table says');
select is((select count(*)::integer from unnest(enum_range(null::public.job_status)) s where pg_temp.tried(s, s) = 'let'), 8, 'to stay is no move');
select throws_ok(format($$ insert into public.jobs (scope, image_id, input_sha256, key, op_key, recipe, status)
  select scope, id, sha256, 'k', 'x', '{}', %L from public.images $$, one), 'PT409', format('A job cannot begin as %s.', one), 'no job begins as ' || one)
  from unnest('{verifying,running,done,error,cancelled,expired}'::text[]) one;
select set_eq($$ select unnest(enum_range(null::public.job_status))::text $$,
  array['awaiting_upload', 'verifying', 'queued', 'running', 'done', 'error', 'cancelled', 'expired'], 'there are no other states');

select * from finish();
rollback;
