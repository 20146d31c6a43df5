-- Archive versions of owners who asked for it: those that are not shown and old enough drop their
-- full picture, which their recipe makes anew; thumbnail and recipe stay. Where the original has gone
-- nothing could be made anew, and nothing is archived. Returns how many.
create or replace function public.archive(p_most integer default 200) returns integer language plpgsql security definer set search_path = '' as $$
declare
  o public.image_outputs;
  archived integer := 0;
begin
  for o in
    select e.* from public.image_outputs e
    join public.settings s on s.scope = e.scope
    join public.images i on i.id = e.image_id
    where e.bucket = 'user-library' and e.archived_at is null
      and e.created_at <= private.now() - make_interval(days => s.archive_after_days)
      and i.current_id is distinct from e.id and i.original_gone_at is null
    order by e.created_at limit p_most for update of e skip locked
  loop
    update public.image_outputs set archived_at = private.now() where id = o.id;
    perform private.let_go(o.bucket, o.path_output);
    archived := archived + 1;
  end loop;
  return archived;
end
$$;
