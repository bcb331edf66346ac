import { formatClock } from "@playhead/client/format";
import { dateFormat } from "../date-format.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How far apart ticks of a time axis may be: so that they fall on what clocks and calendars count by. */
export const TIME_STEPS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 4, 5, 7, 10, 15, 30, 60, 90, 182, 365].map((days) => days * DAY_MS),
];

const dateOf = dateFormat("en-GB", { day: "numeric", month: "short" });
const weekdayOf = dateFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });

/** What stands under the ticks of a time axis: the time of day, and the date where a day begins, or where days are counted. */
export function timeTickWords(
  ticksMs: readonly number[],
  stepMs: number,
  timeZone: string | undefined,
): readonly string[] {
  const zone = timeZone === undefined ? {} : { timeZone };
  const date = dateOf(timeZone);
  return ticksMs.map((atMs) => {
    if (stepMs >= DAY_MS) return date.format(atMs);
    const clock = formatClock(atMs, { seconds: stepMs < MINUTE_MS, ...zone });
    return clock === "00:00" || clock === "00:00:00" ? date.format(atMs) : clock;
  });
}

/** A moment of a chart in full, as precisely as its points are apart: `Sat 21 Nov, 14:20`. */
export function formatChartMoment(atMs: number, stepMs: number, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = weekdayOf(timeZone).format(atMs).replace(",", "");
  return stepMs >= DAY_MS ? day : `${day}, ${formatClock(atMs, { seconds: stepMs < MINUTE_MS, ...zone })}`;
}
