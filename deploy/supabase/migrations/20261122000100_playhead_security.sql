-- Whoever is signed in reads the rows of their tenant, and nobody but Playhead writes.

-- The tenant of who asks. The one place to change where your tokens have it elsewhere: a claim of its own (set by a custom
-- access token hook), or the app_metadata of the user, which only a server can write. Never user_metadata: users write that.
create or replace function public.playhead_tenant_id() returns text
language sql stable set search_path = ''
as $$
  select nullif(coalesce(auth.jwt() ->> 'tenant_id', auth.jwt() -> 'app_metadata' ->> 'tenant_id'), '')
$$;

alter table public.playhead_jobs enable row level security;
alter table public.playhead_job_events enable row level security;

-- The subselect is evaluated once a statement, and not for each row.
drop policy if exists playhead_read on public.playhead_jobs;
create policy playhead_read on public.playhead_jobs for select to authenticated
  using (tenant_id = (select public.playhead_tenant_id()));

drop policy if exists playhead_read on public.playhead_job_events;
create policy playhead_read on public.playhead_job_events for select to authenticated
  using (tenant_id = (select public.playhead_tenant_id()));

-- A project's default privileges give everything to everybody, and leave the rest to policies.
revoke all on public.playhead_jobs, public.playhead_job_events from public, anon, authenticated;
grant select on public.playhead_jobs, public.playhead_job_events to authenticated;
grant select on public.playhead_jobs, public.playhead_job_events to service_role;
revoke all on function public.playhead_tenant_id() from public, anon;
grant execute on function public.playhead_tenant_id() to authenticated, service_role;

-- For Playhead's own connection: it may call playhead_append, and do nothing else.
do $$
begin
  if not exists (select from pg_roles where rolname = 'playhead_writer') then
    create role playhead_writer nologin;
  end if;
end
$$;
grant usage on schema public to playhead_writer;
