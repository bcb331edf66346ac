import { isFinalJobState } from "@playhead/core";
import type { LiveJob } from "./live-job.ts";

/** A job's progress is said at most this often. */
const EVERY_MS = 250;

export interface ProgressTickerDeps {
  readonly nowMs: () => number;
  /** Says the job's progress now. */
  readonly emit: (live: LiveJob) => void;
}

/**
 * Says the progress of jobs on which something moved: at once when the last time was long enough ago, else when it is
 * due, so that the last value is always said.
 */
export function createProgressTicker({ nowMs, emit }: ProgressTickerDeps) {
  const due = new Set<LiveJob>();
  let timer: NodeJS.Timeout | null = null;

  function say(live: LiveJob): void {
    live.lastProgressMs = nowMs();
    due.delete(live);
    if (!isFinalJobState(live.draft.state)) emit(live);
  }

  function sweep(): void {
    timer = null;
    const now = nowMs();
    for (const live of due) if (now - live.lastProgressMs >= EVERY_MS) say(live);
    arm();
  }

  function arm(): void {
    if (timer === null && due.size > 0) timer = setTimeout(sweep, EVERY_MS / 5);
  }

  return {
    moved(live: LiveJob): void {
      if (nowMs() - live.lastProgressMs >= EVERY_MS) say(live);
      else due.add(live);
      arm();
    },
    close(): void {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      due.clear();
    },
  };
}
