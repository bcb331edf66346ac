import { type BatchAck, nearestWholeSecond } from "@playhead/core";

/** A task's progress is sent at most this often while somebody follows; else at whole seconds. */
const FOLLOWED_MS = 250;
const UNFOLLOWED_MS = 1_000;
/** Who followed a moment ago is taken to follow still: not every batch is of the job that is followed. */
const LINGER_MS = 5_000;

export interface TickPaceOptions {
  readonly nowMs: () => number;
  /** Whether somebody in this process hears of ticks. */
  readonly isHeardHere: () => boolean;
}

/**
 * How fast ticks leave. To make and send them is much of what a worker's processor does for its jobs: while nobody looks,
 * about once a second is enough, for all tasks at once. The server tells with each answer whether somebody does.
 */
export function createTickPace({ nowMs, isHeardHere }: TickPaceOptions) {
  let followedUntilMs = Number.NEGATIVE_INFINITY;

  return {
    answered({ followed = true }: BatchAck): void {
      if (followed) followedUntilMs = nowMs() + LINGER_MS;
    },
    /** When a task's next tick may leave, by when one last did. Milliseconds since 1970. */
    dueMs(sentMs: number): number {
      const isFollowed = nowMs() < followedUntilMs || isHeardHere();
      return isFollowed ? sentMs + FOLLOWED_MS : nearestWholeSecond(sentMs + UNFOLLOWED_MS);
    },
  };
}
