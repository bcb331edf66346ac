import type { LogRecordData, SystemSample } from "@playhead/core";
import { onTestFinished } from "vitest";
import { type EndedExecution, setCurrentObserver } from "../observe/observer.ts";

/** What was observed during a test, in order. */
export interface Observed {
  readonly executions: EndedExecution[];
  readonly lines: LogRecordData[];
  readonly samples: SystemSample[];
}

/** Observes until the test has finished. */
export function observe(): Observed {
  const observed: Observed = { executions: [], lines: [], samples: [] };
  const stop = setCurrentObserver({
    executionEnded: (execution) => observed.executions.push(execution),
    log: (line) => observed.lines.push(line),
    sampled: (sample) => observed.samples.push(sample),
  });
  onTestFinished(stop);
  return observed;
}
