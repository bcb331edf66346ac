import { bucketValue, type Sketch } from "@playhead/core";
import type { CallTotals } from "./rollup-deltas.ts";
import type { CallSum } from "./telemetry-store.ts";

/** What totals are told as. */
export function callSum(totals: CallTotals, quantiles: readonly number[]): CallSum {
  const { count, errors, summarized, sumMs, minMs, maxMs, sketch } = totals;
  return {
    count,
    errors,
    summarized,
    durationSumMs: sumMs,
    durationMinMs: minMs,
    durationMaxMs: maxMs,
    // What is known exactly bounds what is estimated.
    quantilesMs: quantiles.map((share) => Math.min(maxMs, Math.max(minMs, sketch.quantile(share) ?? 0))),
    durationVariance: varianceOf(sketch, sumMs / count),
  };
}

function varianceOf(sketch: Sketch, mean: number): number {
  if (sketch.count < 2) return 0;
  let squares = 0;
  sketch.each((place, count) => {
    squares += count * (bucketValue(place) - mean) ** 2;
  });
  return squares / (sketch.count - 1);
}
