/** A percentage out of data: a finite number, held to 0–100; null when it is not one. */
export function readPercent(value: unknown): number | null {
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  return Math.min(100, Math.max(0, value));
}
