/** The middle of values in their order; the mean of the two middle ones of an even number; NaN of none. */
export function medianOf(values: readonly number[] | Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half] as number;
  return ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2;
}

/** Of normal values, their standard deviation by their median absolute deviation. */
const NORMAL_SPREAD = 1.482602218505602;

/** How far values lie apart: their median distance from a middle, scaled to be the standard deviation of normal ones. */
export function spreadOf(values: readonly number[], middle: number): number {
  return NORMAL_SPREAD * medianOf(values.map((value) => Math.abs(value - middle)));
}
