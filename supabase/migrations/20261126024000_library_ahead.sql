-- How many waiting jobs come before one, whoever they belong to, or before a new one; none where it does
-- not wait (any more). What `start` would pass over is not in the line.
create function public.library_ahead(p_job uuid default null) returns integer language sql stable security definer set search_path = '' as $$
  select count(*)::integer from public.jobs o
  left join public.jobs mine on mine.id = p_job and mine.status = 'queued'
  where o.status = 'queued'
    and exists (select from public.images i where i.id = o.image_id and i.deleting_at is null
      and (o.priority >= 2 or i.deleted_at is null))
    and (o.priority >= 2 or not exists (select from public.pauses p where p.scope = o.scope)
      or not exists (select from public.entries e where e.job_id = o.id))
    and (p_job is null or o.priority > mine.priority
      or (o.priority = mine.priority and (o.created_at, o.seq) < (mine.created_at, mine.seq)))
$$;

revoke all on function public.library_ahead(uuid) from public, anon, authenticated, service_role;
grant execute on function public.library_ahead(uuid) to service_role;
