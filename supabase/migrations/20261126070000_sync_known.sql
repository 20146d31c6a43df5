-- What was looked at with one version is not looked at again with the next: by then it is kept without
-- what cameras write beside a picture, and has no longer the size that was announced.
create or replace function public.sync_pending(p_most integer default 50) returns setof jsonb language sql stable security definer set search_path = '' as $$
  select private.sync_json(s) || jsonb_build_object('sha256', j.input_sha256,
    'original', i.path_original, 'scope', s.scope, 'known', i.verified)
  from public.syncs s join public.jobs j on j.id = s.job_id join public.images i on i.id = j.image_id
  where j.status = 'verifying' order by s.done_at limit p_most
$$;
