-- Delete all my data: marked at once, then objects, rows, and the user, in this order; killed at any
-- step, the next sweep goes on. What the books keep is under a pseudonym that nobody can resolve then.

-- The scopes that go with a user: its own, and those of teams that it alone is in.
create function private.scopes_of(of_user uuid) returns setof text language sql stable set search_path = '' as $$
  select of_user::text
  union all
  select 'team-' || t.id from public.teams t where t.owner_id = of_user
$$;

create function public.erase_mark(p_scope text) returns double precision language plpgsql security definer set search_path = '' as $$
declare
  asking uuid := private.user_of(p_scope);
  since timestamptz;
  one text;
begin
  select p.erase_at into since from public.profiles p where p.user_id = asking for update;
  if not found then perform private.not_here(); end if;
  if exists (select from public.teams t join public.team_members m on m.team_id = t.id
    where t.owner_id = asking and m.user_id <> asking) then
    perform private.refuse(409, 'Others are in your team. Hand it over, or take them out, first.');
  end if;
  if since is null then
    perform private.note('erase', p_scope);
    update public.profiles set erase_at = private.now() where user_id = asking returning erase_at into since;
  end if;
  delete from auth.sessions s where s.user_id = asking;
  for one in select private.scopes_of(asking) loop
    delete from public.api_keys where scope = one;
    delete from public.share_links where scope = one;
    update public.syncs set expires_at = private.now() where scope = one and expires_at > private.now();
    perform from public.images g where g.scope = one order by g.id for update;  -- before any balance
    update public.images set promoting_until = null where scope = one and promoting_until is not null;
    perform private.stop_jobs(g.id) from public.images g where g.scope = one;
  end loop;
  return private.unix(since);
end
$$;

-- Who is to go, the first one first.
create function public.erasing() returns setof jsonb language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('user_id', p.user_id, 'scopes',
    (select jsonb_agg(one) from private.scopes_of(p.user_id) one))
  from public.profiles p where p.erase_at is not null order by p.erase_at
$$;

create function private.check_erasing(p_scope text) returns void language plpgsql set search_path = '' as $$
begin
  if not exists (select from public.profiles p, private.scopes_of(p.user_id) one
    where p.erase_at is not null and one = p_scope) then
    perform private.refuse(409, 'This account is not marked to be deleted.');
  end if;
end
$$;

-- Objects of somebody who is to go that are still there, whether a row speaks of them or not.
create function public.erase_objects(p_scope text, p_most integer default 1000) returns setof text language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.check_erasing(p_scope);
  return query
    select o.bucket_id || '/' || o.name from storage.objects o
    where o.bucket_id in ('uploads-ephemeral', 'outputs-ephemeral', 'user-library')
      and o.name like p_scope || '/%'
    union
    select o.bucket_id || '/' || o.name from (
      select * from private.objects_of(array(select i.id from public.images i where i.scope = p_scope))
      union
      select 'outputs-ephemeral', j.id || kind from public.jobs j, unnest(array['.png', '.webp']) kind
        where j.scope = p_scope
    ) known(bucket, path)
    join storage.objects o on o.bucket_id = known.bucket and o.name = known.path
    order by 1 limit p_most;
end
$$;

-- Forget the rows of a scope whose objects are gone. The user itself goes through the auth server,
-- and its profile with it.
create function public.erase_rows(p_scope text) returns void language plpgsql security definer set search_path = '' as $$
begin
  perform private.check_erasing(p_scope);
  if exists (select from public.erase_objects(p_scope, 1)) then
    perform private.refuse(409, 'There are objects left. They go first.');
  end if;
  perform from public.images i where i.scope = p_scope order by i.id for update;
  update public.images set current_id = null where scope = p_scope and current_id is not null;
  delete from public.images where scope = p_scope;
  delete from public.collections where scope = p_scope;
  delete from public.settings where scope = p_scope;
  delete from public.api_keys where scope = p_scope;
  delete from public.pauses where scope = p_scope;
  set constraints all immediate;  -- what is counted at the end of a transaction is counted before this
  delete from public.ticks where scope = p_scope;
  delete from public.departures where scope = p_scope;
  delete from public.changes where scope = p_scope;
  delete from public.paid_items where scope = p_scope;
  delete from public.removals where starts_with(path, p_scope || '/');
  delete from public.credits where scope = p_scope;
  delete from public.team_members m where m.user_id = private.user_of(p_scope);
  delete from public.teams t where t.id = private.team_of(p_scope);
end
$$;
