-- What the server is told: rows as the program knows them. Ids are 32 hex digits, times are Unix
-- seconds, and an object is named by its bucket and its path.
create function private.hex(id uuid) returns text language sql immutable set search_path = '' as $$
  select replace(id::text, '-', '')
$$;

create function private.unix(moment timestamptz) returns double precision language sql immutable set search_path = '' as $$
  select extract(epoch from moment)::double precision
$$;

create function private.moment(seconds double precision) returns timestamptz language sql immutable set search_path = '' as $$
  select to_timestamp(seconds)
$$;

create function private.image_json(i public.images) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', private.hex(i.id), 'scope', i.scope, 'sha256', i.sha256, 'mime', i.mime,
    'extension', i.extension, 'width', i.width, 'height', i.height, 'bytes', i.bytes,
    'path', i.bucket || '/' || i.path_original, 'created_at', private.unix(i.created_at),
    'name', i.name, 'notes', i.notes, 'current_id', private.hex(i.current_id),
    'deleted_at', private.unix(i.deleted_at)
  )
$$;

create function private.job_json(j public.jobs) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', private.hex(j.id), 'scope', j.scope, 'image_id', private.hex(j.image_id),
    'status', j.status, 'key', j.key, 'op_key', j.op_key, 'recipe', j.recipe,
    'priority', j.priority, 'attempts', j.attempts, 'owner', j.owner,
    'lease_until', private.unix(j.lease_until), 'fence', j.fence, 'says', j.worker_notes,
    'version_id', private.hex(j.output_id), 'created_at', private.unix(j.created_at),
    'updated_at', private.unix(j.updated_at), 'doubt', j.doubt, 'reasons', j.reasons
  )
$$;

create function private.version_json(o public.image_outputs) returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', private.hex(o.id), 'scope', o.scope, 'image_id', private.hex(o.image_id),
    'job_id', private.hex(o.job_id), 'number', o.version, 'key', o.key, 'op_key', o.op_key,
    'recipe', o.recipe, 'path', o.bucket || '/' || o.path_output,
    'thumbnail_path', o.bucket || '/' || o.thumbnail_path, 'width', o.width, 'height', o.height,
    'bytes', o.bytes, 'created_at', private.unix(o.created_at)
  )
$$;

-- Refuse with a sentence; the gateway makes an HTTP status of the code.
create function private.refuse(status integer, says text) returns void language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'PT' || status, message = says;
end
$$;

create function private.not_here() returns void language sql set search_path = '' as $$
  select private.refuse(404, 'This is not here (any more).')
$$;

-- Names without case and accents, and as people count: IMG_9 comes before IMG_10.
create function private.folded(name text) returns text language sql immutable set search_path = '' as $$
  select replace(lower(
    regexp_replace(normalize(name, nfkd), '[\u0300-\u036f]', '', 'g') collate "und-x-icu"
  ), 'ß', 'ss')
$$;

create function private.natural_key(name text) returns text language sql immutable set search_path = '' as $$
  select coalesce(string_agg(
    case when part[1] ~ '^[0-9]'
      then lpad(ltrim(part[1], '0'), greatest(12, length(ltrim(part[1], '0'))), '0')
      else part[1]
    end, '' order by at), '')
  from regexp_matches(private.folded(name), '[0-9]+|[^0-9]+', 'g') with ordinality found(part, at)
$$;

-- What of a photo is where: decided here alone.
create function private.folder(i public.images) returns text language sql immutable set search_path = '' as $$
  select i.scope || '/' || i.id::text
$$;

create function private.output_path(i public.images, bucket text, job_id uuid, output_id uuid)
returns text language sql immutable set search_path = '' as $$
  select case bucket
    when 'user-library' then private.folder(i) || '/output/' || output_id || '.png'
    else job_id || '.png'
  end
$$;

create function private.thumbnail_path(i public.images, bucket text, job_id uuid, output_id uuid)
returns text language sql immutable set search_path = '' as $$
  select case bucket
    when 'user-library' then private.folder(i) || '/thumb/' || output_id || '.webp'
    else job_id || '.webp'
  end
$$;

-- An object that is to go; the sweep removes it, now or after a moment.
create function private.let_go(bucket text, path text, after timestamptz default private.now())
returns void language sql set search_path = '' as $$
  insert into public.removals (bucket, path, noted_at) values (bucket, path, after)
  on conflict do nothing
$$;
