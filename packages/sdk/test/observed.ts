import type { ExecutionEnded, ExecutionTotals, LogRecordData, ObservationRecord } from "@playhead/core";
import { onTestFinished } from "vitest";
import { setCurrentObserver } from "../src/observe/observer.ts";
import type { PlayheadOptions } from "../src/playhead.ts";
import { setup } from "../src/testing/setup.ts";

/** What a Playhead that the process has opened was told. */
export interface Observed {
  /** All that has been sent, once all has been. */
  records(): Promise<readonly ObservationRecord[]>;
  /** Calls that have ended, in the order of their ends. */
  ended(): Promise<readonly ExecutionEnded[]>;
  totals(): Promise<readonly ExecutionTotals[]>;
  lines(): Promise<readonly LogRecordData[]>;
}

/** Observes until the test has finished, whatever it costs, unless the test says what it may. */
export function observed(options: Partial<PlayheadOptions> = {}) {
  const parts = setup({ monitoring: { budget: false }, ...options });
  const { playhead, clock, engine } = parts;
  const stop = setCurrentObserver(playhead.observer);
  onTestFinished(async () => {
    stop();
    const closed = playhead.close({ timeoutMs: 0 });
    await clock.settle();
    await closed;
  });

  async function records(): Promise<readonly ObservationRecord[]> {
    const flushed = playhead.flush();
    await clock.settle();
    await flushed;
    return engine.observations;
  }

  const self: Observed = {
    records,
    ended: async () =>
      (await records()).flatMap((record) =>
        record.type === "function.completed" || record.type === "function.failed" ? [record.data] : [],
      ),
    totals: async () =>
      (await records()).flatMap((record) => (record.type === "function.summarized" ? [record.data] : [])),
    lines: async () => (await records()).flatMap((record) => (record.type === "log" ? [record.data] : [])),
  };
  return { ...parts, ...self };
}
