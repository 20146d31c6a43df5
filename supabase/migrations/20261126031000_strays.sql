-- Objects that no row speaks of and that nothing is about to keep: what a worker put before it was
-- killed, or what came in and was never admitted. They are noted to go when they are a day old; until
-- then their rows may still come.

create function private.is_spoken_of(of_bucket text, of_path text) returns boolean language sql stable set search_path = '' as $$
  select exists (select from public.images i
      where i.bucket = of_bucket and i.path_original = of_path and i.original_gone_at is null)
    or exists (select from public.image_outputs o
      where o.bucket = of_bucket and o.path_output = of_path and o.archived_at is null)
    or exists (select from public.image_outputs o
      where o.bucket = of_bucket and o.thumbnail_path = of_path)
    or exists (select from public.mattes m where m.bucket = of_bucket and m.path = of_path)
    or exists (select from public.strokes s where s.bucket = of_bucket and s.path = of_path)
    or (of_bucket = 'user-library' and (
      exists (select from public.syncs s where s.path_original = of_path)
      or exists (select from public.syncs s where s.path_output = of_path)
      or exists (select from public.syncs s where s.thumbnail_path = of_path)))
$$;

-- Look at so many objects after a name, in their order. Returns how many were noted, and the last name;
-- null where the end was reached.
create function public.note_strays(p_after text, p_most integer default 1000) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  one record;
  seen integer := 0;
  noted integer := 0;
  last text;
begin
  for one in
    select o.bucket_id, o.name, o.created_at from storage.objects o
    where o.bucket_id in ('outputs-ephemeral', 'uploads-ephemeral', 'user-library')
      and (o.bucket_id, o.name collate "C")
        > (split_part(p_after, '/', 1), substr(p_after, strpos(p_after, '/') + 1))
    order by o.bucket_id, o.name collate "C" limit p_most
  loop
    seen := seen + 1;
    last := one.bucket_id || '/' || one.name;
    if one.created_at <= private.now() - interval '1 day'
      and not private.is_spoken_of(one.bucket_id, one.name)
      and not exists (select from public.removals r
        where r.bucket = one.bucket_id and r.path = one.name and r.removed_at is null)
    then
      perform private.note_objects(array[one.bucket_id], array[one.name]);
      noted := noted + 1;
    end if;
  end loop;
  return jsonb_build_object('noted', noted, 'after', case when seen = p_most then last end);
end
$$;

revoke all on function private.is_spoken_of(text, text) from public, anon, authenticated, service_role;
revoke all on function public.note_strays(text, integer) from public, anon, authenticated;
grant execute on function public.note_strays(text, integer) to service_role;
