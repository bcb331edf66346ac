import { createSketch, type ExecutionCategory, encodedBuckets, type Sketch } from "@playhead/core";
import type { EntryRow, TotalsRow } from "./telemetry-store.ts";

/** What calls add up to, as it grows. */
export interface CallTotals {
  count: number;
  errors: number;
  summarized: number;
  sumMs: number;
  minMs: number;
  maxMs: number;
  readonly sketch: Sketch;
}

/** What has been added up of one name. */
export interface SeriesDeltas {
  readonly tenantId: string;
  readonly category: ExecutionCategory;
  readonly name: string;
  /** By the start of their minute. */
  readonly minutes: Map<number, CallTotals>;
}

/** Calls as they are added up in memory, minute by minute, until they are written. */
export interface RollupDeltas {
  addEntries(rows: readonly EntryRow[]): void;
  /** @throws PlayheadError `validation_error` where a sketch is none */
  addTotals(rows: readonly TotalsRow[]): void;
  series(): Iterable<SeriesDeltas>;
  /** How many minutes of series there are: what writing them costs. */
  size(): number;
  clear(): void;
}

const MINUTE_MS = 60_000;

/** Totals of no calls. */
export function noCalls(): CallTotals {
  return {
    count: 0,
    errors: 0,
    summarized: 0,
    sumMs: 0,
    minMs: Number.POSITIVE_INFINITY,
    maxMs: Number.NEGATIVE_INFINITY,
    sketch: createSketch(),
  };
}

/** Adds some totals to others. */
export function addTotals(to: CallTotals, more: CallTotals): void {
  addFigures(to, more);
  to.sketch.merge(more.sketch);
}

/** The same without their sketches. */
export function addFigures(to: CallTotals, more: Omit<CallTotals, "sketch">): void {
  to.count += more.count;
  to.errors += more.errors;
  to.summarized += more.summarized;
  to.sumMs += more.sumMs;
  to.minMs = Math.min(to.minMs, more.minMs);
  to.maxMs = Math.max(to.maxMs, more.maxMs);
}

/** Deltas of nothing yet. */
export function createRollupDeltas(): RollupDeltas {
  const byKey = new Map<string, SeriesDeltas>();
  let size = 0;

  function totalsOf(tenantId: string, category: ExecutionCategory, name: string, atMs: number): CallTotals {
    const key = `${tenantId}\0${category}\0${name}`;
    let series = byKey.get(key);
    if (series === undefined) {
      series = { tenantId, category, name, minutes: new Map() };
      byKey.set(key, series);
    }
    const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    let totals = series.minutes.get(minuteMs);
    if (totals === undefined) {
      totals = noCalls();
      series.minutes.set(minuteMs, totals);
      size += 1;
    }
    return totals;
  }

  return {
    addEntries(rows) {
      for (const { eventType, category, functionName, durationMs, tenantId, tsMs } of rows) {
        if (eventType !== "complete" && eventType !== "error") continue;
        if (category === null || functionName === null || durationMs === null) continue;
        const totals = totalsOf(tenantId, category, functionName, tsMs);
        totals.count += 1;
        if (eventType === "error") totals.errors += 1;
        totals.sumMs += durationMs;
        if (durationMs < totals.minMs) totals.minMs = durationMs;
        if (durationMs > totals.maxMs) totals.maxMs = durationMs;
        totals.sketch.add(durationMs);
      }
    },
    addTotals(rows) {
      for (const { tenantId, minuteMs, totals: told } of rows) {
        if (told.count === 0) continue;
        const totals = totalsOf(tenantId, told.category, told.name, minuteMs);
        addFigures(totals, {
          count: told.count,
          errors: told.errors,
          summarized: told.count,
          sumMs: told.duration_sum_ms,
          minMs: told.duration_min_ms,
          maxMs: told.duration_max_ms,
        });
        totals.sketch.merge(encodedBuckets(told.sketch));
      }
    },
    series: () => byKey.values(),
    size: () => size,
    clear() {
      byKey.clear();
      size = 0;
    },
  };
}
