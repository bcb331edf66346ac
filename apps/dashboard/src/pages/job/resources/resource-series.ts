import type { Job, SystemSample } from "@playhead/core";
import type { ChartSeries } from "../../../ui/chart/line-chart.tsx";
import type { Timescale } from "../timescale.ts";

/** A sample as the server lists it. */
export interface ListedSample extends SystemSample {
  readonly ts: string;
  readonly source: string;
}

/** A chart's lines and their times. */
export interface ResourceChart {
  readonly title: string;
  readonly timesMs: readonly number[];
  readonly series: readonly ChartSeries[];
}

/** The samples of what runs the job, while it ran; where that tells nothing of its machine, of the server. */
export function samplesOf(samples: readonly ListedSample[], worker: string | null, { startMs, endMs }: Timescale) {
  const during = samples.filter(({ ts }) => Date.parse(ts) >= startMs && Date.parse(ts) <= endMs);
  const own = during.filter(({ source }) => source === worker);
  const source = own.length > 0 ? worker : during[0]?.source;
  return during.filter((sample) => sample.source === source);
}

/** Processor and memory of the machine, in percent. */
export function machineChart(samples: readonly ListedSample[]): ResourceChart {
  const percent = ({ memory_used_bytes: used, memory_total_bytes: total }: SystemSample) =>
    total > 0 ? (used / total) * 100 : null;
  return {
    title: samples[0] === undefined ? "Machine" : `Machine ${samples[0].host}`,
    timesMs: samples.map(({ ts }) => Date.parse(ts)),
    series: [
      { id: "cpu", label: "CPU", unit: "percent", tone: "main", values: samples.map((each) => each.cpu_percent) },
      { id: "memory", label: "Memory", unit: "percent", tone: "soft", values: samples.map(percent) },
    ],
  };
}

/** How fast all ffmpegs are together; null where none ran. */
export function ffmpegChart(samples: readonly ListedSample[]): ResourceChart | null {
  const values = samples.map(({ gauges }) => gauges?.ffmpeg_speed_ratio ?? null);
  if (values.every((value) => value === null)) return null;
  return {
    title: "ffmpeg",
    timesMs: samples.map(({ ts }) => Date.parse(ts)),
    series: [{ id: "speed", label: "Times real time", unit: "count", tone: "main", values }],
  };
}

/** So many places a line has. */
const POINTS = 120;
const MINUTE_MS = 60_000;

/** How many pieces of work were done a minute, over the time before each place: a minute, or a twelfth of the whole. */
export function throughputChart(job: Pick<Job, "tasks">, { startMs, endMs }: Timescale): ResourceChart {
  const ends = [...job.tasks.values()]
    .filter(({ child_count, kind, state }) => child_count === 0 && kind !== "scene" && state === "completed")
    .map(({ ended_at }) => Date.parse(ended_at ?? ""))
    .sort((a, b) => a - b);
  const windowMs = Math.max(MINUTE_MS, (endMs - startMs) / 12);
  const timesMs = Array.from({ length: POINTS }, (_, at) => startMs + ((endMs - startMs) * (at + 1)) / POINTS);
  let from = 0;
  let to = 0;
  const values = timesMs.map((atMs) => {
    while (to < ends.length && (ends[to] as number) <= atMs) to += 1;
    while (from < to && (ends[from] as number) <= atMs - windowMs) from += 1;
    // At first there is less time to count in than a whole window.
    return ((to - from) * MINUTE_MS) / Math.min(windowMs, Math.max(MINUTE_MS, atMs - startMs));
  });
  return {
    title: "Throughput",
    timesMs,
    series: [{ id: "throughput", label: "Done", unit: "per_minute", tone: "main", values }],
  };
}
