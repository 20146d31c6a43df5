-- Who has which right, whatever the project's default grants are. A new table or function is in
-- nobody's list until it is written here.
begin;
select plan(17);

create temporary view tables as
select c.oid, c.relname, c.relrowsecurity from pg_class c
where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and relkind in ('r', 'p', 'v', 'm', 'f');
create temporary view functions as
select pg_proc.oid, prosecdef, proconfig, coalesce(proacl, acldefault('f', proowner)) as rights,
  case when nspname <> 'public' then nspname || '.' else '' end || proname as name
from pg_proc join pg_namespace n on n.oid = pronamespace
where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
  and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e');
create temporary view clients as select unnest(array['anon', 'authenticated']) as role;
grant select on tables, functions, clients to public;

-- Tables.
select is_empty(
  $$ select relname from tables where not relrowsecurity $$,
  'row security is on everywhere');
select is_empty(
  $$ select relname, role, verb from tables, clients,
       unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as verb
     where has_table_privilege(role, oid, verb) $$,
  'clients write no table');
select is_empty(
  $$ select relname, role, verb from tables, clients,
       unnest(array['insert', 'update', 'references']) as verb
     where has_any_column_privilege(role, oid, verb) $$,
  'and no column');
select is_empty(
  $$ select relname, verb from tables,
       unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as verb
     where has_table_privilege('service_role', oid, verb) $$,
  'the server writes by functions alone');
select set_eq(
  $$ select relname::text from tables where has_any_column_privilege('anon', oid, 'select') $$,
  array['plans'],
  'without an account one may look at the plans');
select set_eq(
  $$ select relname::text from tables where has_table_privilege('authenticated', oid, 'select') $$,
  array[
    'plans', 'profiles', 'teams', 'team_members', 'settings', 'images', 'image_outputs', 'jobs',
    'mattes', 'strokes', 'entries', 'collections', 'collection_images', 'syncs', 'credits',
    'credit_ledger', 'paid_items'],
  'with one, at whole rows of these');
select set_eq(
  $$ select relname || '.' || attname from tables join pg_attribute on attrelid = oid
     where attnum > 0 and not attisdropped and not has_table_privilege('authenticated', oid, 'select')
       and has_column_privilege('authenticated', oid, attnum, 'select') $$,
  array[
    'api_keys.id', 'api_keys.scope', 'api_keys.name', 'api_keys.seq', 'api_keys.created_at',
    'api_keys.revoked_at', 'api_keys.may', 'api_keys.per_minute', 'api_keys.used_at', 'share_links.id', 'share_links.scope', 'share_links.output_id',
    'share_links.download', 'share_links.expires_at', 'share_links.revoked_at',
    'share_links.created_at'],
  'and at what is no secret of these');
select is_empty(
  $$ select s.oid::regclass, role from pg_class s, clients
     where relkind = 'S' and relnamespace in ('public'::regnamespace, 'private'::regnamespace)
       and has_sequence_privilege(role, s.oid, 'usage, select, update') $$,
  'clients count nothing');

-- Functions.
select is_empty(
  $$ select name from functions where exists (
       select from aclexplode(rights) where grantee = 0) $$,
  'no function is for everybody');
select is_empty(
  $$ select name from functions where has_function_privilege('anon', functions.oid, 'execute') $$,
  'without an account one can call nothing');
select set_eq(
  $$ select name from functions where has_function_privilege('authenticated', oid, 'execute') $$,
  array[
    'collect', 'export_me', 'private.may_read', 'private.may_write', 'private.me',
    'private.my_scopes', 'rename', 'settings', 'statement', 'sync_done', 'sync_open', 'trash'],
  'with one, these');
select set_eq(
  $$ select name from functions
     where has_function_privilege('service_role', oid, 'execute') $$,
  array[
    'account', 'admit', 'adopt', 'archive', 'beat', 'cancel', 'claim_expired', 'drop_syncs',
    'erase_mark', 'erase_objects', 'erase_rows', 'erasing', 'expire', 'fail', 'finish',
    'forget_claimed', 'forsake', 'grant_credits', 'grant_month', 'hook_all', 'hook_claim', 'hook_failed', 'hook_keep', 'hook_remove', 'hook_sent', 'intake_cancel', 'intake_claim', 'intake_end', 'intake_expire',
    'intake_open', 'intake_task', 'job', 'keep_days', 'leased', 'library_accept',
    'library_add', 'library_ahead', 'library_annotate', 'library_behind', 'library_beside', 'library_bench', 'library_cancel_all',
    'library_change', 'library_charged', 'library_clear', 'library_clear_all', 'library_cleared', 'library_collections',
    'library_collections_of', 'library_cost', 'library_count', 'library_create_collection',
    'library_delete_collection', 'library_drop_strokes', 'library_entries', 'library_entry',
    'library_find', 'library_forget_visits', 'library_history', 'library_holding', 'library_ids',
    'library_image', 'library_keep', 'library_keep_key', 'library_keep_last', 'library_keep_matte',
    'library_keep_strokes', 'library_key', 'library_keys', 'library_leavings', 'library_matte',
    'library_move', 'library_news', 'library_objects', 'library_page', 'library_pause',
    'library_paused', 'library_place', 'library_presets', 'library_prune', 'library_prune_all',
    'library_purge', 'library_purge_older', 'library_put_first', 'library_put_off', 'library_recipe', 'library_remove',
    'library_rename', 'library_rename_collection', 'library_resume', 'library_retry_all', 'library_stirred',
    'library_revoke', 'library_set_keep_last', 'library_strokes', 'library_surplus',
    'library_survey', 'library_take_back', 'library_throw', 'library_unweighed', 'library_usage',
    'library_version', 'library_vitals', 'library_weigh', 'note_strays', 'original_name', 'output_names', 'promote_commit',
    'promote_reserve', 'recover', 'release',
    'release_stale', 'restore_version', 'retry', 'scope_of', 'start', 'sync_pending', 'sync_verified',
    'unbalanced'],
  'and the server, these');
select is_empty(
  $$ select name from functions
     where prosecdef and coalesce(array_to_string(proconfig, ','), '') not like '%search_path=""%' $$,
  'no function finds its names by the path of whoever calls it');

-- Schemas.
select set_eq(
  $$ select nspname || ' ' || role from pg_namespace, clients
     where nspname in ('private', 'pgmq', 'cron') and has_schema_privilege(role, oid, 'usage') $$,
  array['private authenticated'],
  'policies reach the schema of rules, nobody the queue and the clock');
select is_empty(
  $$ select nspname, role from pg_namespace, clients where has_schema_privilege(role, oid, 'create')
     and nspname !~ '^pg_temp' $$,
  'clients make nothing');

-- Buckets.
select results_eq(
  $$ select id, public from storage.buckets order by id $$,
  $$ values ('outputs-ephemeral', false), ('uploads-ephemeral', false), ('user-library', false) $$,
  'three buckets, all private');
select is_empty(
  $$ select id from storage.buckets where file_size_limit is null or file_size_limit > 200 << 20
     or cardinality(allowed_mime_types) is null $$,
  'each takes pictures alone, of a size');

select * from finish();
rollback;
