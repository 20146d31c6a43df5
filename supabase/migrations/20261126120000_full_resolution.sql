-- How large photos are worked on: a larger one is made smaller first, for plans that have a bound, and
-- for owners who have turned full resolution off.
alter table public.plans add column processed_pixels bigint check (processed_pixels > 0);
update public.plans set processed_pixels = 12000000 where not persists;

create function private.processed_pixels(of_scope text) returns bigint language sql stable set search_path = '' as $$
  select coalesce((private.plan_of(of_scope)).processed_pixels, (
    select p.processed_pixels from public.settings s, public.plans p
    where s.scope = of_scope and not s.full_resolution and p.id = 'free'))
$$;
revoke all on function private.processed_pixels(text) from public, anon, authenticated;

create or replace function public.account(p_scope text) returns jsonb language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('scope', p_scope,
    'plan', to_jsonb(private.plan_of(p_scope))
      || jsonb_build_object('processed_pixels', private.processed_pixels(p_scope)),
    'balance', (select c.balance from public.credits c where c.scope = p_scope))
$$;
