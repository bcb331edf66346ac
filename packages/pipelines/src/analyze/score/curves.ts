/** How measured values become parts of a score: each of these gives 0..1 for any number. */

/** 0 at 0, a half at `half`, ever nearer to 1 above. */
export function saturating(value: number, half: number): number {
  if (Number.isNaN(value) || value <= 0) return 0;
  return value === Number.POSITIVE_INFINITY ? 1 : value / (value + half);
}

/** 0 up to `from`, 1 from `to` on, a straight line between. */
export function ramp(value: number, from: number, to: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}
