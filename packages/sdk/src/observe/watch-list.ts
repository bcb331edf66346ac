import type { Execution } from "./execution.ts";

/** Calls that go on after they have returned, in the order of their start. */
export interface WatchList {
  add(execution: Execution): void;
  remove(execution: Execution): void;
  first(): Execution | null;
}

/** A chain through the calls themselves, so that each comes and goes in no time. */
export function createWatchList(): WatchList {
  let first: Execution | null = null;
  let last: Execution | null = null;
  return {
    first: () => first,
    add(execution) {
      execution.isWatched = true;
      execution.isSaid = false;
      execution.next = null;
      execution.previous = last;
      if (last === null) first = execution;
      else last.next = execution;
      last = execution;
    },
    remove(execution) {
      const { previous, next } = execution;
      if (previous === null) first = next;
      else previous.next = next;
      if (next === null) last = previous;
      else next.previous = previous;
      execution.isWatched = false;
      execution.next = null;
      execution.previous = null;
    },
  };
}
