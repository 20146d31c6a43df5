-- What the key of a program may do, as words, how often, and when it was shown last. Those that are
-- here may do everything.
alter table public.api_keys
  add column may text not null default 'cut read keep' check (may ~ '^(cut|read|keep)( (cut|read|keep))*$'),
  add column per_minute integer check (per_minute > 0),
  add column used_at timestamptz;
grant select (may, per_minute, used_at) on public.api_keys to authenticated;

create or replace function private.key_json(k public.api_keys) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', private.hex((k).id), 'scope', (k).scope, 'name', (k).name, 'digest', (k).digest,
    'created_at', private.unix((k).created_at), 'revoked_at', private.unix((k).revoked_at),
    'may', (k).may, 'per_minute', (k).per_minute, 'used_at', private.unix((k).used_at))
$$;

create or replace function public.library_keep_key(p_key jsonb) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  own text := p_key ->> 'scope';
  k public.api_keys;
begin
  perform pg_advisory_xact_lock(hashtextextended('keys ' || own, 0));
  if exists (select from public.api_keys o where o.scope = own and o.name = p_key ->> 'name') then
    perform private.refuse(409, format('There is a key %L already. Take another name.', p_key ->> 'name'));
  elsif (select count(*) from public.api_keys o where o.scope = own and o.revoked_at is null) >= 50 then
    perform private.refuse(409, 'There are 50 keys. Revoke one that is not used any more.');
  end if;
  insert into public.api_keys (id, scope, name, digest, created_at, may, per_minute)
  values ((p_key ->> 'id')::uuid, own, p_key ->> 'name', p_key ->> 'digest',
    private.moment((p_key ->> 'created_at')::double precision), p_key ->> 'may', (p_key ->> 'per_minute')::integer)
  returning * into k;
  perform private.note('key_made', own, private.hex(k.id));
  return private.key_json(k);
end
$$;

-- The key of a hash, which is noted as shown: once a minute, as a note is a write.
create or replace function public.library_key(p_digest text) returns jsonb language plpgsql volatile security definer set search_path = '' as $$
declare
  k public.api_keys;
begin
  select * into k from public.api_keys o where o.digest = p_digest and o.revoked_at is null;
  if not found then return null; end if;
  if coalesce(k.used_at, '-infinity') <= private.now() - interval '1 minute' then
    update public.api_keys set used_at = private.now() where id = k.id returning * into k;
  end if;
  return private.key_json(k);
end
$$;
