-- Who signs up takes announcements along, and whoever asks for all of one's own finds them there.

create or replace function public.adopt(p_visit text, p_scope text) returns integer language plpgsql security definer set search_path = '' as $$
declare
  taken uuid[] := array[]::uuid[];
  photo uuid;
begin
  if private.user_of(p_visit) is not null or private.team_of(p_visit) is not null
    or private.user_of(p_scope) is null then
    perform private.refuse(403, 'Only what came with a visit is taken along, and only by a user.');
  end if;
  perform private.plan_of(p_scope);
  for photo in
    select i.id from public.images i
    where i.scope = p_visit and i.deleting_at is null order by i.id for update
  loop
    begin
      update public.images set scope = p_scope where id = photo;
      taken := taken || photo;
    exception when unique_violation then
      null;  -- it is there already, perhaps since this moment
    end;
  end loop;
  update public.image_outputs set scope = p_scope where image_id = any (taken);
  update public.jobs set scope = p_scope where image_id = any (taken);
  update public.entries set scope = p_scope, seen = seen where image_id = any (taken);
  -- Announcements, too: not those whose bytes are being looked at, nor those of what stays. The name
  -- that somebody else has for one of one's own is forgotten.
  update public.intakes t set scope = p_scope, token = case
      when exists (select from public.intakes o where o.scope = p_scope and o.token = t.token) then ''
      else t.token end
    where t.scope = p_visit and coalesce(t.lease_until, '-infinity') <= private.now()
      and (t.job_id is null or exists (select from public.jobs j where j.id = t.job_id and j.scope = p_scope));
  delete from public.collection_images where image_id = any (taken);
  delete from public.share_links s using public.image_outputs o
    where s.output_id = o.id and o.image_id = any (taken);
  perform private.note('adopt', p_scope, null, jsonb_build_object('photos', cardinality(taken)));
  return cardinality(taken);
end
$$;

create or replace function public.export_me() returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := private.asks()::text;
begin
  perform private.note('export', own);
  return jsonb_build_object(
    'profile', (select to_jsonb(p) from public.profiles p where p.user_id = private.me()),
    'settings', (select to_jsonb(s) from public.settings s where s.scope = own),
    'credits', (select to_jsonb(c) from public.credits c where c.scope = own),
    'ledger', (select coalesce(jsonb_agg(to_jsonb(l) order by l.id), '[]') from public.credit_ledger l
      where l.account = private.account_of(own)),
    'audit', (select coalesce(jsonb_agg(to_jsonb(a) order by a.id), '[]') from public.audit_log a
      where a.account = private.account_of(own)),
    'photos', (select coalesce(jsonb_agg(to_jsonb(i) order by i.created_at), '[]') from public.images i
      where i.scope = own),
    'versions', (select coalesce(jsonb_agg(to_jsonb(o) order by o.created_at), '[]')
      from public.image_outputs o where o.scope = own),
    'jobs', (select coalesce(jsonb_agg(private.job_json(j) order by j.created_at), '[]')
      from public.jobs j where j.scope = own),
    'announcements', (select coalesce(jsonb_agg(to_jsonb(t) - 'spot' - 'token' order by t.created_at), '[]')
      from public.intakes t where t.scope = own),
    'workbench', (select coalesce(jsonb_agg(to_jsonb(e) order by e.created_at), '[]')
      from public.entries e where e.scope = own),
    'collections', (select coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('photos', (
        select coalesce(jsonb_agg(m.image_id order by m.place), '[]')
        from public.collection_images m where m.collection_id = c.id)) order by c.created_at), '[]')
      from public.collections c where c.scope = own),
    'api_keys', (select coalesce(jsonb_agg(to_jsonb(k) - 'digest' order by k.created_at), '[]')
      from public.api_keys k where k.scope = own),
    'share_links', (select coalesce(jsonb_agg(to_jsonb(s) - 'token_hash' - 'password_hash'
        order by s.created_at), '[]') from public.share_links s where s.scope = own),
    'teams', (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from public.team_members m
      where m.user_id = private.me())
  );
end
$$;
