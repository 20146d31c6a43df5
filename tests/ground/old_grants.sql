-- Projects from before 2026 hand every new table, sequence and function of schema public to all
-- three roles of the gateway. Migrations must come to the same rights there.
alter default privileges for role postgres in schema public
  grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  grant all on routines to anon, authenticated, service_role;
