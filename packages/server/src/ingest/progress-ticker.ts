import { createWakeUp, isFinalJobState, type SetTimer } from "@playhead/core";
import type { LiveJob } from "./live-job.ts";

/** A job's progress is said at most this often. */
const EVERY_MS = 250;
/** How often those that wait are looked through, at most. */
const SWEEP_MS = EVERY_MS / 5;
/** So many jobs are told of in one go, so that others get their turn. */
const AT_ONCE = 1_000;

export interface ProgressTickerDeps {
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  /** Whether this is still the job in memory: it may have left, or have been taken anew from the store. */
  readonly isCurrent: (live: LiveJob) => boolean;
  /** Says the job's progress now. */
  readonly emit: (live: LiveJob) => void;
}

/**
 * Says the progress of jobs on which something moved: at once when the last time was long enough ago, else when it is
 * due, so that the last value is always said.
 */
export function createProgressTicker({ nowMs, setTimer, isCurrent, emit }: ProgressTickerDeps) {
  const waiting = new Set<LiveJob>();
  const sweepAt = createWakeUp({ nowMs, setTimer, keepsAlive: true, onWake: sweep });

  /** A clock that was set back makes no job wait for it. */
  const isDue = ({ lastProgressMs }: LiveJob, now: number) => Math.abs(now - lastProgressMs) >= EVERY_MS;

  function say(live: LiveJob, now: number): void {
    live.lastProgressMs = now;
    waiting.delete(live);
    if (isCurrent(live) && !isFinalJobState(live.draft.state)) emit(live);
  }

  const dueInMs = ({ lastProgressMs }: LiveJob, now: number) => EVERY_MS - Math.abs(now - lastProgressMs);

  function sweep(): void {
    const now = nowMs();
    let said = 0;
    let nextInMs = EVERY_MS;
    for (const live of waiting) {
      if (isDue(live, now)) {
        say(live, now);
        said += 1;
        if (said === AT_ONCE) return sweepAt.set(now);
      } else nextInMs = Math.min(nextInMs, dueInMs(live, now));
    }
    if (waiting.size > 0) sweepAt.set(now + Math.max(SWEEP_MS, nextInMs));
  }

  return {
    moved(live: LiveJob): void {
      const now = nowMs();
      if (isDue(live, now)) return say(live, now);
      waiting.add(live);
      sweepAt.set(now + Math.max(SWEEP_MS, dueInMs(live, now)));
    },
    close(): void {
      sweepAt.clear();
      waiting.clear();
    },
  };
}
