-- What a signed-in user may do with a token alone, each noted in the audit log. None of it admits a
-- job, holds or spends; what a desktop brings is not verified until the server has opened it.

create function private.asks() returns uuid language plpgsql stable security definer set search_path = '' as $$
begin
  if private.me() is null then perform private.refuse(403, 'Sign in first.'); end if;
  return private.me();
end
$$;

-- The scopes that the user who asks may change.
create function private.my_own() returns setof text language sql stable security definer set search_path = '' as $$
  select me::text from private.me() me where me is not null
  union all
  select 'team-' || m.team_id from public.team_members m
    where m.user_id = private.me() and m.role in ('owner', 'editor')
$$;

-- A photo that the user who asks may change, locked; what is not yours is not here.
create function private.mine(p_image uuid) returns public.images language plpgsql set search_path = '' as $$
declare
  of_scope text;
begin
  select i.scope into of_scope from public.images i
    where i.id = p_image and i.scope in (select private.my_own());
  if not found then perform private.not_here(); end if;
  return private.lock_image(of_scope, p_image);
end
$$;

create function public.rename(p_image uuid, p_name text) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  i public.images;
begin
  perform private.asks();
  i := private.mine(p_image);
  perform private.check_open(i);
  if p_name is null or length(p_name) > 255 then
    perform private.refuse(422, 'A name has at most 255 characters.');
  end if;
  update public.images set name = p_name, name_key = private.natural_key(p_name)
    where id = i.id returning * into i;
  perform private.note('rename', i.scope, private.hex(i.id));
  return private.image_json(i);
end
$$;

-- Put photos in the trash, or take them out; returns how many moved.
create function public.trash(p_images uuid[], p_in boolean default true) returns integer language plpgsql security definer set search_path = '' as $$
declare
  moved integer;
begin
  perform private.asks();
  update public.images set deleted_at = case when p_in then private.now() end
    where id = any (p_images) and deleting_at is null and (deleted_at is null) = p_in
      and scope in (select private.my_own());
  get diagnostics moved = row_count;
  perform private.note(case when p_in then 'trash' else 'take_back' end, private.me()::text, null,
    jsonb_build_object('photos', moved));
  return moved;
end
$$;

-- Put own photos in the collection of a name, which is made if need be, or take them out of it.
create function public.collect(p_name text, p_images uuid[], p_in boolean default true) returns integer language plpgsql security definer set search_path = '' as $$
declare
  own text := private.asks()::text;
  tidy text := trim(regexp_replace(coalesce(p_name, ''), '\s+', ' ', 'g'));
  target uuid;
  changed integer;
begin
  if tidy = '' or length(tidy) > 200 then
    perform private.refuse(422, 'A collection needs a name of at most 200 characters.');
  end if;
  if p_in then
    insert into public.collections (scope, name, name_key) values (own, tidy, private.folded(tidy))
      on conflict (scope, name_key) do nothing;
  end if;
  select c.id into target from public.collections c
    where c.scope = own and c.name_key = private.folded(tidy) for update;
  if p_in then
    insert into public.collection_images (collection_id, image_id, scope, place)
      select target, i.id, own, given.at * 1024.0 + coalesce((select max(c.place)
        from public.collection_images c where c.collection_id = target), 0)
      from unnest(p_images) with ordinality given(id, at)
      join public.images i on i.id = given.id and i.scope = own and i.deleting_at is null
      on conflict do nothing;
  else
    delete from public.collection_images c where c.collection_id = target and c.image_id = any (p_images);
  end if;
  get diagnostics changed = row_count;
  perform private.note('collect', own, private.hex(target), jsonb_build_object('photos', changed, 'in', p_in));
  return changed;
end
$$;

-- Change some of one's settings and return them all.
create function public.settings(p_changes jsonb default '{}') returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := private.asks()::text;
  now_set public.settings;
begin
  if exists (select from jsonb_object_keys(p_changes) given(name) where given.name not in
    ('keep_last', 'archive_after_days', 'keep_original', 'full_resolution')) then
    perform private.refuse(422, 'There is no such setting.');
  end if;
  insert into public.settings (scope) values (own) on conflict do nothing;
  select * into now_set from public.settings s where s.scope = own for update;
  now_set := jsonb_populate_record(now_set, p_changes);
  update public.settings set
    keep_last = now_set.keep_last, archive_after_days = now_set.archive_after_days,
    keep_original = now_set.keep_original, full_resolution = now_set.full_resolution
    where scope = own;
  if p_changes <> '{}' then
    perform private.note('settings', own, null, p_changes);
  end if;
  return to_jsonb(now_set) - 'scope';
end
$$;

-- Everything that is known of the user who asks, but for the objects.
create function public.export_me() returns jsonb language plpgsql security definer set search_path = '' as $$
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
