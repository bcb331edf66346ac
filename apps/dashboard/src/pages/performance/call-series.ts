import type { ChartMark, ChartSeries } from "../../ui/chart/chart-series.ts";
import { changeWord } from "./change-words.ts";
import type { ChangePoint, SeriesPoint, SeriesSpan } from "./performance-api.ts";

const HOUR_MS = 3_600_000;

/** How long a point of the charts is: some dozens to some hundreds of them tell most. */
export function spanFor(fromMs: number, toMs: number): SeriesSpan {
  const hours = (toMs - fromMs) / HOUR_MS;
  return hours <= 6 ? "minute" : hours <= 14 * 24 ? "hour" : "day";
}

/** What charts show of a function's calls. */
export interface CallSeries {
  readonly timesMs: readonly number[];
  readonly durations: readonly ChartSeries[];
  readonly counts: readonly ChartSeries[];
}

/** Points as lines; where nothing was called, durations have a gap, and counts are none. */
export function callSeries(points: readonly SeriesPoint[]): CallSeries {
  const times: number[] = [];
  const kept: (SeriesPoint | null)[] = [];
  let endMs: number | null = null;
  for (const point of points) {
    const fromMs = Date.parse(point.from);
    if (endMs !== null && fromMs > endMs) {
      // One empty point at each end of the gap: between them the line of counts lies on the ground.
      times.push(endMs);
      kept.push(null);
      const lengthMs = Date.parse(point.to) - fromMs;
      if (fromMs - lengthMs > endMs) {
        times.push(fromMs - lengthMs);
        kept.push(null);
      }
    }
    times.push(fromMs);
    kept.push(point);
    endMs = Date.parse(point.to);
  }
  const durations = (of: (point: SeriesPoint) => number) => kept.map((point) => (point === null ? null : of(point)));
  const counts = (of: (point: SeriesPoint) => number) => kept.map((point) => (point === null ? 0 : of(point)));
  const [p50, p95] = [durations(({ p50_ms }) => p50_ms), durations(({ p95_ms }) => p95_ms)];
  return {
    timesMs: times,
    // What is drawn last lies on top: of few calls, p99 is p95.
    durations: [
      { id: "p99", label: "p99", unit: "ms", tone: "soft", values: durations(({ p99_ms }) => p99_ms) },
      // From the usual to what one in twenty takes longer than.
      { id: "p95", label: "p95", unit: "ms", tone: "main", values: p95, band: { low: p50, high: p95 } },
      { id: "p50", label: "p50", unit: "ms", tone: "main", values: p50 },
    ],
    counts: [
      { id: "calls", label: "calls", unit: "count", tone: "main", values: counts(({ count }) => count) },
      { id: "errors", label: "failed", unit: "count", tone: "bad", values: counts(({ error_count }) => error_count) },
    ],
  };
}

/** Where durations changed, as marks of a chart. */
export function changeMarks(points: readonly ChangePoint[]): readonly ChartMark[] {
  return points.map(({ at_ms, change }) => ({
    atMs: at_ms,
    label: changeWord(change),
    tone: change > 0 ? "bad" : "soft",
  }));
}
