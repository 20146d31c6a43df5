-- What there is once, what belongs to what, and what goes when that goes.
begin;
select plan(4);

create temporary view ours as
select c.oid, c.relname::text as name from pg_class c
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p');

create function pg_temp.columns(of oid, numbers int2[]) returns text language sql as $$
  select string_agg(attname, ', ' order by ordinality)
  from unnest(numbers) with ordinality as keys (number, ordinality)
  join pg_attribute on attrelid = of and attnum = number
$$;

select is_empty(
  $$ select name from ours where not exists (
       select from pg_constraint where conrelid = ours.oid and contype = 'p') $$,
  'every row can be named');
select is_empty(
  $$ select name from ours where not exists (
       select from pg_constraint where conrelid = ours.oid and contype = 'p'
         and pg_temp.columns(conrelid, conkey) = any (array[
           'id', 'user_id', 'scope', 'team_id, user_id', 'before, after', 'image_id, key',
           'image_id, sha256', 'bucket, path', 'collection_id, image_id', 'entry_id',
           'scope, sha256, item', 'one'])) $$,
  'by a name that stays');
select set_eq(
  $$ select name, pg_temp.columns(conrelid, conkey)
     from pg_constraint join ours on ours.oid = conrelid where contype = 'u' $$,
  $$ values
    ('api_keys', 'digest'), ('api_keys', 'scope, name'),
    ('collections', 'scope, name_key'),
    ('credit_ledger', 'account, idempotency_key'),
    ('credits', 'account'),
    ('entries', 'scope, image_id, folder, name'),
    ('image_outputs', 'bucket, path_output'), ('image_outputs', 'bucket, thumbnail_path'),
    ('image_outputs', 'image_id, version'), ('image_outputs', 'job_id'),
    ('hooks', 'scope, address'),
    ('images', 'bucket, path_original'),
    ('intakes', 'spot'),
    ('mattes', 'bucket, path'),
    ('share_links', 'token_hash'),
    ('strokes', 'bucket, path'),
    ('syncs', 'job_id'), ('syncs', 'path_original'), ('syncs', 'path_output'),
    ('syncs', 'thumbnail_path') $$,
  'these there are once');
select set_eq(
  $$ select name, pg_temp.columns(conrelid, conkey), confrelid::regclass::text, confdeltype::text
     from pg_constraint join ours on ours.oid = conrelid where contype = 'f' $$,
  -- c goes along, a forbids
  $$ values
    ('calls', 'hook_id', 'hooks', 'c'),
    ('collection_images', 'collection_id', 'collections', 'c'),
    ('collection_images', 'image_id', 'images', 'c'),
    ('credits', 'team_id', 'teams', 'c'), ('credits', 'user_id', 'auth.users', 'c'),
    ('entries', 'image_id', 'images', 'c'), ('entries', 'job_id', 'jobs', 'c'),
    ('image_outputs', 'image_id', 'images', 'c'),
    ('images', 'current_id', 'image_outputs', 'a'),
    ('images', 'team_id', 'teams', 'a'), ('images', 'user_id', 'auth.users', 'a'),
    ('intakes', 'job_id', 'jobs', 'c'),
    ('jobs', 'image_id', 'images', 'c'), ('jobs', 'output_id', 'image_outputs', 'a'),
    ('jobs', 'team_id', 'teams', 'a'), ('jobs', 'user_id', 'auth.users', 'a'),
    ('mattes', 'image_id', 'images', 'c'),
    ('profiles', 'plan_id', 'plans', 'a'), ('profiles', 'user_id', 'auth.users', 'c'),
    ('share_links', 'output_id', 'image_outputs', 'c'),
    ('strokes', 'image_id', 'images', 'c'),
    ('syncs', 'job_id', 'jobs', 'c'),
    ('team_members', 'team_id', 'teams', 'c'), ('team_members', 'user_id', 'auth.users', 'c'),
    ('teams', 'owner_id', 'auth.users', 'a'), ('teams', 'plan_id', 'plans', 'a') $$,
  'these go with what they belong to, or keep it');

select * from finish();
rollback;
