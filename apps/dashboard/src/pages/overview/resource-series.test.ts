import { expect, test } from "vitest";
import { resourceSeries, type StoredSample } from "./resource-series.ts";

const sample = (second: number, more: Partial<StoredSample>): StoredSample => ({
  ts: new Date(second * 1_000).toISOString(),
  host: "h",
  cpu_percent: null,
  memory_used_bytes: 1,
  memory_total_bytes: 4,
  process_memory_bytes: 0,
  event_loop_delay_ms: null,
  disk_used_bytes: null,
  disk_total_bytes: null,
  temp_bytes: null,
  active_jobs: 0,
  ...more,
});

test("of machines that were looked at at once, the busiest; where nobody looked, a gap", () => {
  const { timesMs, shares, delays } = resourceSeries([
    sample(30, { cpu_percent: 20, event_loop_delay_ms: 3 }),
    sample(45, { cpu_percent: 70, disk_used_bytes: 9, disk_total_bytes: 10 }),
    sample(600, { cpu_percent: 5, memory_used_bytes: 3 }),
  ]);
  expect(timesMs).toEqual([30_000, 60_000, 600_000]);
  expect(Object.fromEntries(shares.map(({ id, values }) => [id, values]))).toEqual({
    cpu: [70, null, 5],
    memory: [25, null, 75],
    disk: [90, null, null],
  });
  expect(delays[0]?.values).toEqual([3, null, null]);
});
