import { readMoment } from "../../ui/range/view-range.ts";

/** A stretch of time in which jobs were created: up to now, or between two moments (the second exclusive). */
export type JobSpan =
  | { readonly since: SinceName }
  | {
      /** ISO 8601; null for no bound on this side. */
      readonly from: string | null;
      readonly to: string | null;
    };

const HOUR_MS = 3_600_000;

/** The stretches up to now that are offered. */
export const SINCES = [
  { name: "1h", word: "Last hour", ms: HOUR_MS },
  { name: "24h", word: "Last 24 hours", ms: 24 * HOUR_MS },
  { name: "7d", word: "Last 7 days", ms: 7 * 24 * HOUR_MS },
  { name: "30d", word: "Last 30 days", ms: 30 * 24 * HOUR_MS },
] as const;
export type SinceName = (typeof SINCES)[number]["name"];

/** The bounds of a stretch at a moment, as the server takes them. */
interface SpanBounds {
  readonly created_from?: string;
  readonly created_to?: string;
}

/** Where a stretch begins and ends, for someone who looks at it at `nowMs`. */
export function boundsOf(span: JobSpan | null, nowMs: number): SpanBounds {
  if (span === null) return {};
  if ("since" in span) {
    const { ms } = SINCES.find(({ name }) => name === span.since) ?? SINCES[0];
    return { created_from: new Date(nowMs - ms).toISOString() };
  }
  return {
    ...(span.from !== null && { created_from: span.from }),
    ...(span.to !== null && { created_to: span.to }),
  };
}

/** Reads a stretch off an address; null where it names none. */
export function readSpan(search: URLSearchParams): JobSpan | null {
  const since = SINCES.find(({ name }) => name === search.get("since"));
  if (since !== undefined) return { since: since.name };
  const [from, to] = [readMoment(search.get("from")), readMoment(search.get("to"))];
  return from === null && to === null ? null : { from, to };
}

/** Writes a stretch into an address. */
export function writeSpan(span: JobSpan | null, search: URLSearchParams): void {
  if (span === null) return;
  if ("since" in span) {
    search.set("since", span.since);
    return;
  }
  if (span.from !== null) search.set("from", span.from);
  if (span.to !== null) search.set("to", span.to);
}
