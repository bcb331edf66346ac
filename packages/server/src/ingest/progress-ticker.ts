import { createWakeUp, isFinalJobState, type SetTimer, untilWholeSecond } from "@playhead/core";
import type { LiveJob } from "./live-job.ts";

/** A job's progress is said at most this often to those who follow it; where nobody does, at whole seconds. */
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
  /** Whether somebody may be told of it. */
  readonly isFollowed: (live: LiveJob) => boolean;
  /** Says the job's progress now. */
  readonly emit: (live: LiveJob) => void;
}

/**
 * Says the progress of jobs on which something moved: at once when the last time was long enough ago, else when it is
 * due, so that the last value is always said.
 */
export function createProgressTicker({ nowMs, setTimer, isCurrent, isFollowed, emit }: ProgressTickerDeps) {
  const waiting = new Set<LiveJob>();
  const sweepAt = createWakeUp({ nowMs, setTimer, keepsAlive: true, onWake: sweep });

  /** A clock that was set back makes no job wait for it. */
  const sinceMs = ({ lastProgressMs }: LiveJob, now: number) => Math.abs(now - lastProgressMs);
  const dueInMs = (live: LiveJob, now: number) =>
    (isFollowed(live) ? EVERY_MS : untilWholeSecond(live.lastProgressMs)) - sinceMs(live, now);

  function say(live: LiveJob, now: number): void {
    live.lastProgressMs = now;
    waiting.delete(live);
    if (isCurrent(live) && !isFinalJobState(live.draft.state)) emit(live);
  }

  function sweep(): void {
    const now = nowMs();
    let said = 0;
    let nextInMs = Number.POSITIVE_INFINITY;
    for (const live of waiting) {
      const inMs = dueInMs(live, now);
      if (inMs <= 0) {
        say(live, now);
        said += 1;
        if (said === AT_ONCE) return sweepAt.set(now);
      } else nextInMs = Math.min(nextInMs, inMs);
    }
    if (waiting.size > 0) sweepAt.set(now + Math.max(SWEEP_MS, nextInMs));
  }

  return {
    moved(live: LiveJob): void {
      const now = nowMs();
      const inMs = dueInMs(live, now);
      if (inMs <= 0) return say(live, now);
      waiting.add(live);
      sweepAt.set(now + Math.max(SWEEP_MS, inMs));
    },
    /** Somebody asks where the job stands, and may follow it from then on: what waits is said, as if it were followed. */
    asked(live: LiveJob): void {
      if (!waiting.has(live)) return;
      const now = nowMs();
      const inMs = EVERY_MS - sinceMs(live, now);
      if (inMs <= 0) return say(live, now);
      sweepAt.set(now + Math.max(SWEEP_MS, inMs));
    },
    close(): void {
      sweepAt.clear();
      waiting.clear();
    },
  };
}
