import type { Job, Position } from "@playhead/core";

/** A job in memory, as the gateway needs it. */
export interface FeedJob {
  readonly draft: Job;
  /** To be called before it is shown as it stands: while nobody follows it, its bar may be behind. */
  readonly asked: () => void;
  /** Ticks with new numbers that say where everything stands; frames, ready to be sent. */
  readonly currentTicks: () => readonly string[];
  /** Whether all that the job shows by now is stored, or will be in a moment. */
  readonly storedSoon: () => Promise<boolean>;
}

/** Where a client stands: at a position, or at a moment; facts with a later time are those that it missed. */
export type Since = Position | { readonly afterMs: number };
