-- What Playhead mirrors of its jobs into a Supabase project. Playhead's own store stays the original: these tables may be
-- emptied at any time, and fill again with what happens from then on.

-- A job as it stands: latest wins, written once a second at most while it runs.
create table if not exists public.playhead_jobs (
  job_id text primary key,
  -- Topics are playhead:TENANT:JOB, and the policy on them looks for the colons.
  tenant_id text not null check (tenant_id <> '' and position(':' in tenant_id) = 0),
  kind text not null,
  title text not null,
  user_id text,
  state text not null,
  liveness text not null default 'ok',
  percent_complete double precision not null default 0,
  eta_ms bigint,
  eta_low_ms bigint,
  eta_high_ms bigint,
  estimated_completion timestamptz,
  items_total integer not null default 0,
  items_completed integer not null default 0,
  items_failed integer not null default 0,
  items_skipped integer not null default 0,
  items_canceled integer not null default 0,
  items_per_minute double precision,
  rate_limited boolean not null default false,
  current_step text,
  errors_encountered integer not null default 0,
  error jsonb,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  -- Which history the row tells, and as of which of its events.
  epoch text not null,
  seq bigint not null,
  updated_at timestamptz not null default now()
);

create index if not exists playhead_jobs_by_tenant on public.playhead_jobs (tenant_id, updated_at desc);

-- What happened to a job: its facts, numbered 1, 2, 3 … without a gap. Progress in between is in the job's row alone.
create table if not exists public.playhead_job_events (
  job_id text not null,
  seq bigint not null,
  tenant_id text not null check (tenant_id <> '' and position(':' in tenant_id) = 0),
  epoch text not null,
  type text not null,
  ts timestamptz not null,
  correlation_id text not null,
  data jsonb not null,
  primary key (job_id, seq)
);

-- Watchers of changes see what a row was before. Events are never changed: their key says it all.
alter table public.playhead_jobs replica identity full;
