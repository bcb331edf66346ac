import type { TimeRange } from "@playhead/core";
import type { RollupSpan } from "../store/telemetry-store.ts";

const HOUR_MS = 3_600_000;
/** A window is a minute of ranges up to so long, an hour of those up to so long, else a day. */
const MINUTES_UP_TO_MS = 3 * HOUR_MS;
const HOURS_UP_TO_MS = 5 * 24 * HOUR_MS;

/** The windows that two ranges are compared by: of the shorter one there are enough, if something was called all the time. */
export function windowOf(...ranges: readonly TimeRange[]): RollupSpan {
  const shortestMs = Math.min(...ranges.map(({ fromMs, toMs }) => toMs - fromMs));
  if (shortestMs <= MINUTES_UP_TO_MS) return "minute";
  return shortestMs <= HOURS_UP_TO_MS ? "hour" : "day";
}
