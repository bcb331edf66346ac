/** A stretch of time that a page shows: up to now, or between two moments. Kept in the address. */
export type ViewRange = { readonly last: LastName } | BetweenRange;

/** Between two moments, ISO 8601; the second is exclusive, and null for now. */
export interface BetweenRange {
  readonly from: string;
  readonly to: string | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The stretches up to now that are offered, and what each is compared with. */
export const LASTS = [
  { name: "1h", word: "Last hour", inWords: "in the last hour", before: "the hour before", ms: HOUR_MS },
  { name: "24h", word: "Last 24 hours", inWords: "in the last 24 hours", before: "the day before", ms: DAY_MS },
  { name: "7d", word: "Last 7 days", inWords: "in the last 7 days", before: "the week before", ms: 7 * DAY_MS },
  { name: "30d", word: "Last 30 days", inWords: "in the last 30 days", before: "the month before", ms: 30 * DAY_MS },
] as const;
export type LastName = (typeof LASTS)[number]["name"];

/** Where a range begins and ends, for someone who looks at it at `nowMs`. */
export function boundsOfRange(range: ViewRange, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  if ("last" in range) return { fromMs: nowMs - lastOf(range.last).ms, toMs: nowMs };
  return { fromMs: Date.parse(range.from), toMs: range.to === null ? nowMs : Date.parse(range.to) };
}

/** A range in words: `in the last 7 days`; and what it is compared with: `the week before`. */
export function rangeWords(range: ViewRange): { readonly inWords: string; readonly before: string } {
  return "last" in range ? lastOf(range.last) : { inWords: "in this time", before: "the same time before" };
}

/** Reads a range off an address; `fallback` where it names none, or one that ends before it begins. */
export function readViewRange<Fallback>(search: URLSearchParams, fallback: Fallback): ViewRange | Fallback {
  const last = LASTS.find(({ name }) => name === search.get("last"));
  if (last !== undefined) return { last: last.name };
  const [from, to] = [readMoment(search.get("from")), readMoment(search.get("to"))];
  return from === null || (to !== null && to <= from) ? fallback : { from, to };
}

/** Writes a range into an address. */
export function writeViewRange(range: ViewRange, search: URLSearchParams): void {
  if ("last" in range) {
    search.set("last", range.last);
    return;
  }
  search.set("from", range.from);
  if (range.to !== null) search.set("to", range.to);
}

/** A moment in the one way in which it is written; null for what is none. */
export function readMoment(text: string | null): string | null {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

function lastOf(name: LastName) {
  return LASTS.find((each) => each.name === name) ?? LASTS[0];
}
