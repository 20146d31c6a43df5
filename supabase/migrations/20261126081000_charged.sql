-- What a job has taken for good.
create index credit_ledger_job on public.credit_ledger (job_id) where job_id is not null;
create function public.library_charged(p_scope text, p_job text) returns integer language plpgsql stable security definer set search_path = '' as $$
declare
  taken integer;
begin
  select coalesce(-sum(l.amount) filter (where l.kind = 'hold' and l.state = 'captured'), 0) into taken
    from public.jobs j left join public.credit_ledger l on l.job_id = j.id
    where j.id = private.id(p_job) and j.scope = p_scope group by j.id;
  if taken is null then perform private.not_here(); end if;
  return taken;
end
$$;
revoke all on function public.library_charged(text, text) from public, anon, authenticated;
grant execute on function public.library_charged(text, text) to service_role;
