-- Money. Everything that a balance ever did is a line of the ledger: their sum is the balance.

create function private.append_only() returns trigger language plpgsql set search_path = '' as $$
begin
  -- What is held is captured or released once; nothing else of a line ever changes.
  if tg_op = 'UPDATE' and tg_table_name = 'credit_ledger' then
    if old.state = 'held' and to_jsonb(new) - 'state' = to_jsonb(old) - 'state' then
      return new;
    end if;
  end if;
  raise exception '% is only ever written on.', tg_table_name using errcode = '42501';
end
$$;
create trigger credit_ledger_append_only before update or delete on public.credit_ledger
  for each row execute function private.append_only();
create trigger audit_log_append_only before update or delete on public.audit_log
  for each row execute function private.append_only();
create trigger credit_ledger_no_truncate before truncate on public.credit_ledger
  for each statement execute function private.append_only();
create trigger audit_log_no_truncate before truncate on public.audit_log
  for each statement execute function private.append_only();

create function private.account_of(of_scope text) returns uuid language sql stable set search_path = '' as $$
  select c.account from public.credits c where c.scope = of_scope
$$;

create function private.note(action text, scope text, target text default null, detail jsonb default '{}')
returns void language sql set search_path = '' as $$
  insert into public.audit_log (account, action, target, detail)
  values (private.account_of(scope), action, target, detail)
$$;

-- The one writer of balances. The same key books once; it returns whether this call did.
create function private.book(
  of_scope text, as_kind text, by_amount integer, with_key text,
  for_item text default null, for_job uuid default null
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
    perform private.refuse(402, format('This takes %s credits; you have %s.', -by_amount, owner.balance));
  end if;
  update public.credits set balance = balance + by_amount, updated_at = private.now()
    where scope = of_scope;
  insert into public.credit_ledger (
    account, kind, amount, balance_after, item, job_id, state, idempotency_key
  ) values (
    owner.account, as_kind, by_amount, owner.balance + by_amount, for_item, for_job,
    case as_kind when 'hold' then 'held' end, with_key
  );
  return true;
end
$$;

-- What a recipe needs that is paid for once: the matte of a model, and each enlargement of it.
create function private.items_of(recipe text) returns text[] language plpgsql immutable set search_path = '' as $$
declare
  read jsonb;
begin
  begin
    read := recipe::jsonb;
  exception when invalid_text_representation then
    return array[]::text[];
  end;
  if read ->> 'model' is null then
    return array[]::text[];
  end if;
  return array[read ->> 'model'] || case
    when (read ->> 'upscale') in ('2', '4') then array[(read ->> 'model') || ' x' || (read ->> 'upscale')]
    else array[]::text[]
  end;
end
$$;

create function private.price_of(plan public.plans, item text) returns integer language sql immutable set search_path = '' as $$
  select case when item ~ ' x[24]$' then (plan).credits_per_upscale else (plan).credits_per_matte end
$$;

-- Hold what a job costs, but for what its owner has paid for or another job holds for. Its photo
-- is locked by who calls this.
create function private.hold(j public.jobs) returns void language plpgsql set search_path = '' as $$
declare
  plan public.plans := private.plan_of((j).scope);
  items text[] := private.items_of((j).recipe);
  wanted text;
begin
  if plan.credits_per_matte > 0 and items = '{}' then
    perform private.refuse(422, 'This recipe names no model.');
  end if;
  foreach wanted in array items loop
    continue when private.price_of(plan, wanted) = 0;
    insert into public.paid_items (scope, sha256, item, job_id)
      values ((j).scope, (j).input_sha256, wanted, (j).id) on conflict do nothing;
    continue when not found;
    perform private.book((j).scope, 'hold', -private.price_of(plan, wanted),
      format('job:%s:%s:hold:%s', (j).id, (j).round, wanted), wanted, (j).id);
  end loop;
end
$$;

-- Give back what a job holds, unless another one on the same photo needs it: then that holds it.
create function private.release_hold(j public.jobs) returns void language plpgsql set search_path = '' as $$
declare
  held public.credit_ledger;
  heir public.jobs;
begin
  for held in select * from public.credit_ledger l where l.job_id = (j).id and l.state = 'held' loop
    perform private.book((j).scope, 'release', -held.amount,
      format('%s:back', held.idempotency_key), held.item, (j).id);
    update public.credit_ledger set state = 'released' where id = held.id;
    select * into heir from public.jobs o
      where o.image_id = (j).image_id and o.id <> (j).id and o.status in ('queued', 'running')
        and held.item = any (private.items_of(o.recipe))
      order by o.created_at, o.seq limit 1;
    if found then
      update public.paid_items set job_id = heir.id
        where scope = (j).scope and sha256 = (j).input_sha256 and item = held.item and not paid;
      perform private.book((j).scope, 'hold', held.amount,
        format('job:%s:%s:hold:%s', heir.id, heir.round, held.item), held.item, heir.id);
    else
      delete from public.paid_items
        where scope = (j).scope and sha256 = (j).input_sha256 and item = held.item and not paid;
    end if;
  end loop;
end
$$;

-- What a finished job needed is paid for from now on, whichever job holds for it.
create function private.capture(j public.jobs) returns void language plpgsql set search_path = '' as $$
declare
  bought public.paid_items;
begin
  for bought in
    update public.paid_items set paid = true
    where scope = (j).scope and sha256 = (j).input_sha256
      and item = any (private.items_of((j).recipe)) and not paid
    returning *
  loop
    update public.credit_ledger set state = 'captured'
      where job_id = bought.job_id and item = bought.item and state = 'held';
  end loop;
end
$$;

-- Credits that come in: of the month, bought, or put right by hand. The same key counts once.
create function public.grant_credits(p_scope text, p_amount integer, p_kind text, p_key text)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  applied boolean;
begin
  if p_kind is null or p_kind not in ('grant', 'purchase', 'adjust') then
    perform private.refuse(422, 'Credits are granted, bought or adjusted.');
  end if;
  applied := private.book(p_scope, p_kind, p_amount, 'in:' || p_key);
  if applied then
    perform private.note('credits', p_scope, null, jsonb_build_object('kind', p_kind, 'amount', p_amount));
  end if;
  return jsonb_build_object('applied', applied,
    'balance', (select c.balance from public.credits c where c.scope = p_scope));
end
$$;

-- Accounts whose balance is not the sum of their lines. There are none.
create function public.unbalanced() returns setof uuid language sql stable security definer set search_path = '' as $$
  select c.account from public.credits c
  left join public.credit_ledger l on l.account = c.account
  group by c.account, c.balance
  having c.balance <> coalesce(sum(l.amount), 0)
$$;
