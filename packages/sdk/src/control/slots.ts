import { PlayheadError } from "@playhead/core";

/** A number of places for work that may run at the same time, shared by any number of `each` calls and tasks. */
export interface Slots {
  /** How many there are. */
  readonly size: number;
  /** Takes a place. @returns null when one was free, else a promise of one; first come, first served. */
  acquire(): Promise<void> | null;
  /** Gives a place back. */
  release(): void;
}

/**
 * Makes places for work that may run at the same time.
 *
 * @param size a whole number from 1, or Infinity
 * @throws PlayheadError `validation_error` for any other
 */
export function createSlots(size: number): Slots {
  if (!(size >= 1 && (size === Number.POSITIVE_INFINITY || Number.isInteger(size)))) {
    throw new PlayheadError(
      "validation_error",
      `expected the number of slots to be a whole number from 1, got ${String(size)}`,
    );
  }
  const waiting: (() => void)[] = [];
  let next = 0;
  let taken = 0;

  return {
    size,
    acquire() {
      if (taken < size) {
        taken += 1;
        return null;
      }
      return new Promise<void>((resolve) => waiting.push(resolve));
    },
    release() {
      const wake = waiting[next];
      if (wake === undefined) {
        taken -= 1;
        return;
      }
      next += 1;
      if (next === waiting.length) {
        waiting.length = 0;
        next = 0;
      }
      wake();
    },
  };
}
