import { PlayheadError } from "@playhead/core";

/** Places for jobs that the server starts, which several kinds share, and several connections of one process. */
export interface Places {
  readonly size: number;
  /** How many are free. */
  free(): number;
  /** Takes one. @returns whether there was one */
  take(): boolean;
  /** Gives one back. */
  release(): void;
  /** Calls the listener when the first is free again, and when the last is taken. @returns ends it */
  onChange(listener: () => void): () => void;
}

/**
 * Makes places: what is handled with them runs so many at a time, whatever its kind.
 *
 * @param size a whole number from 1
 * @throws PlayheadError `validation_error` for any other
 */
export function createPlaces(size: number): Places {
  if (!Number.isInteger(size) || size < 1) {
    throw new PlayheadError(
      "validation_error",
      `expected the number of places to be a whole number from 1, got ${size}`,
    );
  }
  const listeners = new Set<() => void>();
  let taken = 0;
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  return {
    size,
    free: () => size - taken,
    take() {
      if (taken >= size) return false;
      taken += 1;
      if (taken === size) tell();
      return true;
    },
    release() {
      taken -= 1;
      if (taken === size - 1) tell();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
