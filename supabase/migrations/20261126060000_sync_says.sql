-- A version that was turned away goes with its job, and often with its photo: whoever has brought it
-- is told why from what was noted.

create or replace function public.sync_done(p_id uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := private.asks()::text;
  s public.syncs;
  j public.jobs;
  missing integer;
  why jsonb;
begin
  select * into s from public.syncs o where o.id = p_id and o.scope = own;
  if not found then
    select a.detail into why from public.audit_log a
      where a.account = private.account_of(own) and a.action = 'sync_refused'
        and a.target = private.hex(p_id);
    if not found then perform private.not_here(); end if;
    return jsonb_build_object('id', private.hex(p_id), 'status', 'expired', 'says', why ->> 'says');
  end if;
  j := private.lock_job(own, s.job_id);
  select * into s from public.syncs o where o.id = p_id for update;
  if s.done_at is not null then
    return jsonb_build_object('id', private.hex(s.id), 'status', j.status);
  elsif s.expires_at <= private.now() then
    perform private.refuse(410, 'This took too long. Begin again.');
  end if;
  select count(*) into missing from (values
      (s.path_original, (s.sizes ->> 'bytes')::bigint),
      (s.path_output, (s.sizes #>> '{output,bytes}')::bigint),
      (s.thumbnail_path, (s.sizes #>> '{thumbnail,bytes}')::bigint)
    ) said(path, bytes)
    where said.path is not null and not exists (select from storage.objects o
      where o.bucket_id = 'user-library' and o.name = said.path
        and (o.metadata ->> 'size')::bigint = said.bytes);
  if missing > 0 then
    perform private.refuse(409, 'Not everything has arrived yet.');
  end if;
  update public.syncs set done_at = private.now() where id = s.id;
  j := private.move(j, 'verifying');
  perform private.note('sync_done', own, private.hex(s.id));
  return jsonb_build_object('id', private.hex(s.id), 'status', j.status);
end
$$;

create or replace function public.sync_verified(p_id uuid, p_ok boolean, p_says text default '') returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  s public.syncs;
  j public.jobs;
begin
  select * into s from public.syncs o where o.id = p_id;
  if not found then perform private.not_here(); end if;
  j := private.lock_job(s.scope, s.job_id);
  if j.status = 'done' then return private.job_json(j); end if;
  if j.status <> 'verifying' then
    perform private.refuse(409, format('This photo is %s: it cannot become done.', j.status));
  end if;
  if not p_ok then
    perform private.drop_sync(s, p_says);
    perform private.note('sync_refused', s.scope, private.hex(s.id),
      jsonb_build_object('says', left(p_says, 500)));
    return null;
  end if;
  update public.images set verified = true where id = j.image_id;
  update public.jobs set status = 'queued' where id = j.id;
  update public.jobs set status = 'running', owner = 'sync', fence = fence + 1,
    lease_until = private.now() + private.lease() where id = j.id returning * into j;
  return public.finish(j.id, j.fence, jsonb_build_object('id', s.output_id,
    'width', s.sizes #> '{output,width}', 'height', s.sizes #> '{output,height}',
    'bytes', s.sizes #> '{output,bytes}'));
end
$$;
