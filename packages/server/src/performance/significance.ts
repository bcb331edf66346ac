import type { CallSum } from "../store/telemetry-store.ts";

/** With fewer calls on a side, nothing is said. */
const MIN_CALLS = 10;

/**
 * How likely chance alone makes two averages differ this much: Welch's test on counts, means and variances, with the
 * normal distribution, which durations' long tails and their likeness to their neighbours in time make somewhat rash.
 * For what was called too seldom to be compared window by window.
 *
 * @returns a probability, two-sided; null of too few calls
 */
export function significanceOf(before: CallSum, after: CallSum): number | null {
  if (before.count < MIN_CALLS || after.count < MIN_CALLS) return null;
  const difference = meanOf(after) - meanOf(before);
  const noise = Math.sqrt(before.durationVariance / before.count + after.durationVariance / after.count);
  if (noise === 0) return difference === 0 ? 1 : 0;
  return 2 * upperTail(Math.abs(difference) / noise);
}

const meanOf = ({ durationSumMs, count }: CallSum) => durationSumMs / count;

/** Of the standard normal distribution, the share over `z` ≥ 0, to 7 digits (Abramowitz and Stegun, 26.2.17). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
