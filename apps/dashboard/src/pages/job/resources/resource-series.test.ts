import type { Job } from "@playhead/core";
import { expect, test } from "vitest";
import { ffmpegChart, type ListedSample, machineChart, samplesOf, throughputChart } from "./resource-series.ts";

const START_MS = Date.parse("2026-11-21T10:00:00.000Z");
const iso = (sec: number) => new Date(START_MS + sec * 1_000).toISOString();
const SCALE = { startMs: START_MS, endMs: START_MS + 1_200_000 };
const sample = (source: string, sec: number, more: Partial<ListedSample> = {}): ListedSample => ({
  ts: iso(sec),
  source,
  host: `host of ${source}`,
  cpu_percent: 50,
  memory_used_bytes: 2,
  memory_total_bytes: 8,
  process_memory_bytes: 1,
  event_loop_delay_ms: null,
  disk_used_bytes: null,
  disk_total_bytes: null,
  temp_bytes: null,
  active_jobs: 1,
  ...more,
});

test("the samples are those of the job's worker while it ran; without any, of one other", () => {
  const samples = [sample("server", 10), sample("worker", 20), sample("server", 30), sample("worker", 9_000)];
  expect(samplesOf(samples, "worker", SCALE)).toEqual([samples[1]]);
  expect(samplesOf(samples, "elsewhere", SCALE)).toEqual([samples[0], samples[2]]);
  expect(samplesOf([], null, SCALE)).toEqual([]);
});

test("processor and memory in percent, and what was not measured is a gap", () => {
  const { title, series } = machineChart([
    sample("w", 0),
    sample("w", 5, { cpu_percent: null, memory_total_bytes: 0 }),
  ]);
  expect(title).toBe("Machine host of w");
  expect(series.map(({ values }) => values)).toEqual([
    [50, null],
    [25, null],
  ]);
});

test("ffmpeg has a chart where one ran", () => {
  expect(ffmpegChart([sample("w", 0)])).toBeNull();
  const chart = ffmpegChart([sample("w", 0), sample("w", 5, { gauges: { ffmpeg_speed_ratio: 4.2 } })]);
  expect(chart?.series[0]?.values).toEqual([null, 4.2]);
});

test("throughput counts what was done within the time before", () => {
  const done = (id: string, sec: number) =>
    [id, { child_count: 0, kind: "clip", state: "completed", ended_at: iso(sec) }] as const;
  const tasks = new Map([
    done("a", 55),
    done("b", 58),
    done("c", 601),
    ["open", { child_count: 0, kind: "clip", state: "processing", ended_at: null }],
    ["parent", { child_count: 3, kind: "scene", state: "completed", ended_at: iso(601) }],
  ]) as unknown as Job["tasks"];
  const { timesMs, series } = throughputChart({ tasks }, SCALE);
  const at = (sec: number) => series[0]?.values[timesMs.indexOf(START_MS + sec * 1_000)];
  // The window is a twelfth of twenty minutes.
  expect([at(50), at(60), at(100), at(150), at(170), at(610), at(710)]).toEqual([0, 2, 1.2, 1.2, 0, 0.6, 0]);
});
