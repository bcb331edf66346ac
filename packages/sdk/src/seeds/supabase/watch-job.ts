import { isFinalJobState } from "@playhead/core";
import { createRepeatedReading } from "./repeated-reading.ts";
import { EVENTS, JOBS, type SupabaseEvent, type SupabaseJob } from "./rows.ts";
import { rowsOf, type SupabaseQuery, selectRows, type WatchParts } from "./supabase-like.ts";
import { type WatchState, watchChannel } from "./watched-channel.ts";

/** Who hears of a job. One that throws harms nobody else. */
export interface JobWatchHandlers {
  /** A fact of the job: each once, in order. */
  readonly onEvent?: (event: SupabaseEvent) => void;
  /** The job as it stands; the latest says it all. */
  readonly onProgress?: (job: SupabaseJob) => void;
  /** The history was restored from a backup: events come anew, from the first. */
  readonly onReset?: () => void;
  readonly onState?: (state: WatchState, reason: string | null) => void;
  /** Supabase is not to be counted on: the time for another way, such as `@playhead/client`, from this event on. */
  readonly onFallback?: (reason: string, lastSeq: number) => void;
  /** Told of readings that failed (they are tried again), and of what a handler threw. */
  readonly onError?: (error: unknown) => void;
}

export interface JobWatchOptions extends JobWatchHandlers {
  /** The last event that is known already. @defaultValue 0: all that happened is told */
  readonly after?: number;
}

/** Something that is watched, until it is closed. */
export interface Watch {
  readonly state: WatchState;
  close(): Promise<void>;
}

const PAGE = 500;
/** A last broadcast that was lost is found by this. */
const CHECK_MS = 30_000;

/**
 * Follows one job over its private topic. Broadcasts of the database are best effort: an event that does not follow the one
 * before it says that something is missing, and what is missing is read from the table.
 */
export function watchJob(
  parts: WatchParts,
  jobId: string,
  { after = 0, onEvent, onProgress, onReset, onState, onFallback, onError = () => undefined }: JobWatchOptions,
): Watch {
  const { supabase, tenantId, setTimer } = parts;
  let seq = after;
  let epoch: string | null = null;
  let latest: SupabaseJob | null = null;
  let cancelCheck: (() => void) | null = null;
  const reading = createRepeatedReading(read, { setTimer, onError });

  function tell<Told>(handler: ((told: Told) => void) | undefined, told: Told): void {
    try {
      handler?.(told);
    } catch (error) {
      onError(error);
    }
  }

  const ofJob = (table: string): SupabaseQuery =>
    selectRows(supabase, table).eq("tenant_id", tenantId).eq("job_id", jobId);

  async function read(): Promise<void> {
    const [job] = (await rowsOf(ofJob(JOBS).limit(1))) as readonly SupabaseJob[];
    if (job !== undefined && epoch !== null && job.epoch !== epoch) {
      [seq, latest] = [0, null];
      tell(onReset, undefined);
    }
    epoch = job?.epoch ?? epoch;
    for (let isMore = true; isMore && !reading.isClosed(); ) {
      const page = await rowsOf(ofJob(EVENTS).gt("seq", seq).order("seq", { ascending: true }).limit(PAGE));
      for (const event of page as readonly SupabaseEvent[]) deliver(event);
      isMore = page.length === PAGE;
    }
    if (job !== undefined) show(job);
  }

  function deliver(event: SupabaseEvent): void {
    // Of a reading that began before somebody closed the watch nothing more is told.
    if (event.seq <= seq || reading.isClosed()) return;
    ({ seq } = event);
    tell(onEvent, event);
  }

  /** What comes while it is read is in the next reading. */
  function takeEvent(event: SupabaseEvent): void {
    const isNext = event.seq === seq + 1 && event.epoch === epoch;
    if (isNext && !reading.isReading()) deliver(event);
    else if (event.seq > seq || event.epoch !== epoch) reading.ask();
  }

  function takeJob(job: SupabaseJob): void {
    if (job.seq > seq || job.epoch !== epoch) reading.ask();
    else show(job);
  }

  function show(job: SupabaseJob): void {
    if (reading.isClosed()) return;
    if (latest !== null && Date.parse(job.updated_at) <= Date.parse(latest.updated_at)) return;
    latest = job;
    tell(onProgress, job);
  }

  /** Until it is over: then nothing is left to be missed. */
  function checkLater(): void {
    cancelCheck?.();
    cancelCheck = setTimer(() => {
      if (latest !== null && isFinalJobState(latest.state)) return;
      reading.ask();
      checkLater();
    }, CHECK_MS);
  }

  const channel = watchChannel({
    ...parts,
    topic: `playhead:${tenantId}:${jobId}`,
    readyBy: "system",
    isPrivate: true,
    listen: (opened) =>
      opened.on("broadcast", { event: "*" }, ({ payload }) => {
        const { table, record } = payload as { readonly table?: unknown; readonly record?: unknown };
        if (table === EVENTS) takeEvent(record as SupabaseEvent);
        else if (table === JOBS) takeJob(record as SupabaseJob);
      }),
    onReady() {
      reading.ask();
      checkLater();
    },
    onState(state, reason) {
      tell(() => onState?.(state, reason), undefined);
      if (state === "fallback") tell(() => onFallback?.(reason ?? state, seq), undefined);
    },
  });

  return {
    get state() {
      return channel.state();
    },
    async close() {
      reading.close();
      cancelCheck?.();
      await channel.close();
    },
  };
}
