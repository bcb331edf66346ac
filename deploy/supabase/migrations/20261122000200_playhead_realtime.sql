-- How browsers hear of it: broadcasts of the database on a private topic a job, playhead:TENANT:JOB, for any number of
-- viewers; and Postgres Changes, which check every change against every subscriber, for a watcher or a dashboard.

create or replace function public.playhead_broadcast_event() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.broadcast_changes(
    'playhead:' || new.tenant_id || ':' || new.job_id, new.type, tg_op, tg_table_name, tg_table_schema, new, null);
  return null;
end
$$;

create or replace function public.playhead_broadcast_job() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.broadcast_changes(
    'playhead:' || new.tenant_id || ':' || new.job_id, 'job', tg_op, tg_table_name, tg_table_schema, new, null);
  return null;
end
$$;

revoke all on function public.playhead_broadcast_event() from public, anon, authenticated;
revoke all on function public.playhead_broadcast_job() from public, anon, authenticated;

drop trigger if exists playhead_broadcast on public.playhead_job_events;
create trigger playhead_broadcast after insert on public.playhead_job_events
  for each row execute function public.playhead_broadcast_event();

drop trigger if exists playhead_broadcast on public.playhead_jobs;
create trigger playhead_broadcast after insert or update on public.playhead_jobs
  for each row execute function public.playhead_broadcast_job();

-- Who may join a private topic is who may read its messages. Nobody may send: there is no policy for insert.
drop policy if exists playhead_hear on realtime.messages;
create policy playhead_hear on realtime.messages for select to authenticated
  using (
    extension = 'broadcast'
    and split_part((select realtime.topic()), ':', 1) = 'playhead'
    and split_part((select realtime.topic()), ':', 2) = (select public.playhead_tenant_id())
  );

-- Row-level security cannot check a deleted row: its primary key goes to all subscribers, of every tenant. So the
-- publication must not publish deletes while ours are in it; and where it does so for tables of yours, ours stay out.
do $$
declare
  publishes record;
  name text;
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime with (publish = 'insert, update');
  end if;
  select puballtables, pubdelete into publishes from pg_publication where pubname = 'supabase_realtime';
  if publishes.pubdelete and (publishes.puballtables or exists (
    select from pg_publication_tables
    where pubname = 'supabase_realtime' and tablename not in ('playhead_jobs', 'playhead_job_events')
  )) then
    raise warning 'supabase_realtime publishes deletes of other tables: Playhead''s were not added, so that ids of deleted '
      'jobs are told to nobody. Broadcasts work all the same. For Postgres Changes run: alter publication '
      'supabase_realtime set (publish = ''insert, update''); and then this migration again.';
    return;
  end if;
  if publishes.pubdelete then
    alter publication supabase_realtime set (publish = 'insert, update');
  end if;
  if publishes.puballtables then
    return;
  end if;
  foreach name in array array['playhead_jobs', 'playhead_job_events'] loop
    if not exists (
      select from pg_publication_tables
      where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = name
    ) then
      execute format('alter publication supabase_realtime add table public.%I', name);
    end if;
  end loop;
end
$$;
