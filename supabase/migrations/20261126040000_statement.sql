-- The books as people read them: what each line was for, in the words of who gave it, and what it will
-- cost to keep a result.

-- Why credits came in, where the operator says so.
alter table public.credit_ledger add column reason text check (length(reason) between 1 and 200);

create function private.credits_in_words(n integer) returns text language sql immutable set search_path = '' as $$
  select n || case when n = 1 then ' credit' else ' credits' end
$$;

drop function private.book(text, text, integer, text, text, uuid);
-- The one writer of balances. The same key books once; it returns whether this call did.
create function private.book(
  of_scope text, as_kind text, by_amount integer, with_key text,
  for_item text default null, for_job uuid default null, because text default null
) returns boolean language plpgsql set search_path = '' as $$
declare
  owner public.credits;
  line public.credit_ledger;
begin
  select * into owner from public.credits c where c.scope = of_scope for update;
  if not found then perform private.not_here(); end if;
  select * into line from public.credit_ledger l
    where l.account = owner.account and l.idempotency_key = with_key;
  if found then
    if (line.kind, line.amount) is distinct from (as_kind, by_amount) then
      perform private.refuse(409, 'This was booked before, with another amount.');
    end if;
    return false;
  end if;
  if owner.balance + by_amount < 0 then
    perform private.refuse(402, format('This takes %s; you have %s.',
      private.credits_in_words(-by_amount), owner.balance));
  end if;
  update public.credits set balance = balance + by_amount, updated_at = private.now()
    where scope = of_scope;
  insert into public.credit_ledger (
    account, kind, amount, balance_after, item, job_id, state, idempotency_key, reason
  ) values (
    owner.account, as_kind, by_amount, owner.balance + by_amount, for_item, for_job,
    case as_kind when 'hold' then 'held' end, with_key, because
  );
  return true;
end
$$;

drop function public.grant_credits(text, integer, text, text);
-- Credits that come in: of the month, bought, or put right by hand. The same key counts once.
create function public.grant_credits(
  p_scope text, p_amount integer, p_kind text, p_key text, p_reason text default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  applied boolean;
begin
  if p_kind is null or p_kind not in ('grant', 'purchase', 'adjust') then
    perform private.refuse(422, 'Credits are granted, bought or adjusted.');
  end if;
  applied := private.book(p_scope, p_kind, p_amount, 'in:' || p_key, because => p_reason);
  if applied then
    perform private.note('credits', p_scope, null, jsonb_build_object('kind', p_kind, 'amount', p_amount));
  end if;
  return jsonb_build_object('applied', applied,
    'balance', (select c.balance from public.credits c where c.scope = p_scope));
end
$$;

-- The scope of whoever signs in with an address.
create function public.scope_of(p_email text) returns text language plpgsql stable security definer set search_path = '' as $$
declare
  own text := (select p.user_id::text from auth.users u join public.profiles p on p.user_id = u.id
    where lower(u.email) = lower(trim(p_email)) order by u.created_at, u.id limit 1);
begin
  if own is null then
    perform private.refuse(404, 'Nobody has an account with this address.');
  end if;
  perform private.plan_of(own);  -- refuses whom is being erased
  return own;
end
$$;

-- The lines of whoever asks, the newest first; older ones than one that is known.
create function public.statement(p_before bigint default null, p_most integer default 25)
returns jsonb language plpgsql stable security definer set search_path = '' as $$
declare
  own text := private.asks()::text;
begin
  return (select coalesce(jsonb_agg(to_jsonb(line) order by line.id desc), '[]') from (
    select l.id, l.kind, l.amount, l.balance_after as balance, l.item, l.state, l.reason,
      private.unix(l.created_at) as at,
      l.idempotency_key like 'in:month:%' as monthly,
      l.idempotency_key like 'promote:%' as kept,
      i.name as photo
    from public.credit_ledger l
    left join public.jobs j on j.id = l.job_id and j.scope = own
    left join public.images i on i.id = j.image_id and i.deleting_at is null
    where l.account = private.account_of(own) and l.id < coalesce(p_before, 9223372036854775807)
    order by l.id desc limit least(greatest(p_most, 0), 100)
  ) line);
end
$$;

-- What keeping a result for good costs: nothing where its matte was paid for, or it is kept already.
create function public.library_cost(p_scope text, p_version uuid) returns integer language plpgsql stable security definer set search_path = '' as $$
declare
  o public.image_outputs;
  photo text;
begin
  select v.* into o from public.image_outputs v
    where v.id = p_version and v.scope = p_scope and v.deleting_at is null;
  if not found then perform private.not_here(); end if;
  if o.bucket = 'user-library' then
    return 0;
  end if;
  select i.sha256 into photo from public.images i where i.id = o.image_id;
  return private.due(private.plan_of(p_scope), o, photo, true);
end
$$;

-- Reserve a version that is to be kept for good. The sweep leaves it alone for ten minutes, in which
-- the objects are copied as this says; what was copied in vain is swept after that.
create or replace function public.promote_reserve(p_scope text, p_version uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  o public.image_outputs := private.lock_output(p_scope, p_version);
  plan public.plans := private.plan_of(p_scope);
  i public.images;
  price integer;
  more integer;
  balance integer;
  copies jsonb;
begin
  if o.bucket = 'user-library' then
    return jsonb_build_object('version', private.version_json(o), 'copies', '[]'::jsonb, 'price', 0);
  end if;
  if not plan.persists then
    perform private.refuse(403, 'Keeping needs a paid plan.');
  end if;
  select * into i from public.images g where g.id = o.image_id;
  if exists (select from public.jobs j where j.image_id = i.id and j.status = 'running') then
    perform private.refuse(409, 'This photo is being worked on. Try again in a moment.');
  end if;
  -- A sweep that has read these names may still remove what is under them.
  if exists (select from private.promotion(o) p join public.removals r
    on r.bucket = 'user-library' and r.path = p.to_path
    where r.noted_at <= private.now()
      and coalesce(r.removed_at, 'infinity') > private.now() - interval '5 minutes') then
    perform private.refuse(409, 'An earlier attempt is being cleared away. Try again in a few minutes.');
  end if;
  price := private.due(plan, o, i.sha256, true);
  more := private.due(plan, o, i.sha256, false);
  select coalesce(max(c.balance), 0) into balance from public.credits c where c.scope = p_scope;
  if balance < more then
    perform private.refuse(402, format('This takes %s; you have %s.', private.credits_in_words(more), balance));
  end if;
  perform private.check_room(plan, p_scope, i.bytes + o.bytes);
  update public.images set promoting_until = private.now() + private.promoting() where id = i.id;
  update public.image_outputs set promoting_until = private.now() + private.promoting() where id = o.id;
  select jsonb_agg(jsonb_build_object(
      'from', p.from_bucket || '/' || p.from_path, 'to', 'user-library/' || p.to_path))
    into copies from private.promotion(o) p;
  -- Whatever becomes of this, no copy stays without a row.
  insert into public.removals (bucket, path, noted_at)
    select 'user-library', p.to_path, private.now() + private.promoting() + interval '5 minutes'
    from private.promotion(o) p
    on conflict (bucket, path) do update set noted_at = excluded.noted_at, removed_at = null;
  return jsonb_build_object('version', private.version_json(o), 'copies', copies, 'price', price);
end
$$;

revoke all on function private.credits_in_words(integer),
  private.book(text, text, integer, text, text, uuid, text),
  public.grant_credits(text, integer, text, text, text), public.scope_of(text),
  public.statement(bigint, integer), public.library_cost(text, uuid)
from public, anon, authenticated, service_role;
grant execute on function public.statement(bigint, integer) to authenticated;
grant execute on function public.grant_credits(text, integer, text, text, text),
  public.scope_of(text), public.library_cost(text, uuid) to service_role;
