import { PlayheadError } from "@playhead/core";
import type { SupabaseJobsFilter } from "./supabase/jobs-filter.ts";
import type { SupabaseLike, WatchParts, WatchTimer } from "./supabase/supabase-like.ts";
import { type JobWatchOptions, type Watch, watchJob } from "./supabase/watch-job.ts";
import { type JobsWatchHandlers, watchJobs } from "./supabase/watch-jobs.ts";

/** What a {@link SupabaseRealtimeClient} works through. */
export interface SupabaseRealtimeClientOptions {
  /** Yours, of `@supabase/supabase-js`, signed in as whoever watches. */
  readonly supabase: SupabaseLike;
  /** Whose jobs these are: what the claim `tenant_id` of the token says. */
  readonly tenantId: string;
  /** @defaultValue `setTimeout` */
  readonly setTimer?: WatchTimer;
  /** 0..1. @defaultValue `Math.random` */
  readonly random?: () => number;
}

const setOwnTimer: WatchTimer = (callback, delayMs) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

/**
 * The `SupabaseRealtimeClient` of seed 003: hears of what Playhead mirrors into a Supabase project, in a browser or on a
 * server. It does what the client library leaves to you: what was missed before a join, in a gap or during a cut is read
 * from the tables, each event comes once and in order, and it is told when Supabase is not to be counted on.
 */
export class SupabaseRealtimeClient {
  readonly #parts: WatchParts;
  readonly #watches = new Set<Watch>();

  /** @throws PlayheadError `validation_error` for a tenant that no topic can name */
  constructor({ supabase, tenantId, setTimer = setOwnTimer, random = Math.random }: SupabaseRealtimeClientOptions) {
    if (tenantId === "" || tenantId.includes(":")) {
      throw new PlayheadError("validation_error", `expected a tenant without a colon, got ${JSON.stringify(tenantId)}`);
    }
    this.#parts = { supabase, tenantId, setTimer, random };
  }

  /** Follows one job: each of its events, and how far it is. For any number of viewers. */
  watchJob(jobId: string, options: JobWatchOptions): Watch {
    return this.#keep(watchJob(this.#parts, jobId, options));
  }

  /**
   * Follows the tenant's jobs that a filter lets through. For a server or a dashboard: every change is checked for every
   * watch.
   * @throws PlayheadError `validation_error` for a filter by something else than what is listed
   */
  watchJobs(filter: SupabaseJobsFilter, handlers: JobsWatchHandlers): Watch {
    return this.#keep(watchJobs(this.#parts, filter, handlers));
  }

  /** Ends all watches; the client that was passed in stays open. */
  async close(): Promise<void> {
    await Promise.all([...this.#watches].map((watch) => watch.close()));
  }

  #keep(watch: Watch): Watch {
    this.#watches.add(watch);
    const kept = this.#watches;
    return {
      get state() {
        return watch.state;
      },
      async close() {
        kept.delete(watch);
        await watch.close();
      },
    };
  }
}
