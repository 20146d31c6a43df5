-- Whose plan counts, what it allows, and who comes into being with what.

-- A plan that costs money counts until its end; then the free one does. A visit has its own.
create function private.plan_of(scope text) returns public.plans language plpgsql stable security definer set search_path = '' as $$
declare
  chosen text := 'guest';
  until timestamptz := timestamptz 'infinity';
  erased timestamptz;
  found_plan public.plans;
begin
  if private.user_of(scope) is not null then
    select p.plan_id, p.plan_until, p.erase_at into chosen, until, erased
      from public.profiles p where p.user_id = private.user_of(scope);
    if not found then perform private.not_here(); end if;
  elsif private.team_of(scope) is not null then
    select t.plan_id, t.plan_until, p.erase_at into chosen, until, erased
      from public.teams t left join public.profiles p on p.user_id = t.owner_id
      where t.id = private.team_of(scope);
    if not found then perform private.not_here(); end if;
  end if;
  if erased is not null then
    perform private.refuse(410, 'This account is being deleted.');
  end if;
  select * into found_plan from public.plans p where p.id = chosen;
  if found_plan.persists and coalesce(until, '-infinity') <= private.now() then
    select * into found_plan from public.plans p where p.id = 'free';
  end if;
  if found_plan.id is null then
    perform private.refuse(500, 'There are no plans here. Run supabase/seed.sql.');
  end if;
  return found_plan;
end
$$;

-- Until when something is kept that comes now; plans that keep everything have no clock of their own.
create function private.kept_until(plan public.plans) returns timestamptz language sql stable set search_path = '' as $$
  select private.now() + make_interval(hours => coalesce(
    (plan).kept_hours, (select p.kept_hours from public.plans p where p.id = 'free')))
$$;

create function private.stored_bytes(of_scope text) returns bigint language sql stable set search_path = '' as $$
  select coalesce((select sum(i.bytes) from public.images i where i.scope = of_scope
      and i.bucket = 'user-library'), 0)::bigint
    + coalesce((select sum(o.bytes) from public.image_outputs o where o.scope = of_scope
      and o.bucket = 'user-library'), 0)::bigint
    + coalesce((select sum(m.bytes) from public.mattes m join public.images i on i.id = m.image_id
      where i.scope = of_scope and i.bucket = 'user-library' and m.bucket = 'user-library'), 0)::bigint
$$;

create function private.check_room(plan public.plans, scope text, more bigint) returns void language plpgsql set search_path = '' as $$
begin
  if (plan).storage_bytes is null then
    return;
  elsif private.stored_bytes(scope) + more > (plan).storage_bytes then
    perform private.refuse(413, 'Your library is full. Delete what you do not need, or take a larger plan.');
  end if;
end
$$;

create function private.check_photo(plan public.plans, width bigint, height bigint, bytes bigint)
returns void language plpgsql set search_path = '' as $$
begin
  if bytes > (plan).max_bytes then
    perform private.refuse(413, format('This file has %s MB; your plan takes up to %s MB.',
      ceil(bytes / 1e6), (plan).max_bytes / 1000000));
  elsif width * height > (plan).max_pixels or greatest(width, height) > (plan).max_side then
    perform private.refuse(413, format(
      'This photo has %s x %s pixels; your plan takes up to %s MP and %s pixels a side.',
      width, height, (plan).max_pixels / 1000000, (plan).max_side));
  end if;
end
$$;

-- A library whose plan has ended can be looked at and taken along, and nothing can be added.
create function private.check_open(i public.images) returns void language plpgsql set search_path = '' as $$
begin
  if (i).bucket = 'user-library' and not (private.plan_of((i).scope)).persists then
    perform private.refuse(403, 'Your plan has ended: this library can be read and downloaded. Renew it to go on.');
  end if;
end
$$;

create function private.on_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not new.is_anonymous then
    insert into public.profiles (user_id) values (new.id) on conflict do nothing;
    insert into public.credits (scope) values (new.id::text) on conflict do nothing;
  end if;
  return null;
exception when others then
  raise warning 'No profile for a new user: %', sqlerrm;  -- nobody is kept from signing up
  return null;
end
$$;
create trigger coveshot_on_user after insert or update of is_anonymous on auth.users
  for each row execute function private.on_user();

create function private.on_team() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.credits (scope) values ('team-' || new.id);
  insert into public.team_members (team_id, user_id, role) values (new.id, new.owner_id, 'owner');
  return null;
end
$$;
create trigger teams_come after insert on public.teams
  for each row execute function private.on_team();

-- What the server asks when somebody signs in.
create function public.account(p_scope text) returns jsonb language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('scope', p_scope, 'plan', to_jsonb(private.plan_of(p_scope)),
    'balance', (select c.balance from public.credits c where c.scope = p_scope))
$$;
