import { shownZone } from "./time-zone.ts";
import { wallClock } from "./wall-clock.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"];

/** A moment for a row of many, as `formatMoment` says it, but sooner: `14:20`, `20 Nov 14:20`, `20 Nov 2025`. */
export function rowMoment(atMs: number, nowMs: number, timeZone = shownZone().timeZone): string {
  const [at, now] = [wallClock(atMs, timeZone), wallClock(nowMs, timeZone)];
  const day = `${at.day} ${MONTHS[at.month - 1]}`;
  if (at.year !== now.year) return `${day} ${at.year}`;
  const clock = `${String(at.hour).padStart(2, "0")}:${String(at.minute).padStart(2, "0")}`;
  return at.month === now.month && at.day === now.day ? clock : `${day} ${clock}`;
}
