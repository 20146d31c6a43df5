-- What everything else stands on: a schema that no client reaches, one clock, and rights that are
-- given by name only, whatever the project's defaults are.
create schema private;
revoke all on schema private from public;

-- Older projects give every new table and function to the roles of clients.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on routines from anon, authenticated, service_role;
alter default privileges revoke execute on routines from public;

-- The one clock of all rules.
create function private.now() returns timestamptz language sql stable set search_path = '' as $$
  select pg_catalog.now()
$$;

-- A scope says whose rows these are: the id of a user, `team-` and the id of a team, or the name
-- that the server gave to a visit. Nothing is ever found across scopes.
create function private.user_of(scope text) returns uuid language sql immutable set search_path = '' as $$
  select case when scope ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then scope::uuid end
$$;

create function private.team_of(scope text) returns uuid language sql immutable set search_path = '' as $$
  select case when scope ~ '^team-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    then substr(scope, 6)::uuid end
$$;
