/**
 * Why a job that anyone may take has not begun.
 * - `in_line`: workers of its kind are busy; it has a place in the line.
 * - `no_worker`: nobody offers to run its kind.
 * - `kind_limit`: as many jobs of its kind run as may; it has a place in the line.
 * - `rate_limit`: as many jobs of its kind have begun as may in a minute; it has a place in the line.
 * - `later`: it is not to begin yet, as a retry that waits for a while.
 */
export type WaitingReason = "in_line" | "no_worker" | "kind_limit" | "rate_limit" | "later";

/** What a pending job waits for, as the server tells it beside the job. */
export interface JobWaiting {
  readonly reason: WaitingReason;
  /** 1 is the next; null while it is in no line. */
  readonly position: number | null;
  /** The same in words: `3rd in line`. */
  readonly message: string;
}
