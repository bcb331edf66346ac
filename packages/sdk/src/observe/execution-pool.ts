import { type Execution, NO_SCOPE, NOTHING, type Site } from "./execution.ts";

/** Executions that are used again and again. */
export interface ExecutionPool {
  /** One that knows nothing yet but its site: who takes it says its account, its scope and its first reading. */
  take(site: Site): Execution;
  /** Its record is made: it forgets all that is the caller's, so that nothing of that is kept alive by it. */
  giveBack(execution: Execution): void;
}

/** More than that are never waiting for long. */
const MAX_FREE = 16_384;

export function createExecutionPool(): ExecutionPool {
  /** A chain through those that are free. */
  let free: Execution | null = null;
  let count = 0;
  return {
    take(site) {
      const execution = free;
      if (execution === null) return newExecution(site);
      free = execution.next;
      count -= 1;
      execution.next = null;
      execution.site = site;
      return execution;
    },
    giveBack(execution) {
      const { watch } = execution;
      if (watch?.isSaid === true) {
        // Only what ran for long has been looked at meanwhile.
        watch.peakBytes = 0;
        watch.loopDelayMs = 0;
        watch.isSaid = false;
      }
      execution.scope = NO_SCOPE;
      execution.parameters = null;
      execution.error = NOTHING;
      execution.result = NOTHING;
      execution.metadata = null;
      execution.given = null;
      if (count === MAX_FREE) return;
      execution.next = free;
      free = execution;
      count += 1;
    },
  };
}

function newExecution(site: Site): Execution {
  return {
    site,
    account: null,
    serial: 0,
    parent: 0,
    root: 0,
    scope: NO_SCOPE,
    parameters: null,
    // Numbers with fractions from the beginning: a field that changes its kind makes all objects slow.
    startMs: 0.5,
    durationMs: 0.5,
    startReading: null,
    endReading: null,
    error: NOTHING,
    result: NOTHING,
    metadata: null,
    given: null,
    next: null,
    watch: null,
  };
}
