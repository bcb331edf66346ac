export type { SupabaseJobsFilter } from "./seeds/supabase/jobs-filter.ts";
export type { SupabaseEvent, SupabaseJob } from "./seeds/supabase/rows.ts";
export type { SupabaseLike } from "./seeds/supabase/supabase-like.ts";
export type { JobWatchHandlers, JobWatchOptions, Watch } from "./seeds/supabase/watch-job.ts";
export type { JobsWatchHandlers } from "./seeds/supabase/watch-jobs.ts";
export type { WatchState } from "./seeds/supabase/watched-channel.ts";
export { SupabaseRealtimeClient, type SupabaseRealtimeClientOptions } from "./seeds/supabase-realtime-client.ts";
