-- Each protection that the database's own catalogue knows of: its kind, what it protects, and the
-- SQL that takes it away.
with
  -- Schemas of Postgres, of Supabase and of extensions are not ours to test.
  ours as (
    select oid, nspname from pg_namespace
    where nspname !~ '^pg_' and nspname not in (
      'information_schema', 'auth', 'storage', 'extensions', 'cron', 'pgmq', 'supabase_migrations')
  ),
  tables as (
    select c.oid, c.oid::regclass::text as name, relrowsecurity, relacl,
      array_to_string(reloptions, ' ') as options
    from pg_class c join ours on ours.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm', 'f')
  ),
  policies as (
    select p.*, polrelid::regclass::text as name from pg_policy p join pg_class c on c.oid = polrelid
    where relnamespace in (select oid from ours) or relnamespace = 'storage'::regnamespace
  ),
  functions as (
    select f.oid, proname, f.oid::regprocedure::text as signature, prosecdef,
      array_to_string(proconfig, ' ') as settings,
      coalesce(proacl, acldefault('f', proowner)) as rights
    from pg_proc f join ours on ours.oid = pronamespace
  ),
  roles (role) as (values ('anon'), ('authenticated'), ('service_role')),
  found (kind, subject, change) as (
    select 'policy that lets everybody read', name,
      format('alter policy %I on %s using (true)', polname, name)
    from policies where pg_get_expr(polqual, polrelid) <> 'true'
    union all
    select 'policy that lets everybody write', name,
      format('alter policy %I on %s with check (true)', polname, name)
    from policies where pg_get_expr(polwithcheck, polrelid) <> 'true'
    union all
    select 'row security off', name, format('alter table %s disable row level security', name)
    from tables where relrowsecurity
    union all
    select 'right on a table', name, format('grant %s on %s to %s', verb, name, role)
    from tables, roles, unnest(array[
      'select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as verb
    where not has_table_privilege(role, tables.oid, verb)
    union all
    select 'right on a column', name, format('grant select (%I) on %s to %s', attname, name, role)
    from tables join pg_attribute on attrelid = tables.oid, roles
    where attnum > 0 and not attisdropped and has_any_column_privilege(role, tables.oid, 'select')
      and not has_column_privilege(role, tables.oid, attnum, 'select')
    union all
    select 'right on a sequence', s.oid::regclass::text,
      format('grant all on sequence %s to %s', s.oid::regclass, role)
    from pg_class s join ours on ours.oid = relnamespace, roles
    where relkind = 'S' and role <> 'service_role' and not has_sequence_privilege(role, s.oid, 'usage')
    union all
    select 'right on a schema', nspname, format('grant %s on schema %I to %s', verb, nspname, role)
    from pg_namespace, roles, unnest(array['usage', 'create']) as verb
    where (oid in (select oid from ours) or nspname = 'pgmq') and role <> 'service_role'
      and not has_schema_privilege(role, oid, verb)
    union all
    select 'right on a function', proname,
      format('grant execute on routine %s to %s', signature, role)
    from functions, roles where not has_function_privilege(role, oid, 'execute')
    union all
    select 'function open to all', proname, format('grant execute on routine %s to public', signature)
    from functions where not exists (select from aclexplode(rights) where grantee = 0)
    union all
    select 'search path left to the caller', proname,
      format('alter routine %s reset search_path', signature)
    from functions where prosecdef and settings like '%search_path%'
    union all
    select 'view with its owner''s eyes', name, format('alter view %s reset (security_invoker)', name)
    from tables where options like '%security_invoker%'
    union all
    select 'constraint', conrelid::regclass::text,
      format('alter table %s drop constraint %I cascade', conrelid::regclass, conname)
    from pg_constraint join ours on ours.oid = connamespace
    where conrelid <> 0 and conparentid = 0 and contype in ('c', 'u', 'x', 'f', 'p')
    union all
    select 'constraint of a type', contypid::regtype::text,
      format('alter domain %s drop constraint %I', contypid::regtype, conname)
    from pg_constraint join ours on ours.oid = connamespace where contypid <> 0
    union all
    select 'unique index', indrelid::regclass::text, format('drop index %s', indexrelid::regclass)
    from pg_index join pg_class c on c.oid = indexrelid join ours on ours.oid = relnamespace
    where indisunique and not exists (select from pg_constraint where conindid = indexrelid)
    union all
    select 'trigger', tgrelid::regclass::text,
      format('drop trigger %I on %s', tgname, tgrelid::regclass)
    from pg_trigger join pg_proc f on f.oid = tgfoid join ours on ours.oid = pronamespace
    where not tgisinternal and tgparentid = 0
    union all
    select 'value that must be there', name, format('alter table %s alter %I drop not null', name, attname)
    from tables join pg_attribute on attrelid = tables.oid
    where attnum > 0 and not attisdropped and attnotnull and attidentity = '' and not exists (
      select from pg_index where indrelid = attrelid and indisprimary and attnum = any (indkey))
    union all
    select 'default', name, format('alter table %s alter %I drop default', name, attname)
    from tables join pg_attribute on attrelid = tables.oid
    where attnum > 0 and not attisdropped and atthasdef and attgenerated = ''
    union all
    select 'bucket', id, format('update storage.buckets set %s where id = %L', change, id)
    from storage.buckets, unnest(array[
      'public = true', 'file_size_limit = null', 'allowed_mime_types = null']) as change
  )
select kind, subject, change from found order by kind, change
