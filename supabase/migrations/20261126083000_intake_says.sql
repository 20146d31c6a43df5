-- One credit is told as one.

create or replace function public.intake_open(p_intake jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := p_intake ->> 'scope';
  told jsonb := jsonb_build_object('sha256', p_intake -> 'sha256', 'bytes', p_intake -> 'bytes',
    'width', p_intake -> 'width', 'height', p_intake -> 'height', 'name', p_intake -> 'name',
    'key', p_intake -> 'key');
  plan public.plans := private.plan_of(own);
  t public.intakes;
  price integer;
  balance integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('intake ' || own, 0));
  select * into t from public.intakes o
    where o.scope = own and o.token = p_intake ->> 'token' and o.token <> '';
  if found then
    if not t.said @> told then
      perform private.refuse(409, 'This Idempotency-Key was used for another photo. Take a new one for each.');
    end if;
    return private.intake_json(t);
  end if;
  perform private.check_photo(plan, (p_intake ->> 'width')::bigint, (p_intake ->> 'height')::bigint,
    (p_intake ->> 'bytes')::bigint);
  perform private.check_room(plan, own, (p_intake ->> 'bytes')::bigint);
  price := private.price_of_photo(plan, own, p_intake ->> 'sha256', p_intake ->> 'recipe');
  select coalesce(max(c.balance), 0) into balance from public.credits c where c.scope = own;
  if price > balance then
    perform private.refuse(402, format('This takes %s; you have %s.', private.credits_in_words(price), balance));
  elsif (select count(*) from public.intakes o
    where o.scope = own and o.status in ('awaiting_upload', 'verifying')) >= 100 then
    perform private.refuse(429, 'Send the photos that you have announced first.');
  end if;
  insert into public.intakes (id, scope, said, spot, token, status, says, fence, created_at, updated_at, expires_at)
    values ((p_intake ->> 'id')::uuid, own,
      told || jsonb_build_object('op_key', p_intake -> 'op_key', 'recipe', p_intake -> 'recipe'),
      p_intake ->> 'spot', p_intake ->> 'token', 'awaiting_upload', '', 0, private.now(), private.now(),
      private.now() + private.intake_seconds())
    returning * into t;
  return private.intake_json(t);
end
$$;
