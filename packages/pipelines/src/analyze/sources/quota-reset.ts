const HOUR_MS = 3_600_000;
const PACIFIC = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/Los_Angeles",
  hour: "numeric",
  hourCycle: "h23",
});

/**
 * When the quota of Google's APIs is full again: at the next midnight in California.
 *
 * @returns milliseconds since 1970
 */
export function nextQuotaReset(nowMs: number): number {
  // Midnight there is always at a full hour, whether or not it is summer.
  let atMs = Math.floor(nowMs / HOUR_MS + 1) * HOUR_MS;
  while (Number(PACIFIC.format(atMs)) !== 0) atMs += HOUR_MS;
  return atMs;
}
