import type { SystemSample } from "@playhead/core";
import type { ChartSeries } from "../../ui/chart/chart-series.ts";

/** A sample of one machine, as the server keeps it. */
export type StoredSample = SystemSample & { readonly ts: string };

/** What the charts of resources show. */
export interface ResourceSeries {
  readonly timesMs: readonly number[];
  readonly shares: readonly ChartSeries[];
  readonly delays: readonly ChartSeries[];
}

const STEP_MS = 30_000;

/** Samples of all machines, half a minute each: of several the busiest, for that is where it gets tight. */
export function resourceSeries(samples: readonly StoredSample[]): ResourceSeries {
  const steps = new Map<number, StoredSample[]>();
  for (const sample of samples) {
    const startMs = Math.floor(Date.parse(sample.ts) / STEP_MS) * STEP_MS;
    const step = steps.get(startMs) ?? [];
    steps.set(startMs, step);
    step.push(sample);
  }
  const times = [...steps.keys()].sort((a, b) => a - b);
  // Between two samples that are far apart nobody looked: one empty step is a gap.
  const timesMs = times.flatMap((atMs, at) => {
    const next = times[at + 1];
    return next !== undefined && next - atMs > 4 * STEP_MS ? [atMs, atMs + STEP_MS] : [atMs];
  });
  const largest = (of: (sample: StoredSample) => number | null) =>
    timesMs.map((atMs) => {
      const found = (steps.get(atMs) ?? []).map(of).filter((value) => value !== null);
      return found.length === 0 ? null : Math.max(...found);
    });
  const percentOf = (used: number | null, total: number | null) =>
    used === null || total === null || total === 0 ? null : (100 * used) / total;
  return {
    timesMs,
    shares: [
      {
        id: "disk",
        label: "disk",
        unit: "percent",
        tone: "soft",
        values: largest((each) => percentOf(each.disk_used_bytes, each.disk_total_bytes)),
      },
      {
        id: "memory",
        label: "memory",
        unit: "percent",
        tone: "warn",
        values: largest((each) => percentOf(each.memory_used_bytes, each.memory_total_bytes)),
      },
      { id: "cpu", label: "CPU", unit: "percent", tone: "main", values: largest((each) => each.cpu_percent) },
    ],
    delays: [
      {
        id: "loop",
        label: "worst delay",
        unit: "ms",
        tone: "main",
        values: largest((each) => each.event_loop_delay_ms),
      },
    ],
  };
}
