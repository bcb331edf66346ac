import type { LogRecordData, SystemSample } from "@playhead/core";
import { type EndedExecution, setCurrentObserver } from "../observe/observer.ts";

/** What was observed during a test, in order. */
export interface Observed {
  readonly executions: EndedExecution[];
  readonly lines: LogRecordData[];
  readonly samples: SystemSample[];
}

/** Observes from now on. @param whenOver is given what ends it, such as `onTestFinished` */
export function observe(whenOver: (stop: () => void) => void): Observed {
  const observed: Observed = { executions: [], lines: [], samples: [] };
  const stop = setCurrentObserver({
    executionEnded: (execution) => observed.executions.push(execution),
    log: (line) => observed.lines.push(line),
    sampled: (sample) => observed.samples.push(sample),
  });
  whenOver(stop);
  return observed;
}
