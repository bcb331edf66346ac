import { medianOf } from "./median.ts";

/** A line through points. */
export interface RobustLine {
  /** By how much the value grows for each unit of x. */
  readonly slope: number;
  readonly intercept: number;
  /** Between these the slope lies with 95 % confidence, if the points are independent of each other. */
  readonly low: number;
  readonly high: number;
}

/** A normal value is within so many standard deviations in 95 of 100 cases. */
const Z_95 = 1.959963984540054;

/**
 * The Theil–Sen line: its slope is the median of the slopes of all pairs of points, which up to 29 % of wild points do
 * not move far. O(n²).
 *
 * Theil 1950; Sen, Estimates of the regression coefficient based on Kendall's tau, 1968: interval with ties. As
 * `scipy.stats.theilslopes`.
 *
 * @param xs at least two different ones
 */
export function theilSen(xs: readonly number[], ys: readonly number[]): RobustLine {
  const slopes = new Float64Array((xs.length * (xs.length - 1)) / 2);
  let count = 0;
  for (let i = 1; i < xs.length; i++) {
    for (let j = 0; j < i; j++) {
      const run = (xs[i] as number) - (xs[j] as number);
      if (run !== 0) slopes[count++] = ((ys[i] as number) - (ys[j] as number)) / run;
    }
  }
  const sorted = slopes.subarray(0, count).sort();
  const slope = medianOf(sorted);
  const far = Z_95 * Math.sqrt(scoreVariance(xs.length, [tieSizes(xs), tieSizes(ys)]));
  return {
    slope,
    intercept: medianOf(ys) - slope * medianOf(xs),
    low: sorted[Math.max(0, Math.round((count - far) / 2) - 1)] as number,
    high: sorted[Math.min(count - 1, Math.round((count + far) / 2))] as number,
  };
}

/** The variance of Kendall's S of n points without a trend, with ties (Kendall 1970). */
export function scoreVariance(n: number, ties: readonly (readonly number[])[]): number {
  const part = (size: number) => size * (size - 1) * (2 * size + 5);
  return (part(n) - ties.flat().reduce((sum, size) => sum + part(size), 0)) / 18;
}

/** How many values are the same as others, for each such value. */
export function tieSizes(values: readonly number[]): readonly number[] {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()].filter((size) => size > 1);
}
