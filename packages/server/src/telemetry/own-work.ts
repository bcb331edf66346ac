import { createSketch, type ExecutionCategory, type Sketch } from "@playhead/core";
import type { TotalsRow } from "../store/telemetry-store.ts";

export interface OwnWorkDeps {
  /** Whose data the figures are. */
  readonly tenantId: string;
  readonly nowMs: () => number;
  /** Takes what a minute, or a part of it, adds up to. */
  readonly add: (row: TotalsRow) => void;
}

/** Sums up what the server itself does, so that it can be asked like any other program. */
export interface OwnWork {
  /** @param durationMs with fractions */
  measure(category: ExecutionCategory, name: string, durationMs: number, isFailed: boolean): void;
  /** Measures what was begun just now. @returns the same promise's outcome */
  timed<Value>(category: ExecutionCategory, name: string, work: Promise<Value>): Promise<Value>;
  /** Hands over what was not handed over yet, and measures no more. */
  close(): void;
}

interface Sum {
  readonly category: ExecutionCategory;
  readonly name: string;
  count: number;
  errors: number;
  sumMs: number;
  minMs: number;
  maxMs: number;
  readonly sketch: Sketch;
}

const MINUTE_MS = 60_000;
/** What was measured is to be seen by then. */
const HAND_OVER_MS = 10_000;
/** More names than this in so short a time are no names. */
const MAX_NAMES = 500;

/** Measures calls by adding them up: none of them leaves an entry of its own. */
export function createOwnWork({ tenantId, nowMs, add }: OwnWorkDeps): OwnWork {
  const sums = new Map<string, Sum>();
  let minuteMs = minuteOf(nowMs());
  let closed = false;
  const timer = setInterval(handOver, HAND_OVER_MS);
  timer.unref();

  function handOver(): void {
    for (const sum of sums.values()) add({ tenantId, minuteMs, totals: totalsOf(sum) });
    sums.clear();
    minuteMs = minuteOf(nowMs());
  }

  function sumOf(category: ExecutionCategory, name: string): Sum | null {
    const key = `${category} ${name}`;
    const known = sums.get(key);
    if (known !== undefined || sums.size >= MAX_NAMES) return known ?? null;
    const sum: Sum = {
      category,
      name,
      count: 0,
      errors: 0,
      sumMs: 0,
      minMs: Number.POSITIVE_INFINITY,
      maxMs: 0,
      sketch: createSketch(),
    };
    sums.set(key, sum);
    return sum;
  }

  const measure: OwnWork["measure"] = (category, name, durationMs, isFailed) => {
    if (closed) return;
    if (minuteOf(nowMs()) !== minuteMs) handOver();
    const sum = sumOf(category, name);
    if (sum === null) return;
    sum.count += 1;
    if (isFailed) sum.errors += 1;
    sum.sumMs += durationMs;
    sum.minMs = Math.min(sum.minMs, durationMs);
    sum.maxMs = Math.max(sum.maxMs, durationMs);
    sum.sketch.add(durationMs);
  };

  return {
    measure,
    async timed(category, name, work) {
      const startMs = performance.now();
      let isFailed = true;
      try {
        const value = await work;
        isFailed = false;
        return value;
      } finally {
        measure(category, name, performance.now() - startMs, isFailed);
      }
    },
    close() {
      clearInterval(timer);
      if (!closed) handOver();
      closed = true;
    },
  };
}

const minuteOf = (ms: number) => ms - (ms % MINUTE_MS);

function totalsOf({ category, name, count, errors, sumMs, minMs, maxMs, sketch }: Sum): TotalsRow["totals"] {
  return {
    category,
    name,
    count,
    errors,
    duration_sum_ms: sumMs,
    duration_min_ms: minMs,
    duration_max_ms: maxMs,
    sketch: sketch.encode(),
  };
}
