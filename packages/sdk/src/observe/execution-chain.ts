import type { Execution } from "./execution.ts";

/** Calls that have ended, first in, first out. */
export interface ExecutionChain {
  size(): number;
  push(execution: Execution): void;
  /** Null when there is none. */
  shift(): Execution | null;
}

/** A chain through the calls themselves: what has ended is watched no more, so its link is free. */
export function createExecutionChain(): ExecutionChain {
  let first: Execution | null = null;
  let last: Execution | null = null;
  let count = 0;
  return {
    size: () => count,
    push(execution) {
      if (last === null) first = execution;
      else last.next = execution;
      last = execution;
      count += 1;
    },
    shift() {
      const execution = first;
      if (execution === null) return null;
      first = execution.next;
      if (first === null) last = null;
      execution.next = null;
      count -= 1;
      return execution;
    },
  };
}
