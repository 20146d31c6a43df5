-- What holds of everything there is, so that what comes later has it, too.
begin;
select plan(7);

select is_empty($$
  select c.conrelid::regclass::text, c.conname from pg_constraint c
  where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (
    select from pg_index i where i.indrelid = c.conrelid and i.indpred is null and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
$$, 'each foreign key is found by an index');
select is_empty($$
  select p.oid::regprocedure::text from pg_proc p where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    and p.proconfig is distinct from array['search_path=""']
$$, 'no function looks where its caller looks');
select is_empty($$
  select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace and not p.prosecdef
$$, 'each that can be called writes by its own right');
select is_empty($$
  select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'private'::regnamespace and p.prosecdef and p.prorettype <> 'trigger'::regtype
    and p.proname not in ('now', 'me', 'my_scopes', 'plan_of', 'may_read', 'may_write', 'asks', 'my_own') and p.proname not like 'library%'
$$, 'of the others as few as can be');
select set_eq($$ select id, public, allowed_mime_types @> '{image/png,image/webp}' as pictures, 'image/svg+xml' = any (allowed_mime_types) as svg, file_size_limit > 0 as bounded from storage.buckets $$,
  $$ values ('uploads-ephemeral', false, true, false, true), ('outputs-ephemeral', false, true, false, true), ('user-library', false, true, false, true) $$,
  'three buckets, none of which is public, takes SVG, or takes anything of any size');
select is_empty($$
  select p.oid::regprocedure::text from pg_proc p, unnest(array['p_price', 'p_path', 'p_bucket', 'p_expires', 'p_plan', 'p_expires_at', 'p_user']) word
  where p.pronamespace = 'public'::regnamespace and word = any (p.proargnames)
$$, 'nobody tells a price, a plan, a path or an end');
select is_empty($$
  select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace
    and has_function_privilege('authenticated', p.oid, 'execute') and 'p_scope' = any (p.proargnames)
$$, 'and no client says whose rows it means');

select * from finish();
rollback;
