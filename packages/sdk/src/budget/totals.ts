import { createSketch, decodeSketch, type ExecutionCategory, type ExecutionTotals, type Sketch } from "@playhead/core";

/** What calls of one name within one minute add up to. */
export interface Totals {
  readonly name: string;
  readonly category: ExecutionCategory;
  /** The minute's start, milliseconds since 1970. */
  readonly minuteMs: number;
  count: number;
  errors: number;
  /** How many of them were timed: all, or one in so many. */
  timed: number;
  sumMs: number;
  minMs: number;
  maxMs: number;
  readonly sketch: Sketch;
  /** They are sent: what comes late goes into others. */
  isTaken: boolean;
}

/** The totals of all functions whose calls are not sent one by one. */
export interface TotalsBook {
  /** The totals of a name and a minute, to be added to. */
  open(name: string, category: ExecutionCategory, minuteMs: number): Totals;
  /** Takes out those of minutes before this one. */
  takeBefore(minuteMs: number): readonly Totals[];
  isEmpty(): boolean;
  isFull(): boolean;
}

export const MINUTE_MS = 60_000;
/** Some megabytes. Only totals that come back unsent, because the server is away for hours, can be so many. */
const MAX_HELD = 5_000;

export function createTotalsBook(): TotalsBook {
  let open = new Map<string, Totals>();
  return {
    open(name, category, minuteMs) {
      const key = `${minuteMs} ${category} ${name}`;
      const known = open.get(key);
      if (known !== undefined) return known;
      const totals: Totals = {
        name,
        category,
        minuteMs,
        count: 0,
        errors: 0,
        timed: 0,
        sumMs: 0,
        minMs: Number.POSITIVE_INFINITY,
        maxMs: 0,
        sketch: createSketch(),
        isTaken: false,
      };
      open.set(key, totals);
      return totals;
    },
    takeBefore(minuteMs) {
      const taken: Totals[] = [];
      const left = new Map<string, Totals>();
      for (const [key, totals] of open) {
        if (totals.minuteMs >= minuteMs) left.set(key, totals);
        else {
          totals.isTaken = true;
          taken.push(totals);
        }
      }
      open = left;
      return taken.filter(({ count }) => count > 0);
    },
    isEmpty: () => open.size === 0,
    isFull: () => open.size >= MAX_HELD,
  };
}

/** Adds a call, or the one that was timed of so many, of which so many have failed. */
export function addTo(totals: Totals, durationMs: number, errors: number, weight: number): void {
  totals.count += weight;
  totals.timed += 1;
  totals.errors += errors;
  totals.sumMs += durationMs * weight;
  if (durationMs < totals.minMs) totals.minMs = durationMs;
  if (durationMs > totals.maxMs) totals.maxMs = durationMs;
  totals.sketch.add(durationMs, weight);
}

/** Adds what could not be sent. */
export function addUnsent(totals: Totals, unsent: ExecutionTotals): void {
  totals.count += unsent.count;
  totals.timed += unsent.timed_count ?? unsent.count;
  totals.errors += unsent.errors;
  totals.sumMs += unsent.duration_sum_ms;
  const sketch = decodeSketch(unsent.sketch);
  if (sketch.count > 0) totals.minMs = Math.min(totals.minMs, unsent.duration_min_ms);
  totals.maxMs = Math.max(totals.maxMs, unsent.duration_max_ms);
  totals.sketch.merge(sketch);
}

/** As they are sent. */
export function dataOf(totals: Totals): ExecutionTotals {
  const { name, category, count, errors, timed, sumMs, minMs, maxMs, sketch } = totals;
  return {
    name,
    category,
    count,
    errors,
    duration_sum_ms: sumMs,
    duration_min_ms: timed === 0 ? 0 : minMs,
    duration_max_ms: maxMs,
    sketch: sketch.encode(),
    ...(timed < count && { timed_count: timed }),
  };
}
