import type { SystemSample } from "@playhead/core";
import type { SetTimer } from "../timer.ts";
import type { Gauges } from "./gauges.ts";
import type { Machine } from "./machine.ts";

export interface SamplerOptions {
  readonly machine: Machine;
  readonly gauges: Gauges;
  readonly activeJobs: () => number;
  readonly setTimer: SetTimer;
  /** @defaultValue 15 000 */
  readonly everyMs?: number;
  /** Must not throw. */
  readonly onSample: (sample: SystemSample) => void;
}

const EVERY_MS = 15_000;

/**
 * Takes a sample of the machine every 15 s; keeps no process alive. A reading that takes longer than that, as on a disk
 * that hangs, is waited for: there are never two. @returns what ends it
 */
export function startSampler(options: SamplerOptions): () => void {
  const { machine, gauges, activeJobs, setTimer, everyMs = EVERY_MS, onSample } = options;
  let isOver = false;
  let stopTimer = setTimer(() => void sample(), everyMs, false);

  async function sample(): Promise<void> {
    const reading = await machine.read();
    if (isOver) return;
    stopTimer = setTimer(() => void sample(), everyMs, false);
    const current = gauges.current();
    onSample({ ...reading, active_jobs: activeJobs(), ...(current !== undefined && { gauges: current }) });
  }

  return () => {
    isOver = true;
    stopTimer();
    machine.close();
  };
}
