import { expect, test } from "vitest";
import { callSeries, changeMarks, spanFor } from "./call-series.ts";
import type { SeriesPoint } from "./performance-api.ts";

const HOUR = 3_600_000;
const point = (hour: number, count: number): SeriesPoint => ({
  from: new Date(hour * HOUR).toISOString(),
  to: new Date((hour + 1) * HOUR).toISOString(),
  count,
  error_count: 1,
  error_rate: 0,
  summarized_count: 0,
  total_ms: 0,
  average_ms: 0,
  min_ms: 0,
  max_ms: 0,
  p50_ms: 5 * count,
  p90_ms: 0,
  p95_ms: 9 * count,
  p99_ms: 10 * count,
});

test("where nothing was called, durations have a gap, and counts are none from its one end to its other", () => {
  const { timesMs, durations, counts } = callSeries([point(1, 2), point(2, 3), point(4, 4), point(9, 5)]);
  expect(timesMs.map((ms) => ms / HOUR)).toEqual([1, 2, 3, 4, 5, 8, 9]);
  expect(durations[2]).toMatchObject({ id: "p50", values: [10, 15, null, 20, null, null, 25] });
  expect(durations[1]?.band).toEqual({ low: durations[2]?.values, high: durations[1]?.values });
  expect(counts[0]).toMatchObject({ id: "calls", values: [2, 3, 0, 4, 0, 0, 5] });
});

test("of no calls there is nothing", () => expect(callSeries([]).timesMs).toEqual([]));

test.each([
  [1, "minute"],
  [24, "hour"],
  [24 * 7, "hour"],
  [24 * 30, "day"],
])("%d hours are shown by the %s", (hours, span) => expect(spanFor(0, hours * HOUR)).toBe(span));

test("only what got slower is marked as bad", () => {
  const change = { at_ms: 7, before_ms: 1, after_ms: 2, p_value: 0 };
  expect(
    changeMarks([
      { ...change, change: 0.2 },
      { ...change, change: -0.2 },
    ]),
  ).toEqual([
    { atMs: 7, label: "+20 %", tone: "bad" },
    { atMs: 7, label: "−20 %", tone: "soft" },
  ]);
});
