-- How Playhead writes, over a connection to the database or over the Data API: one call, one transaction.

-- Takes events and rows of jobs as JSON arrays, with the names of the columns. Whatever is known stays as it is, so that
-- sending the same again is harmless, and is broadcast to nobody. @returns how many events were new
create or replace function public.playhead_append(epoch text, jobs jsonb, events jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  written integer;
begin
  -- After a restore another history goes on from some event: what the lost one said from there on did not happen.
  delete from public.playhead_job_events as lost
  using (
    select job_id, min(seq) as seq from jsonb_to_recordset(playhead_append.events) as new (job_id text, seq bigint)
    group by job_id
  ) as first
  where lost.job_id = first.job_id and lost.seq >= first.seq and lost.epoch <> playhead_append.epoch;

  insert into public.playhead_job_events (job_id, seq, tenant_id, epoch, type, ts, correlation_id, data)
  select job_id, seq, tenant_id, playhead_append.epoch, type, ts, correlation_id, data
  from jsonb_to_recordset(playhead_append.events) as new (
    job_id text, seq bigint, tenant_id text, type text, ts timestamptz, correlation_id text, data jsonb)
  order by job_id, seq
  on conflict (job_id, seq) do nothing;
  get diagnostics written = row_count;

  -- Rows come after events: who sees a row can read every event up to its seq.
  insert into public.playhead_jobs as known (
    job_id, tenant_id, kind, title, user_id, state, liveness, percent_complete, eta_ms, eta_low_ms, eta_high_ms,
    estimated_completion, items_total, items_completed, items_failed, items_skipped, items_canceled, items_per_minute,
    rate_limited, current_step, errors_encountered, error, created_at, started_at, ended_at, epoch, seq, updated_at)
  select
    job_id, tenant_id, kind, title, user_id, state, liveness, percent_complete, eta_ms, eta_low_ms, eta_high_ms,
    estimated_completion, items_total, items_completed, items_failed, items_skipped, items_canceled, items_per_minute,
    rate_limited, current_step, errors_encountered, error, created_at, started_at, ended_at, playhead_append.epoch, seq,
    now()
  from jsonb_populate_recordset(null::public.playhead_jobs, playhead_append.jobs)
  order by job_id
  on conflict (job_id) do update set
    tenant_id = excluded.tenant_id, kind = excluded.kind, title = excluded.title, user_id = excluded.user_id,
    state = excluded.state, liveness = excluded.liveness, percent_complete = excluded.percent_complete,
    eta_ms = excluded.eta_ms, eta_low_ms = excluded.eta_low_ms, eta_high_ms = excluded.eta_high_ms,
    estimated_completion = excluded.estimated_completion, items_total = excluded.items_total,
    items_completed = excluded.items_completed, items_failed = excluded.items_failed,
    items_skipped = excluded.items_skipped, items_canceled = excluded.items_canceled,
    items_per_minute = excluded.items_per_minute, rate_limited = excluded.rate_limited,
    current_step = excluded.current_step, errors_encountered = excluded.errors_encountered, error = excluded.error,
    created_at = excluded.created_at, started_at = excluded.started_at, ended_at = excluded.ended_at,
    epoch = excluded.epoch, seq = excluded.seq, updated_at = excluded.updated_at
  where known.epoch <> excluded.epoch or known.seq <= excluded.seq;
  return written;
end
$$;

-- Lets go of jobs that ended so long ago, and of those that nothing was heard of since. In small steps, so that nobody
-- waits: call it until it returns 0, or by pg_cron. @returns how many jobs went
create or replace function public.playhead_prune(older_than interval default '90 days', most integer default 500)
returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  old text[];
begin
  select array_agg(job_id) into old from (
    select job_id from public.playhead_jobs
    where coalesce(ended_at, updated_at) < now() - older_than
    order by job_id limit most
    for update skip locked
  ) as ended;
  delete from public.playhead_job_events where job_id = any (old);
  delete from public.playhead_jobs where job_id = any (old);
  return coalesce(array_length(old, 1), 0);
end
$$;

revoke all on function public.playhead_append(text, jsonb, jsonb) from public, anon, authenticated;
revoke all on function public.playhead_prune(interval, integer) from public, anon, authenticated;
grant execute on function public.playhead_append(text, jsonb, jsonb) to playhead_writer, service_role;
grant execute on function public.playhead_prune(interval, integer) to service_role;
