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
  return formatterOf(options.seconds === true ? "clock_seconds" : "clock", options.timeZone).format(atMs);
}

/** A moment: the time of day when it is today, else with the date: `14:20`, `20 Nov 14:20`, `20 Nov 2025`. */
export function formatMoment(atMs: number, nowMs: number, timeZone?: string): string {
  const day = (ms: number) => formatterOf("day", timeZone).format(ms);
  const [atDay, today] = [day(atMs), day(nowMs)];
  const clock = formatterOf("clock", timeZone).format(atMs);
  if (atDay === today) return clock;
  if (atDay.slice(0, 4) !== today.slice(0, 4)) return formatterOf("date_year", timeZone).format(atMs);
  return `${formatterOf("date", timeZone).format(atMs)} ${clock}`;
}

const CLOCK = { hour: "2-digit", minute: "2-digit" } as const;
const DATE = { day: "numeric", month: "short" } as const;
const FORMATS = {
  clock: ["en-GB", CLOCK],
  clock_seconds: ["en-GB", { ...CLOCK, second: "2-digit" }],
  date: ["en-GB", DATE],
  date_year: ["en-GB", { ...DATE, year: "numeric" }],
  day: ["en-CA", { dateStyle: "short" }],
} as const satisfies Record<string, readonly [string, Intl.DateTimeFormatOptions]>;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** To make one costs a hundred times what it costs to use it, and a page says hundreds of times. */
function formatterOf(name: keyof typeof FORMATS, timeZone: string | undefined): Intl.DateTimeFormat {
  const key = `${name} ${timeZone}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const [locale, options] = FORMATS[name];
  const made = new Intl.DateTimeFormat(locale, { ...options, ...(timeZone !== undefined && { timeZone }) });
  formatters.set(key, made);
  return made;
}

const two = (value: number) => String(value).padStart(2, "0");
