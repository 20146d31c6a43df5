-- What a row may leave out, and what it has when nobody says. A new column that may be empty is written
-- here, so that none is by mistake.
begin;
select plan(2);

create temporary view columns as
select c.relname || '.' || attname as name, attnotnull, attgenerated,
  (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = attrelid and adnum = attnum) as given
from pg_class c join pg_attribute on attrelid = c.oid
where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped;

select set_eq(
  $$ select name from columns where not attnotnull $$,
  array[
    'api_keys.revoked_at', 'api_keys.per_minute', 'api_keys.used_at', 'audit_log.account', 'audit_log.target', 'credit_ledger.item',
    'credit_ledger.job_id', 'credit_ledger.state', 'credit_ledger.reason', 'credits.user_id', 'credits.team_id',
    'hooks.disabled_at', 'image_outputs.expires_at', 'image_outputs.promoting_until', 'image_outputs.deleting_at',
    'image_outputs.archived_at', 'images.user_id', 'images.team_id', 'images.current_id',
    'images.deleted_at', 'images.expires_at', 'images.promoting_until', 'images.deleting_at',
    'images.original_gone_at', 'intakes.job_id', 'intakes.lease_until', 'jobs.user_id', 'jobs.team_id', 'jobs.owner', 'jobs.lease_until',
    'jobs.error_code', 'jobs.output_id', 'plans.kept_hours', 'plans.longer_hours',
    'plans.storage_bytes', 'plans.keep_versions', 'plans.processed_pixels', 'profiles.plan_until', 'profiles.erase_at',
    'removals.removed_at', 'settings.keep_last', 'settings.archive_after_days',
    'share_links.password_hash', 'share_links.revoked_at', 'syncs.path_original', 'syncs.done_at',
    'teams.plan_until'],
  'all else is always there');
select set_eq(
  $$ select name || ' = ' || given from columns where given is not null and attgenerated = '' $$,
  array[
    'api_keys.id = gen_random_uuid()', 'api_keys.created_at = private.now()',
    'api_keys.may = ''cut read keep''::text',
    'audit_log.detail = ''{}''::jsonb', 'audit_log.at = private.now()',
    'collections.id = gen_random_uuid()', 'collections.created_at = private.now()',
    'credit_ledger.created_at = private.now()', 'credits.account = gen_random_uuid()',
    'credits.balance = 0', 'credits.updated_at = private.now()', 'entries.id = gen_random_uuid()',
    'entries.seen = ''''::text', 'entries.tick = 0', 'entries.created_at = private.now()',
    'entries.preset = ''''::text', 'image_outputs.id = gen_random_uuid()',
    'image_outputs.metadata = ''{}''::jsonb', 'image_outputs.created_at = private.now()',
    'image_outputs.thumbnail_bytes = 0', 'images.id = gen_random_uuid()',
    'images.verified = true', 'images.name = ''''::text', 'images.name_key = ''''::text',
    'images.notes = ''''::text', 'images.doubt = 0', 'images.created_at = private.now()',
    'jobs.id = gen_random_uuid()', 'jobs.status = ''queued''::job_status', 'jobs.pays = false', 'turns.one = true', 'turns.owed = 0', 'jobs.priority = 0',
    'jobs.attempts = 0', 'jobs.fence = 0', 'jobs.round = 1', 'jobs.worker_notes = ''''::text',
    'jobs.doubt = 0', 'jobs.reasons = ''''::text', 'jobs.created_at = private.now()',
    'jobs.updated_at = private.now()', 'jobs.preset = ''''::text', 'mattes.bytes = 0',
    'mattes.doubt = 0', 'mattes.reasons = ''''::text', 'mattes.created_at = private.now()',
    'paid_items.paid = false', 'pauses.since = private.now()',
    'profiles.plan_id = ''free''::text', 'profiles.created_at = private.now()',
    'removals.noted_at = private.now()', 'settings.keep_original = true',
    'settings.full_resolution = true', 'share_links.id = gen_random_uuid()',
    'share_links.download = true', 'share_links.created_at = private.now()',
    'strokes.created_at = private.now()', 'strokes.bytes = 0', 'syncs.id = gen_random_uuid()',
    'syncs.output_id = gen_random_uuid()', 'syncs.created_at = private.now()',
    'teams.id = gen_random_uuid()', 'teams.plan_id = ''team''::text',
    'teams.created_at = private.now()', 'hooks.failures = 0', 'hooks.says = ''''::text', 'calls.id = gen_random_uuid()', 'calls.attempts = 0', 'ticks.written = 0', 'changes.written = 0', 'intakes.written = 0'],
  'what nobody says');

select * from finish();
rollback;
