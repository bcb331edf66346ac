import { formatAge } from "@playhead/client/format";
import { formatClock, formatMoment } from "../../../ui/times.ts";

/** What is shown, said openly: `At 10:42:13, 3 min ago`; with the date where it was another day. */
export function momentWords(atMs: number, nowMs: number): string {
  const day = formatMoment(atMs, nowMs);
  const clock = formatClock(atMs, { seconds: true });
  const when = day === formatClock(atMs) ? clock : `${day.replace(/ \d\d:\d\d$/, "")}, ${clock}`;
  return `At ${when}, ${formatAge(nowMs - atMs)}`;
}

/** How fast it is played: `4×`, back `−4×`; null at rest. */
export function speedWords(speedRatio: number): string | null {
  if (speedRatio === 0) return null;
  return `${speedRatio < 0 ? "−" : ""}${Math.abs(speedRatio)}×`;
}
