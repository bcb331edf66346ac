import { formatDuration } from "@playhead/client/format";
import type { HealthHistory, HealthStatus } from "@playhead/core";
import { formatClock } from "../../ui/times.ts";
import { STATUS_WORDS } from "./health-words.ts";

/** A time in which a component was all the same. */
export interface StripSpan {
  readonly status: HealthStatus;
  readonly fromMs: number;
  readonly toMs: number;
}

/** When no run came for so many times the usual, nobody looked: the server was not there. */
const PATIENCE = 3;
const MIN_PATIENCE_MS = 15 * 60_000;

/** How a component was, span by span; where nobody looked there is none. */
export function stripSpans({ runs, to }: HealthHistory, component: string): readonly StripSpan[] {
  const times = runs.map(({ timestamp }) => Date.parse(timestamp));
  const patienceMs = Math.max(
    MIN_PATIENCE_MS,
    PATIENCE * median(times.slice(1).map((at, each) => at - (times[each] ?? at))),
  );
  const spans: StripSpan[] = [];
  for (const [at, { statuses }] of runs.entries()) {
    const status = statuses[component];
    const fromMs = times[at] ?? 0;
    if (status === undefined) continue;
    // A run holds until the next one, or as long as one may be waited for.
    const toMs = Math.min(times[at + 1] ?? Date.parse(to), fromMs + patienceMs);
    const last = spans.at(-1);
    if (last?.status === status && last.toMs === fromMs) spans[spans.length - 1] = { ...last, toMs };
    else spans.push({ status, fromMs, toMs });
  }
  return spans;
}

/** The same in words, for who does not see it: `not working for 12 m 00 s, needed a look for 1 h 05 m`. */
export function stripWords(spans: readonly StripSpan[]): string {
  if (spans.length === 0) return "nobody looked";
  const sum = (status: HealthStatus) =>
    spans.reduce((ms, span) => ms + (span.status === status ? span.toMs - span.fromMs : 0), 0);
  const parts = [
    [sum("critical"), "not working for"],
    [sum("warning"), "needed a look for"],
  ] as const;
  const said = parts.filter(([ms]) => ms > 0).map(([ms, words]) => `${words} ${formatDuration(ms)}`);
  return said.length === 0 ? "well all the time" : said.join(", ");
}

/** One span in words: `Not working, 14:02 to 14:20`. */
export function spanWords({ status, fromMs, toMs }: StripSpan): string {
  return `${STATUS_WORDS[status]}, ${formatClock(fromMs)} to ${formatClock(toMs)}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
