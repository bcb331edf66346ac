/** What the windows hold, as JSON: bounded, and read only where it fits the rules that there are. */
import { ALERT_DIMENSIONS, decodeSketch, type JsonObject } from "@playhead/core";
import * as z from "zod";
import type { Finding } from "../finding.ts";
import type { Clock } from "./clock.ts";
import type { Listener } from "./listeners.ts";
import type { Bucket, Series } from "./series.ts";
import type { OpenStep, Steps } from "./steps.ts";
import type { Watch } from "./watch.ts";

/** So many buckets and open steps are kept over a restart; what holds goes first, then what is newest. */
const MAX_BUCKETS = 10_000;
const MAX_STEPS = 5_000;

const OUTCOMES = ["holds", "between", "over", "no_data"] as const satisfies readonly Finding["outcome"][];

const labels = z.record(z.string(), z.string());
const bucketSchema = z.object({
  step: z.number(),
  totals: z.array(z.number()),
  max_ms: z.number(),
  longest_step_ms: z.number(),
  sketch: z.string().nullable(),
  causes: z.array(z.tuple([z.string(), z.number()])),
});
const seriesSchema = z.object({
  labels,
  job_id: z.string().nullable(),
  liveness: z.number().nullable(),
  outcomes: z.record(z.string(), z.enum(OUTCOMES)),
  latest: z.array(z.tuple([z.string(), z.object({ value: z.number(), step: z.number() })])),
  baseline: z.array(z.tuple([z.number(), z.number(), z.number()])),
  buckets: z.array(bucketSchema),
});
const snapshotSchema = z.object({
  version: z.literal(1),
  now_ms: z.number(),
  offset_ms: z.number(),
  steps: z.array(
    z.object({
      tenant_id: z.string(),
      job_id: z.string(),
      task_id: z.string(),
      step: z.string(),
      since_ms: z.number(),
      labels: z.partialRecord(z.enum(ALERT_DIMENSIONS), z.string()),
      is_paused: z.boolean(),
    }),
  ),
  windows: z.array(
    z.object({
      key: z.string(),
      slots: z.array(z.string()),
      since: z.record(z.string(), z.number()),
      series: z.array(seriesSchema),
    }),
  ),
});

type Snapshot = z.infer<typeof snapshotSchema>;
type KeptSeries = z.infer<typeof seriesSchema>;

/** What of a snapshot is not the windows'. */
export interface Restored {
  /** Null: there was none that can be read. */
  readonly clock: Pick<Clock, "nowMs" | "offsetMs"> | null;
  readonly openSteps: readonly OpenStep[];
}

export function writeSnapshot(of: {
  readonly clock: Clock;
  readonly steps: Steps;
  readonly listeners: readonly Listener[];
}): JsonObject {
  const chosen = chooseSeries(of.listeners);
  const snapshot: Snapshot = {
    version: 1,
    now_ms: Math.max(0, of.clock.nowMs),
    offset_ms: of.clock.offsetMs,
    steps: of.steps
      .all()
      .slice(0, MAX_STEPS)
      .map((step) => ({
        tenant_id: step.tenantId,
        job_id: step.jobId,
        task_id: step.taskId,
        step: step.step,
        since_ms: step.sinceMs,
        labels: step.labels,
        is_paused: step.isPaused,
      })),
    windows: of.listeners.map(({ window, watches }) => ({
      key: window.key,
      slots: [...window.layout.slots],
      since: Object.fromEntries(
        watches.flatMap(({ rule, sinceMs }) => (sinceMs === null ? [] : [[rule.rule_id, sinceMs]])),
      ),
      series: [...window.series.values()].filter((series) => chosen.has(series)).map((each) => keep(each, watches)),
    })),
  };
  return snapshot as unknown as JsonObject;
}

/** Puts back what fits. What cannot be read is left out: the windows then begin empty. */
export function readSnapshot(snapshot: JsonObject, listeners: readonly Listener[]): Restored {
  const parsed = snapshotSchema.safeParse(snapshot);
  if (!parsed.success) return { clock: null, openSteps: [] };
  const { windows, steps, now_ms: nowMs, offset_ms: offsetMs } = parsed.data;
  const byKey = new Map(windows.map((each) => [each.key, each]));
  for (const { window, watches } of listeners) {
    const kept = byKey.get(window.key);
    if (kept === undefined) continue;
    const places = kept.slots.map((slot) => window.layout.placeOf(slot));
    for (const each of kept.series) {
      const series = window.restore(each.labels, {
        nowMs,
        jobId: each.job_id,
        liveness: each.liveness,
        latest: new Map(each.latest),
        baseline: each.baseline,
        buckets: each.buckets.map((bucket) => restoreBucket(bucket, places)),
      });
      if (series !== null) restoreOutcomes(series, each, watches);
    }
    for (const watch of watches) watch.sinceMs = kept.since[watch.rule.rule_id] ?? null;
  }
  const openSteps = steps.map((step) => ({
    tenantId: step.tenant_id,
    jobId: step.job_id,
    taskId: step.task_id,
    step: step.step,
    sinceMs: step.since_ms,
    labels: step.labels,
    isPaused: step.is_paused,
  }));
  return { clock: { nowMs, offsetMs }, openSteps };
}

function chooseSeries(listeners: readonly Listener[]): ReadonlySet<Series> {
  const all = listeners.flatMap(({ window, watches }) =>
    [...window.series.values()].map((series) => ({
      series,
      isHeld: watches.some(({ outcomes }) => outcomes.get(series) === "holds"),
      buckets: series.kept.buckets,
    })),
  );
  const newest = ({ buckets }: (typeof all)[number]) => buckets.reduce((last, { step }) => Math.max(last, step), 0);
  const chosen = new Set<Series>();
  let left = MAX_BUCKETS;
  for (const each of all.toSorted((a, b) => Number(b.isHeld) - Number(a.isHeld) || newest(b) - newest(a))) {
    left -= each.buckets.length + 1;
    if (left < 0) break;
    chosen.add(each.series);
  }
  return chosen;
}

function keep(series: Series, watches: readonly Watch[]): KeptSeries {
  const { buckets, latest, baseline } = series.kept;
  return {
    labels: { ...series.labels },
    job_id: series.jobId,
    liveness: series.liveness,
    outcomes: Object.fromEntries(
      watches.flatMap(({ rule, outcomes }) => {
        const outcome = outcomes.get(series);
        return outcome === undefined ? [] : [[rule.rule_id, outcome]];
      }),
    ),
    latest: [...latest],
    baseline: baseline.map(([cell, count, sumMs]) => [cell, count, sumMs]),
    buckets: buckets.map((bucket) => ({
      step: bucket.step,
      totals: bucket.totals,
      max_ms: bucket.maxMs,
      longest_step_ms: bucket.longestStepMs,
      sketch: bucket.sketch?.encode() ?? null,
      causes: [...(bucket.causes ?? [])],
    })),
  };
}

function restoreBucket(kept: KeptSeries["buckets"][number], places: readonly number[]): Bucket {
  const totals: number[] = [];
  for (const [index, place] of places.entries()) totals[place] = kept.totals[index] ?? 0;
  return {
    step: kept.step,
    totals: Array.from(totals, (amount) => amount ?? 0),
    maxMs: kept.max_ms,
    longestStepMs: kept.longest_step_ms,
    sketch: kept.sketch === null ? null : decodeSketch(kept.sketch),
    causes: kept.causes.length === 0 ? null : new Map(kept.causes),
  };
}

function restoreOutcomes(series: Series, { outcomes }: KeptSeries, watches: readonly Watch[]): void {
  for (const watch of watches) {
    const outcome = outcomes[watch.rule.rule_id];
    if (outcome !== undefined) watch.outcomes.set(series, outcome);
  }
}
