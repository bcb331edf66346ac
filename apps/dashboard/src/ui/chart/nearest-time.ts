/** The place of the time that is nearest to a moment; -1 where there are no times. `timesMs` ascend. */
export function nearestTime(timesMs: readonly number[], atMs: number): number {
  let low = 0;
  let high = timesMs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [timesMs[low - 1], timesMs[low]];
  if (after === undefined) return -1;
  return before !== undefined && atMs - before <= after - atMs ? low - 1 : low;
}
