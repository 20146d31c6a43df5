-- Plans: what each may do and what it costs. Safe to run again.
insert into public.plans (
  id, name, persists, kept_hours, longer_hours, max_bytes, max_pixels, max_side, processed_pixels,
  credits_per_matte, credits_per_upscale, monthly_credits, price_cents, storage_bytes, keep_versions
) values
  ('guest', 'Guest', false, 48, null, 20000000, 36000000, 6000, 12000000, 0, 0, 0, 0, null, null),
  ('free', 'Free', false, 48, 168, 20000000, 36000000, 6000, 12000000, 0, 0, 0, 0, null, null),
  ('paid', 'Paid', true, null, null, 50000000, 50000000, 30000, null, 1, 1, 500, 1900, 100000000000, null),
  ('team', 'Team', true, null, null, 50000000, 50000000, 30000, null, 1, 1, 5000, 9900, 1000000000000, null)
on conflict (id) do update set
  name = excluded.name,
  persists = excluded.persists,
  kept_hours = excluded.kept_hours,
  longer_hours = excluded.longer_hours,
  max_bytes = excluded.max_bytes,
  max_pixels = excluded.max_pixels,
  max_side = excluded.max_side,
  processed_pixels = excluded.processed_pixels,
  credits_per_matte = excluded.credits_per_matte,
  credits_per_upscale = excluded.credits_per_upscale,
  monthly_credits = excluded.monthly_credits,
  price_cents = excluded.price_cents,
  storage_bytes = excluded.storage_bytes,
  keep_versions = excluded.keep_versions;
