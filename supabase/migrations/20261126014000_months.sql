-- Credits of the month. The same month counts once, however often it is asked for: its name is the key
-- of a line in the ledger.
create function public.grant_month(p_most integer default 500) returns integer language plpgsql security definer set search_path = '' as $$
declare
  this_month text := 'month:' || to_char(private.now() at time zone 'UTC', 'YYYY-MM');
  due record;
  granted integer := 0;
begin
  for due in
    select c.scope, counts.monthly_credits as credits
    from public.credits c
    left join public.teams t on t.id = c.team_id
    join public.profiles u on u.user_id = coalesce(c.user_id, t.owner_id)
    join public.plans chosen on chosen.id = coalesce(t.plan_id, u.plan_id)
    -- A plan that has ended is the free one.
    join public.plans counts on counts.id = case when chosen.persists
      and coalesce(case when t.id is null then u.plan_until else t.plan_until end, '-infinity') <= private.now()
      then 'free' else chosen.id end
    where counts.monthly_credits > 0 and u.erase_at is null
      and not exists (select from public.credit_ledger l
        where l.account = c.account and l.idempotency_key = 'in:' || this_month)
    order by c.scope limit p_most
  loop
    perform public.grant_credits(due.scope, due.credits, 'grant', this_month);
    granted := granted + 1;
  end loop;
  return granted;
end
$$;

revoke all on function public.grant_month(integer) from public, anon, authenticated;
grant execute on function public.grant_month(integer) to service_role;
