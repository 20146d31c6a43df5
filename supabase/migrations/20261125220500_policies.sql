-- Who may read what. Clients write nothing: what they may change, they change by functions. The
-- server reads everything and writes by functions, too, so that no rule depends on who calls it.

-- The user who asks: nobody for a token without an account, for a visitor who signed in without a
-- name, and for somebody whose account is being erased.
create function private.me() returns uuid language sql stable security definer set search_path = '' as $$
  select p.user_id from public.profiles p
  where p.user_id = (select auth.uid()) and p.erase_at is null
    and coalesce((select auth.jwt()) ->> 'is_anonymous', 'false') = 'false'
$$;

-- The scopes that the user who asks may look into.
create function private.my_scopes() returns setof text language sql stable security definer set search_path = '' as $$
  select me::text from private.me() me where me is not null
  union all
  select 'team-' || m.team_id from public.team_members m where m.user_id = private.me()
$$;

revoke all on function private.me(), private.my_scopes() from public, anon, service_role;
grant usage on schema private to authenticated;
grant execute on function private.me(), private.my_scopes() to authenticated;

alter table public.plans enable row level security;
alter table public.profiles enable row level security;
alter table public.teams enable row level security;
alter table public.team_members enable row level security;
alter table public.settings enable row level security;
alter table public.api_keys enable row level security;
alter table public.images enable row level security;
alter table public.image_outputs enable row level security;
alter table public.jobs enable row level security;
alter table public.job_moves enable row level security;
alter table public.mattes enable row level security;
alter table public.strokes enable row level security;
alter table public.removals enable row level security;
alter table public.entries enable row level security;
alter table public.collections enable row level security;
alter table public.collection_images enable row level security;
alter table public.share_links enable row level security;
alter table public.syncs enable row level security;
alter table public.pauses enable row level security;
alter table public.ticks enable row level security;
alter table public.departures enable row level security;
alter table public.changes enable row level security;
alter table public.credits enable row level security;
alter table public.credit_ledger enable row level security;
alter table public.paid_items enable row level security;
alter table public.audit_log enable row level security;

revoke all on
  public.plans,
  public.profiles,
  public.teams,
  public.team_members,
  public.settings,
  public.api_keys,
  public.images,
  public.image_outputs,
  public.jobs,
  public.job_moves,
  public.mattes,
  public.strokes,
  public.removals,
  public.entries,
  public.collections,
  public.collection_images,
  public.share_links,
  public.syncs,
  public.pauses,
  public.ticks,
  public.departures,
  public.changes,
  public.credits,
  public.credit_ledger,
  public.paid_items,
  public.audit_log
from public, anon, authenticated, service_role;
grant select on
  public.plans,
  public.profiles,
  public.teams,
  public.team_members,
  public.settings,
  public.api_keys,
  public.images,
  public.image_outputs,
  public.jobs,
  public.job_moves,
  public.mattes,
  public.strokes,
  public.removals,
  public.entries,
  public.collections,
  public.collection_images,
  public.share_links,
  public.syncs,
  public.pauses,
  public.ticks,
  public.departures,
  public.changes,
  public.credits,
  public.credit_ledger,
  public.paid_items,
  public.audit_log
to service_role;

-- What hides a secret is read by columns.
grant select on public.plans to anon, authenticated;
grant select on
  public.profiles, public.teams, public.team_members, public.credit_ledger, public.mattes, public.strokes,
  public.settings, public.images, public.image_outputs, public.jobs, public.entries,
  public.collections, public.collection_images, public.credits, public.paid_items, public.syncs
to authenticated;
grant select (id, scope, name, seq, created_at, revoked_at) on public.api_keys to authenticated;
grant select (id, scope, output_id, download, expires_at, revoked_at, created_at)
  on public.share_links to authenticated;

create policy plans_read on public.plans for select to anon, authenticated using (true);
create policy profiles_read on public.profiles for select to authenticated
  using (user_id = (select private.me()));
create policy teams_read on public.teams for select to authenticated
  using ('team-' || id = any (array(select private.my_scopes())));
create policy team_members_read on public.team_members for select to authenticated
  using ('team-' || team_id = any (array(select private.my_scopes())));
create policy settings_read on public.settings for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy images_read on public.images for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy image_outputs_read on public.image_outputs for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy jobs_read on public.jobs for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy entries_read on public.entries for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy collections_read on public.collections for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy collection_images_read on public.collection_images for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy credits_read on public.credits for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy paid_items_read on public.paid_items for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy syncs_read on public.syncs for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy api_keys_read on public.api_keys for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy share_links_read on public.share_links for select to authenticated
  using (scope = any (array(select private.my_scopes())));
create policy mattes_read on public.mattes for select to authenticated
  using (exists (select from public.images i where i.id = image_id));
create policy strokes_read on public.strokes for select to authenticated
  using (exists (select from public.images i where i.id = image_id));
create policy credit_ledger_read on public.credit_ledger for select to authenticated
  using (account in (select c.account from public.credits c));
