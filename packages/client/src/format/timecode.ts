/** A position in time as editors write it: `01:23:45`; over a day the hours go on. Negative positions count as 0. */
export function formatTimecode(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
}

/** A time of day, in the reader's zone: `14:20`, or `14:20:07` with seconds. */
export function formatClock(
  atMs: number,
  options: { readonly seconds?: boolean; readonly timeZone?: string } = {},
): string {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(options.seconds === true && { second: "2-digit" }),
    ...(options.timeZone !== undefined && { timeZone: options.timeZone }),
  }).format(atMs);
}

/** A moment: the time of day when it is today, else with the date: `14:20`, `20 Nov 14:20`, `20 Nov 2025`. */
export function formatMoment(atMs: number, nowMs: number, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = (ms: number) => new Intl.DateTimeFormat("en-CA", { dateStyle: "short", ...zone }).format(ms);
  if (day(atMs) === day(nowMs)) return formatClock(atMs, zone);
  if (day(atMs).slice(0, 4) !== day(nowMs).slice(0, 4)) {
    return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", ...zone }).format(atMs);
  }
  const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", ...zone }).format(atMs);
  return `${date} ${formatClock(atMs, zone)}`;
}

const two = (value: number) => String(value).padStart(2, "0");
