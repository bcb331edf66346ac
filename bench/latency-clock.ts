/** Milliseconds since 1970, to the microsecond: the same clock for all processes of a machine. */
export function preciseNowMs(): number {
  return performance.timeOrigin + performance.now();
}
