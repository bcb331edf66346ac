import { expect, test } from "vitest";
import type { JobMeasure } from "./job-measure.ts";
import { kindSeries, mediaSeries } from "./kind-series.ts";
import { lastStep } from "./last-step.ts";

const WAY = { task_kind: "clip", style: "split", size: null, codec: null, host: null };

const job = (at: number, more: Partial<JobMeasure> = {}): JobMeasure => ({
  ...{ jobId: `j${at}`, endedMs: at * 1_000, tookMs: 20_000, expectedMs: null, mediaSec: null, media: [] },
  ...more,
});

test.each([
  { name: "the expectation", more: { expectedMs: 10_000, mediaSec: 60 }, measure: "residual", read: 2 },
  { name: "the media made", more: { mediaSec: 60 }, measure: "speed", read: 3 },
  { name: "nothing", more: {}, measure: "duration", read: 20_000 },
] as const)("jobs are measured by $name, where that is known", ({ more, measure, read }) => {
  const series = kindSeries(Array.from({ length: 10 }, (_, at) => job(at, more)));
  expect(series.measure).toBe(measure);
  expect(series.points).toHaveLength(10);
  expect(series.read(series.points[0]?.value as number)).toBeCloseTo(read);
});

test("a measure that few jobs have is not mixed with another", () => {
  const jobs = Array.from({ length: 10 }, (_, at) => job(at, at < 7 ? { expectedMs: 1_000 } : {}));
  expect(kindSeries(jobs)).toMatchObject({ measure: "duration", points: { length: 10 } });
  const most = Array.from({ length: 10 }, (_, at) => job(at, at < 8 ? { expectedMs: 1_000 } : {}));
  expect(kindSeries(most)).toMatchObject({ measure: "residual", points: { length: 8 } });
});

test("speeds are told apart by how the media was made, no two at the same time", () => {
  const split = { ...WAY, mediaSec: 30, tookSec: 10 };
  const jobs = [job(1, { media: [split] }), job(1, { media: [split, { ...split, style: "blur" }] })];
  const series = mediaSeries(jobs);
  expect(series.map(({ group, points }) => [group.style, points.length])).toEqual([
    ["split", 2],
    ["blur", 1],
  ]);
  expect(series[0]?.read(series[0].points[0]?.value as number)).toBeCloseTo(3);
  expect(new Set(series[0]?.points.map(({ atMs }) => atMs)).size).toBe(2);
});

test("a step is news until 20 values after it was found", () => {
  const noise = (count: number, level: number) =>
    Array.from({ length: count }, (_, at) => level * (1 + ((at * 7) % 10) / 100));
  expect(lastStep([])).toBe(0);
  expect(lastStep(noise(60, 10))).toBe(0);
  expect(lastStep([...noise(60, 10), ...noise(15, 15)])).toBeCloseTo(0.5, 1);
  expect(lastStep([...noise(60, 10), ...noise(60, 15)])).toBe(0);
  expect(lastStep([...noise(60, 10), ...noise(15, 7)])).toBeCloseTo(-0.3, 1);
});
