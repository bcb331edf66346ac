import { encodedBuckets, PlayheadError } from "@playhead/core";
import type { Calendar } from "./calendar.ts";
import { addFigures, addTotals, type CallTotals, noCalls } from "./rollup-deltas.ts";
import type { RollupSpan } from "./telemetry-store.ts";

/** A span is stored as its place in here. */
export const SPANS = ["minute", "hour", "day", "week", "month"] as const satisfies readonly RollupSpan[];
export const LARGER_SPANS = SPANS.slice(1);

/** The figures of a row of `rollups`, as its columns {@link ROLLUP_FIGURES}. */
export type RollupTuple = [
  count: number,
  errors: number,
  summarized: number,
  sumMs: number,
  minMs: number,
  maxMs: number,
  sketch: string,
];
export const ROLLUP_FIGURES = "count, errors, summarized, sum_ms, min_ms, max_ms, sketch";

/**
 * Adds the figures of a row to totals. Where its sketch is damaged, the figures are added all the same: they are exact, and
 * percentiles go by as much of it as can be read.
 * @returns whether all of the sketch could be read
 */
export function addRow(to: CallTotals, row: RollupTuple): boolean {
  const [count, errors, summarized, sumMs, minMs, maxMs, sketch] = row;
  addFigures(to, { count, errors, summarized, sumMs, minMs, maxMs });
  try {
    to.sketch.merge(encodedBuckets(sketch));
    return true;
  } catch (error) {
    if (!(error instanceof PlayheadError)) throw error;
    return false;
  }
}

/** A row's sketch was damaged: what could not be read of it goes. */
export type OnDamagedSketch = (seriesId: number, span: RollupSpan, startMs: number) => void;

/** On stderr: who writes rollups has no other way to say something, and what it writes goes on. */
export const warnOfSketch: OnDamagedSketch = (seriesId, span, startMs) => {
  const at = new Date(startMs).toISOString();
  process.emitWarning(
    `the distribution of durations of series ${seriesId}, ${span} ${at}, was damaged and is left out; its counts and sums are kept`,
    { type: "PlayheadWarning", detail: "playhead doctor tells what else is damaged" },
  );
};

/** Puts totals of smaller spans, by their starts, together to larger ones. */
export function sumBySpan(
  smaller: ReadonlyMap<number, CallTotals>,
  span: RollupSpan,
  calendar: Calendar,
): ReadonlyMap<number, CallTotals> {
  const larger = new Map<number, CallTotals>();
  for (const [atMs, totals] of smaller) {
    const startMs = calendar.startOf(span, atMs);
    const sum = larger.get(startMs) ?? noCalls();
    larger.set(startMs, sum);
    addTotals(sum, totals);
  }
  return larger;
}
