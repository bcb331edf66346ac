import type { EventFrame } from "@playhead/core";

/** How much the two clocks may differ before it is worth correcting: less is the network's delay. */
const TOLERATED_MS = 1_500;

/**
 * How far this machine's clock is ahead of the server's, from the moments at which live events arrived: the one that
 * travelled fastest tells best. Times that the server gives can then be compared with "now".
 *
 * @param known The estimate so far; null before the first event.
 */
export function clockOffsetMs(
  known: number | null,
  events: readonly Pick<EventFrame, "type" | "ts">[],
  nowMs: number,
): number | null {
  let best = known;
  for (const { type, ts } of events) {
    // Made by the server itself the moment it is sent; other events may have waited at a worker.
    if (type !== "job.progress") continue;
    const delayMs = nowMs - Date.parse(ts);
    if (best === null || delayMs < best) best = delayMs;
  }
  return best;
}

/** The server's time: ours, corrected when the two clocks differ by more than the network could explain. */
export function serverNowMs(nowMs: number, offsetMs: number | null): number {
  return offsetMs === null || Math.abs(offsetMs) < TOLERATED_MS ? nowMs : nowMs - offsetMs;
}
