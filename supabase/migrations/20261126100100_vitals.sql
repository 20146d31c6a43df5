-- How much waits on an instance, for how long the first in line has, and the credits that jobs under
-- way will take: for those who watch over it. What a pause or the trash holds back is not in the line.
create index jobs_open on public.jobs (status) where status in ('queued', 'running');

create function public.library_vitals() returns jsonb language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'jobs', (select coalesce(jsonb_object_agg(c.status, c.number), '{}') from (
      select j.status, count(*) as number from public.jobs j
        where j.status in ('queued', 'running') group by j.status
      union all
      select t.status, count(*) from public.intakes t
        where t.status in ('awaiting_upload', 'verifying') group by t.status) c),
    'age', (select coalesce(greatest(extract(epoch from private.now() - min(j.updated_at)), 0), 0)
      from public.jobs j
      where j.status = 'queued' and (j.priority >= 2 or (
        exists (select from public.images i
          where i.id = j.image_id and i.deleted_at is null and i.deleting_at is null)
        and (not exists (select from public.pauses p where p.scope = j.scope)
          or not exists (select from public.entries e where e.job_id = j.id))))),
    'held', (select coalesce(-sum(l.amount), 0) from public.credit_ledger l where l.state = 'held'))
$$;
revoke all on function public.library_vitals() from public, anon, authenticated;
grant execute on function public.library_vitals() to service_role;
