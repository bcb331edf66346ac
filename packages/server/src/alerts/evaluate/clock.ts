/**
 * The evaluator's time: that of what it is told, made to never go back. A clock of the machine that is set back starts
 * the windows' time nowhere anew, and a worker whose clock is ahead moves it by no more than {@link MAX_AHEAD_MS}.
 */
export interface Clock {
  /** When something happened, in the evaluator's time. */
  hear(atMs: number): number;
  /** The machine's clock says so. @returns the evaluator's time */
  tick(atMs: number): number;
  /** The evaluator's time; -Infinity before it was told any. */
  readonly nowMs: number;
  /** That time as the machine's clock has it. */
  readonly wallMs: number;
  /** By how much the two differ, to be kept over a restart. */
  readonly offsetMs: number;
}

/** So far ahead of the machine's clock something may have happened. */
const MAX_AHEAD_MS = 10_000;
/** A clock that is so far behind what it said was set back. */
const SET_BACK_MS = 2 * MAX_AHEAD_MS;

/** @param start where a clock before it had come to */
export function createClock(start?: Pick<Clock, "nowMs" | "offsetMs"> | null): Clock {
  let offsetMs = start?.offsetMs ?? 0;
  let nowMs = start?.nowMs ?? Number.NEGATIVE_INFINITY;
  let limitMs = Number.POSITIVE_INFINITY;
  return {
    hear(atMs) {
      const ms = Number.isFinite(atMs) ? Math.max(0, Math.min(atMs + offsetMs, limitMs)) : nowMs;
      if (ms > nowMs) nowMs = ms;
      return ms;
    },
    tick(atMs) {
      if (!Number.isFinite(atMs)) return nowMs;
      // Set back: from here on its seconds are added to the time that was reached.
      if (atMs + offsetMs < nowMs - SET_BACK_MS) offsetMs = nowMs - atMs;
      nowMs = Math.max(nowMs, atMs + offsetMs);
      limitMs = atMs + offsetMs + MAX_AHEAD_MS;
      return nowMs;
    },
    get nowMs() {
      return nowMs;
    },
    get wallMs() {
      return nowMs - offsetMs;
    },
    get offsetMs() {
      return offsetMs;
    },
  };
}
