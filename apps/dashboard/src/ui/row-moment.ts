/** Made once: to make one takes longer than to draw a row. */
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** A moment for a row of many, as `formatMoment` says it in the reader's zone: `14:20`, `20 Nov 14:20`, `20 Nov 2025`. */
export function rowMoment(atMs: number, nowMs: number): string {
  const [at, now] = [new Date(atMs), new Date(nowMs)];
  if (at.getFullYear() !== now.getFullYear()) return YEAR.format(at);
  const isToday = at.getMonth() === now.getMonth() && at.getDate() === now.getDate();
  return isToday ? CLOCK.format(at) : `${DAY.format(at)} ${CLOCK.format(at)}`;
}
