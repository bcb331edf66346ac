import { mannWhitney } from "./mann-whitney.ts";
import { medianOf } from "./median.ts";

/** What changed from one sample to another. */
export interface SampleComparison {
  /** By which share the median grew: 0.1 is by a tenth. */
  readonly change: number;
  /** How likely chance alone sets them so far apart: Mann–Whitney, two-sided. */
  readonly pValue: number;
}

/** With fewer values on a side, nothing is said: chance alone could not be told from a change. */
export const LEAST_COMPARED = 5;

/**
 * Compares two samples by their ranks.
 *
 * @param before over 0
 * @param after over 0
 * @returns null where a side has fewer than 5 values
 */
export function compareSamples(before: readonly number[], after: readonly number[]): SampleComparison | null {
  if (Math.min(before.length, after.length) < LEAST_COMPARED) return null;
  return { change: medianOf(after) / medianOf(before) - 1, pValue: mannWhitney(after, before).pValue };
}
