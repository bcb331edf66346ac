import * as format from "@playhead/client/format";
import { shownZone } from "./time-zone.ts";

// The words of @playhead/client for times, in the zone that the reader chose: pages import them from here.

/** A time of day: `14:20`, or `14:20:07` with seconds. */
export function formatClock(
  atMs: number,
  options: { readonly seconds?: boolean; readonly timeZone?: string } = {},
): string {
  return format.formatClock(atMs, { timeZone: shownZone().timeZone, ...options });
}

/** A moment: the time of day when it is today, else with the date: `14:20`, `20 Nov 14:20`, `20 Nov 2025`. */
export function formatMoment(atMs: number, nowMs: number, timeZone = shownZone().timeZone): string {
  return format.formatMoment(atMs, nowMs, timeZone);
}

/** When it is done: `by 14:20`, `around 14:20` when that is far from sure; null when nothing is known. */
export function formatFinish(eta: format.EtaFields, nowMs: number, timeZone = shownZone().timeZone): string | null {
  return format.formatFinish(eta, nowMs, timeZone);
}
