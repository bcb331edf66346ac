/**
 * What one window has measured of one combination of labels.
 *
 * Time is cut into steps, so many a window: a window is the step that is under way and those before it, so that nothing
 * in it is older than the window is long. What a step adds up to is kept in its bucket; sums over the window grow with
 * what is heard, and are added up anew when a bucket falls out of it. So nothing is ever read again.
 */
import { type AlertCause, createSketch, type Sketch } from "@playhead/core";
import type { Measured, Slot } from "../rules/measured.ts";
import { createBaseline } from "./baseline.ts";
import { addCause, type Causes, topCauses } from "./causes.ts";
import { type Layout, STEPS_PER_WINDOW } from "./layout.ts";
import { createOpenSteps } from "./open-steps.ts";
import type { Sample } from "./sample.ts";

/** What one step adds up to. */
export interface Bucket {
  /** Its number: time by the length of a step. */
  readonly step: number;
  readonly totals: number[];
  maxMs: number;
  longestStepMs: number;
  sketch: Sketch | null;
  causes: Causes | null;
}

export interface Series extends Measured {
  readonly labels: Readonly<Record<string, string>>;
  /** Time goes on. @returns whether the window holds less than before it did */
  advance(nowMs: number): boolean;
  add(sample: Sample): void;
  /** Of the failures in the window, the most frequent first. */
  causes(): readonly AlertCause[];
  /** The job that it is about, or the first of them. */
  readonly jobId: string | null;
  /** Nothing is in the window or under way, and no state of its job is known that matters. */
  readonly isIdle: boolean;
  /** Nothing is remembered either that later decisions need. */
  readonly isForgettable: boolean;
  readonly hasOpenSteps: boolean;
  /** For a snapshot. */
  readonly kept: Kept;
}

/** All that a series is made of, for those who store it. */
export interface Kept {
  readonly buckets: readonly Bucket[];
  readonly latest: ReadonlyMap<string, Latest>;
  readonly baseline: readonly (readonly [number, number, number])[];
}

/** What was last looked at. */
export interface Latest {
  readonly value: number;
  readonly step: number;
}

/** What a series begins with, when it was kept over a restart. */
export interface SeriesStart extends Kept {
  readonly jobId: string | null;
  readonly liveness: number | null;
  readonly nowMs: number;
}

/** What was counted so far, among what was last looked at: without it all of it would count again. */
const COUNTED = "counted ";
/** More names than this are not told apart. */
const MAX_LATEST = 1_000;

export function createSeries(layout: Layout, labels: Readonly<Record<string, string>>, start?: SeriesStart): Series {
  const { stepMs } = layout;
  const buckets: (Bucket | undefined)[] = new Array(STEPS_PER_WINDOW).fill(undefined);
  const open = createOpenSteps();
  const latest = new Map<string, Latest>(start?.latest);
  const baseline = createBaseline(start?.baseline);
  let totals: number[] = new Array(layout.size).fill(0);
  let nowMs = start?.nowMs ?? Number.NEGATIVE_INFINITY;
  let oldestStep = Number.POSITIVE_INFINITY;
  let maxMs = 0;
  let longestStepMs = -1;
  // Made when it is asked for, and kept up from then on.
  let sketch: Sketch | null = null;
  // What was asked of it since it last changed: rules that share a window ask the same.
  const quantiles = new Map<number, number | null>();
  let top: readonly AlertCause[] | null = null;
  let liveness = start?.liveness ?? null;
  let jobId = start?.jobId ?? null;
  let hasCounted = latest.keys().some((name) => name.startsWith(COUNTED));
  for (const bucket of start?.buckets ?? []) buckets[bucket.step % STEPS_PER_WINDOW] = bucket;
  if (start !== undefined) addUp();

  const stepOf = (atMs: number) => Math.floor(atMs / stepMs);

  const isIdle = () => oldestStep === Number.POSITIVE_INFINITY && open.size === 0 && (liveness ?? 0) === 0;

  function addUp(): void {
    totals = new Array(layout.size).fill(0);
    oldestStep = Number.POSITIVE_INFINITY;
    maxMs = 0;
    longestStepMs = -1;
    quantiles.clear();
    top = null;
    for (const bucket of buckets) {
      if (bucket === undefined) continue;
      for (const [place, amount] of bucket.totals.entries()) totals[place] = (totals[place] as number) + amount;
      oldestStep = Math.min(oldestStep, bucket.step);
      maxMs = Math.max(maxMs, bucket.maxMs);
      longestStepMs = Math.max(longestStepMs, bucket.longestStepMs);
    }
  }

  function letGo(bucket: Bucket): void {
    buckets[bucket.step % STEPS_PER_WINDOW] = undefined;
    if (bucket.sketch !== null) sketch?.remove(bucket.sketch);
    if (!layout.hasBaseline) return;
    const totalOf = (slot: Slot) => bucket.totals[layout.find(slot) ?? -1] ?? 0;
    baseline.add(bucket.step * stepMs, totalOf("call|count"), totalOf("call|sum"));
  }

  function advance(toMs: number): boolean {
    nowMs = Math.max(nowMs, toMs);
    const firstStep = stepOf(nowMs) - STEPS_PER_WINDOW + 1;
    if (oldestStep >= firstStep) return layout.hasBaseline && baseline.advance(nowMs - layout.windowMs);
    for (const bucket of buckets) if (bucket !== undefined && bucket.step < firstStep) letGo(bucket);
    addUp();
    baseline.advance(nowMs - layout.windowMs);
    if (isIdle()) jobId = null;
    return true;
  }

  function bucketAt(step: number): Bucket {
    const there = buckets[step % STEPS_PER_WINDOW];
    if (there !== undefined) return there;
    const made = {
      step,
      totals: new Array(layout.size).fill(0),
      maxMs: 0,
      longestStepMs: -1,
      sketch: null,
      causes: null,
    };
    buckets[step % STEPS_PER_WINDOW] = made;
    oldestStep = Math.min(oldestStep, step);
    return made;
  }

  function addAmount(bucket: Bucket, place: number, amount: number): void {
    bucket.totals[place] = (bucket.totals[place] ?? 0) + amount;
    totals[place] = (totals[place] ?? 0) + amount;
  }

  function addCalls(bucket: Bucket, calls: NonNullable<Sample["calls"]>): void {
    if (layout.hasLongestCall) {
      bucket.maxMs = Math.max(bucket.maxMs, calls.maxMs);
      maxMs = Math.max(maxMs, calls.maxMs);
    }
    if (!layout.hasDurations) return;
    bucket.sketch ??= createSketch();
    addDurations(bucket.sketch, calls);
    if (sketch !== null) addDurations(sketch, calls);
    quantiles.clear();
  }

  function addGauge(bucket: Bucket, step: number, { name, value }: NonNullable<Sample["gauge"]>, source: string): void {
    const rise = layout.find(`gauge:${name}|rise`);
    if (rise !== undefined) {
      // Counted from the start of whoever counts: one that has fallen began anew.
      const counted = `${COUNTED}${name} ${source}`;
      const before = latest.get(counted)?.value ?? 0;
      addAmount(bucket, rise, value >= before ? value - before : value);
      remember(counted, { value, step });
      hasCounted = true;
    }
    if ((latest.get(name)?.step ?? step) <= step) remember(name, { value, step });
  }

  function remember(name: string, value: Latest): void {
    if (latest.size < MAX_LATEST || latest.has(name)) latest.set(name, value);
  }

  function changeOpen(change: NonNullable<Sample["step"]>): void {
    if ("began" in change) open.begin(change.key, change.began);
    else open.end(change.key);
  }

  function addStep(bucket: Bucket, tookMs: number): void {
    bucket.longestStepMs = Math.max(bucket.longestStepMs, tookMs);
    longestStepMs = Math.max(longestStepMs, tookMs);
  }

  return {
    labels,
    advance,
    add(sample) {
      if (sample.liveness !== undefined) liveness = sample.liveness;
      if (sample.step !== undefined) changeOpen(sample.step);
      const step = stepOf(sample.atMs);
      // Late by more than a window: it would have been forgotten by now.
      if (step <= stepOf(nowMs) - STEPS_PER_WINDOW) return;
      const bucket = bucketAt(step);
      for (const { slot, amount } of sample.amounts) {
        const place = layout.places[slot];
        if (place !== undefined) addAmount(bucket, place, amount);
      }
      if (sample.calls !== undefined) addCalls(bucket, sample.calls);
      if (sample.gauge !== undefined) {
        addGauge(bucket, step, sample.gauge, `${sample.labels.host ?? ""} ${sample.labels.worker ?? ""}`);
      }
      if (sample.step !== undefined && "tookMs" in sample.step) addStep(bucket, sample.step.tookMs ?? -1);
      if (sample.failed !== undefined) {
        bucket.causes = addCause(bucket.causes, sample.failed);
        top = null;
      }
      jobId ??= sample.labels.job_id ?? null;
    },
    get totals() {
      return totals;
    },
    get maxMs() {
      return maxMs;
    },
    get liveness() {
      return liveness;
    },
    quantileMs(share) {
      const known = quantiles.get(share);
      if (known !== undefined) return known;
      sketch ??= sumOf(buckets);
      const value = sketch.quantile(share);
      quantiles.set(share, value);
      return value;
    },
    baselineMs: () => baseline.averageMs(),
    longestStepMs() {
      const longest = Math.max(longestStepMs, nowMs - (open.oldestMs() ?? Number.POSITIVE_INFINITY));
      return longest < 0 ? null : longest;
    },
    latest(gauge) {
      const found = latest.get(gauge);
      return found === undefined || found.step <= stepOf(nowMs) - STEPS_PER_WINDOW ? null : found.value;
    },
    causes() {
      top ??= topCauses(buckets.map((bucket) => bucket?.causes ?? null));
      return top;
    },
    get jobId() {
      return jobId;
    },
    get isIdle() {
      return isIdle();
    },
    get isForgettable() {
      return isIdle() && baseline.isEmpty && !hasCounted;
    },
    get hasOpenSteps() {
      return open.size > 0;
    },
    get kept() {
      return { buckets: buckets.filter((bucket) => bucket !== undefined), latest, baseline: baseline.kept() };
    },
  };
}

function addDurations(to: Sketch, { durationMs, count, sketch }: NonNullable<Sample["calls"]>): void {
  if (sketch === null) to.add(durationMs, count);
  else to.merge(sketch);
}

function sumOf(buckets: readonly (Bucket | undefined)[]): Sketch {
  const sum = createSketch();
  for (const bucket of buckets) if (bucket?.sketch != null) sum.merge(bucket.sketch);
  return sum;
}
