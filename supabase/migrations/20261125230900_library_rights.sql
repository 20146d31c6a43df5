-- The library is the server's alone: no client calls any of this.
do $$
declare
  one regprocedure;
begin
  for one in select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'public'::regnamespace and starts_with(p.proname, 'library_')
  loop
    execute format('revoke all on function %s from public, anon, authenticated', one);
    execute format('grant execute on function %s to service_role', one);
  end loop;
  for one in select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'private'::regnamespace and p.proowner = current_user::regrole
      and not has_function_privilege('authenticated', p.oid, 'execute')
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', one);
  end loop;
end
$$;
