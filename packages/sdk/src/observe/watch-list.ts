import type { Execution, Watch } from "./execution.ts";

/** Calls that go on after they have returned, in the order of their start. */
export interface WatchList {
  /** @returns what is kept of it from now on */
  add(execution: Execution): Watch;
  remove(execution: Execution, watch: Watch): void;
  first(): Execution | null;
}

/** A chain through the calls themselves, so that each comes and goes in no time. */
export function createWatchList(): WatchList {
  let first: Execution | null = null;
  let last: Execution | null = null;
  return {
    first: () => first,
    add(execution) {
      execution.watch ??= newWatch();
      const { watch } = execution;
      watch.isRunning = true;
      watch.previous = last;
      execution.next = null;
      if (last === null) first = execution;
      else last.next = execution;
      last = execution;
      return watch;
    },
    remove(execution, watch) {
      const { next } = execution;
      const { previous } = watch;
      if (previous === null) first = next;
      else previous.next = next;
      // Whatever is in the chain has one.
      if (next === null) last = previous;
      else (next.watch as Watch).previous = previous;
      watch.isRunning = false;
      watch.previous = null;
      execution.next = null;
    },
  };
}

function newWatch(): Watch {
  return {
    isRunning: false,
    isSaid: false,
    previous: null,
    peakBytes: 0,
    loopDelayMs: 0,
    onValue: null,
    onError: null,
  };
}
