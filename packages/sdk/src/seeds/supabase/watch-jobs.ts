import { conditionsOf, narrowed, realtimeFilter, type SupabaseJobsFilter } from "./jobs-filter.ts";
import { createRepeatedReading } from "./repeated-reading.ts";
import { JOBS, type SupabaseJob } from "./rows.ts";
import { rowsOf, selectRows, type WatchParts } from "./supabase-like.ts";
import type { JobWatchHandlers, Watch } from "./watch-job.ts";
import { watchChannel } from "./watched-channel.ts";

/** Who hears of jobs. */
export type JobsWatchHandlers = Pick<JobWatchHandlers, "onProgress" | "onState" | "onError"> & {
  readonly onFallback?: (reason: string) => void;
};

const PAGE = 500;
/** Of more jobs it is not remembered which of their rows were told. */
const REMEMBERED = 10_000;
/** Transactions become visible in another order than that of their times. */
const OVERLAP_MS = 5_000;

let watches = 0;

/**
 * Follows those jobs of a tenant that a filter lets through, by changes of the table. Realtime checks each of them for each
 * subscriber: for a server or a dashboard, and not for every visitor. First the newest rows are told, then what changes.
 */
export function watchJobs(
  parts: WatchParts,
  filter: SupabaseJobsFilter,
  { onProgress, onState, onFallback, onError = () => undefined }: JobsWatchHandlers,
): Watch {
  const { supabase, tenantId, setTimer } = parts;
  const conditions = conditionsOf(tenantId, filter);
  const told = new Map<string, number>();
  let latestMs: number | null = null;
  const reading = createRepeatedReading(read, { setTimer, onError });

  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      onError(error);
    }
  }

  async function read(): Promise<void> {
    const query = narrowed(selectRows(supabase, JOBS), conditions);
    if (latestMs === null) {
      const newest = await rowsOf(query.order("updated_at", { ascending: false }).limit(PAGE));
      for (const job of newest.toReversed() as readonly SupabaseJob[]) show(job);
      latestMs ??= 0;
      return;
    }
    let since = new Date(latestMs - OVERLAP_MS).toISOString();
    for (let isMore = true; isMore && !reading.isClosed(); ) {
      const changed = narrowed(selectRows(supabase, JOBS), conditions).gte("updated_at", since);
      const page = (await rowsOf(changed.order("updated_at", { ascending: true }).limit(PAGE))) as SupabaseJob[];
      for (const job of page) show(job);
      const next = page.at(-1)?.updated_at ?? since;
      isMore = page.length === PAGE && next !== since;
      since = next;
    }
  }

  function show(job: SupabaseJob): void {
    const updatedMs = Date.parse(job.updated_at);
    if (reading.isClosed() || updatedMs <= (told.get(job.job_id) ?? Number.NEGATIVE_INFINITY)) return;
    told.delete(job.job_id);
    told.set(job.job_id, updatedMs);
    const [oldest] = told.keys();
    if (told.size > REMEMBERED && oldest !== undefined) told.delete(oldest);
    latestMs = Math.max(latestMs ?? 0, updatedMs);
    guarded(() => onProgress?.(job));
  }

  watches += 1;
  const channel = watchChannel({
    ...parts,
    // Two watches of one name would be one channel.
    topic: `${JOBS}:${tenantId}:${watches}`,
    readyBy: "postgres_changes",
    isPrivate: false,
    listen: (opened) =>
      opened.on(
        "postgres_changes",
        { event: "*", schema: "public", table: JOBS, filter: realtimeFilter(conditions) },
        (payload) => show(payload.new as SupabaseJob),
      ),
    onReady: reading.ask,
    onState(state, reason) {
      guarded(() => onState?.(state, reason));
      if (state === "fallback") guarded(() => onFallback?.(reason ?? state));
    },
  });

  return {
    get state() {
      return channel.state();
    },
    async close() {
      reading.close();
      await channel.close();
    },
  };
}
