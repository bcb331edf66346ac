import type { SeriesPoint } from "./analyze-series.ts";
import { groupKey, type JobMeasure, type MediaGroup } from "./job-measure.ts";

/**
 * What is looked at, best first: `residual`, how long jobs took by how long they were expected to take when they began;
 * `speed`, seconds of media made in a second; `duration`, how long they took, whatever they had to do.
 */
const TREND_MEASURES = ["residual", "speed", "duration"] as const;
/** One of those. */
export type TrendMeasure = (typeof TREND_MEASURES)[number];

/** A series of one measure. */
export interface KindSeries {
  readonly measure: TrendMeasure;
  /** As costs: what should be small. */
  readonly points: readonly SeriesPoint[];
  /** A cost as people read the measure: speed is what is large when the cost is small. */
  readonly read: (cost: number) => number;
}

export interface MediaSeries extends KindSeries {
  readonly group: MediaGroup;
}

/** A measure counts where so many of the newest jobs have it, so that what changes is not what is measured. */
const SHARE_KNOWN = 0.8;

type Cost = (job: JobMeasure) => number | null;

const COSTS: Readonly<Record<TrendMeasure, Cost>> = {
  residual: ({ tookMs, expectedMs }) => (expectedMs === null || expectedMs <= 0 ? null : tookMs / expectedMs),
  speed: ({ tookMs, mediaSec }) => (mediaSec === null ? null : tookMs / 1_000 / mediaSec),
  duration: ({ tookMs }) => tookMs,
};

const same = (cost: number) => cost;
const inverse = (cost: number) => 1 / cost;

/** The best series that there is of jobs of a kind; they are the oldest first. */
export function kindSeries(jobs: readonly JobMeasure[]): KindSeries {
  for (const measure of TREND_MEASURES) {
    const points = inOrder(jobs.flatMap((job) => pointOf(job, COSTS[measure](job))));
    if (measure === "duration" || points.length >= Math.max(1, SHARE_KNOWN * jobs.length))
      return { measure, points, read: measure === "speed" ? inverse : same };
  }
  throw new Error("unreachable: durations are always known");
}

/** The speeds at which jobs of a kind made media, by how they made it. */
export function mediaSeries(jobs: readonly JobMeasure[]): readonly MediaSeries[] {
  const groups = new Map<string, { readonly group: MediaGroup; readonly points: SeriesPoint[] }>();
  for (const { endedMs, media } of jobs) {
    for (const { mediaSec, tookSec, ...group } of media) {
      const known = groups.get(groupKey(group)) ?? { group, points: [] };
      groups.set(groupKey(group), known);
      known.points.push({ atMs: endedMs, value: tookSec / mediaSec });
    }
  }
  return [...groups.values()].map(({ group, points }) => {
    return { group, measure: "speed", points: inOrder(points), read: inverse };
  });
}

function pointOf({ endedMs }: JobMeasure, cost: number | null): readonly SeriesPoint[] {
  return cost === null ? [] : [{ atMs: endedMs, value: cost }];
}

/** No two at the same time: what ended within one millisecond ended one after the other. */
function inOrder(points: readonly SeriesPoint[]): readonly SeriesPoint[] {
  let lastMs = Number.NEGATIVE_INFINITY;
  return points.map(({ atMs, value }) => {
    lastMs = Math.max(atMs, lastMs + 0.001);
    return { atMs: lastMs, value };
  });
}
