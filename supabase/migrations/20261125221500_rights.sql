-- Who may call what. Everything is taken from everybody first, whatever the project's defaults gave.
do $$
declare
  one regprocedure;
begin
  for one in select p.oid::regprocedure from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and p.proowner = current_user::regrole
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', one);
  end loop;
end
$$;

-- Policies ask these.
grant execute on function private.me(), private.my_scopes(), private.may_read(text),
  private.may_write(text) to authenticated;

-- A user, with a token alone.
grant execute on function
  public.rename(uuid, text),
  public.trash(uuid[], boolean),
  public.collect(text, uuid[], boolean),
  public.settings(jsonb),
  public.export_me(),
  public.sync_open(text, text, jsonb),
  public.sync_done(uuid)
to authenticated;

-- The server, with its secret key.
grant execute on function
  public.account(text),
  public.grant_credits(text, integer, text, text),
  public.unbalanced(),
  public.admit(text, jsonb, jsonb),
  public.start(text, uuid),
  public.beat(jsonb),
  public.finish(uuid, bigint, jsonb, jsonb),
  public.fail(uuid, bigint, text, text),
  public.release(text),
  public.recover(),
  public.cancel(text, uuid),
  public.forsake(text, uuid),
  public.retry(text, uuid),
  public.expire(text, uuid),
  public.restore_version(text, uuid, uuid),
  public.job(text, uuid),
  public.leased(),
  public.output_names(uuid, uuid),
  public.original_name(text, uuid, text),
  public.keep_days(text, uuid),
  public.promote_reserve(text, uuid),
  public.promote_commit(text, uuid),
  public.adopt(text, text),
  public.claim_expired(integer),
  public.forget_claimed(uuid[], uuid[]),
  public.release_stale(),
  public.archive(integer),
  public.erase_mark(text),
  public.erasing(),
  public.erase_objects(text, integer),
  public.erase_rows(text),
  public.sync_pending(integer),
  public.sync_verified(uuid, boolean, text),
  public.drop_syncs(),
  public.queue_read(text, integer, integer),
  public.queue_extend(text, bigint, integer),
  public.queue_archive(text, bigint)
to service_role;
