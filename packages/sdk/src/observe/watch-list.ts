import type { Execution, Watched } from "./execution.ts";

/** Calls that go on after they have returned, in the order of their start. */
export interface WatchList {
  add(execution: Execution): Watched;
  remove(watched: Watched): void;
  first(): Watched | null;
}

/** A chain, so that each comes and goes in no time. */
export function createWatchList(): WatchList {
  let first: Watched | null = null;
  let last: Watched | null = null;
  return {
    first: () => first,
    add(execution) {
      const watched: Watched = { execution, isSaid: false, peakBytes: 0, loopDelayMs: 0, next: null, previous: last };
      if (last === null) first = watched;
      else last.next = watched;
      last = watched;
      return watched;
    },
    remove(watched) {
      const { previous, next } = watched;
      if (previous === null) first = next;
      else previous.next = next;
      if (next === null) last = previous;
      else next.previous = previous;
    },
  };
}
