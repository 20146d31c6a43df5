-- In whose rows something has changed since a transaction: one question of a process for all who
-- listen there, instead of one of each. Each row that counts changes has the transaction that wrote it
-- last. Those below a mark had all ended when the mark was given, so nothing that is written later, or
-- was written and not committed, is missed; a number of a sequence could not promise that.
create function private.on_written() returns trigger language plpgsql set search_path = '' as $$
begin
  new.written := pg_current_xact_id()::text::bigint;
  return new;
end
$$;

alter table public.ticks add column written bigint not null default 0;
alter table public.changes add column written bigint not null default 0;
alter table public.intakes add column written bigint not null default 0;
create index ticks_written on public.ticks (written);
create index changes_written on public.changes (written);
create index intakes_written on public.intakes (written);
create trigger ticks_written before insert or update on public.ticks
  for each row execute function private.on_written();
create trigger changes_written before insert or update on public.changes
  for each row execute function private.on_written();
create trigger intakes_written before insert or update on public.intakes
  for each row execute function private.on_written();

-- A mark for the next question, and the scopes that have changed since the mark of the last one, each
-- with a stamp that is another one after every change: while a transaction of anybody is long under way,
-- what has changed since it began is told again. Without a mark, or by one of another database, nothing
-- is told.
create function public.library_stirred(p_since bigint) returns jsonb language sql stable security definer set search_path = '' as $$
  with snapshot as (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as mark),
  stirred as (
    select t.scope, 't' || t.written || '.' || t.count as stamp from public.ticks t where t.written >= p_since
    union all
    select c.scope, 'c' || c.written || '.' || c.count from public.changes c where c.written >= p_since
    union all
    select i.scope, 'i' || i.written || '.' || count(*) from public.intakes i where i.written >= p_since
      group by i.scope, i.written
  )
  select jsonb_build_object('mark', mark, 'scopes', case when p_since between 1 and mark then coalesce(
    (select jsonb_object_agg(s.scope, s.stamp) from (
      select scope, string_agg(stamp, ' ' order by stamp) as stamp from stirred group by scope) s),
    '{}') else '{}' end)
  from snapshot
$$;
revoke all on function public.library_stirred(bigint) from public, anon, authenticated;
grant execute on function public.library_stirred(bigint) to service_role;
revoke all on function private.on_written() from public, anon, authenticated, service_role;
