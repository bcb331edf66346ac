import type { TimeRange } from "@playhead/core";
import type { Calendar } from "./calendar.ts";
import type { RollupSpan } from "./telemetry-store.ts";

/** Rollups of one span that lie next to each other: those that begin in the range. */
export interface RollupPiece {
  readonly span: RollupSpan;
  readonly range: TimeRange;
}

/** From the largest on. */
const LARGER_SPANS = ["month", "week", "day", "hour"] as const satisfies readonly RollupSpan[];

/**
 * Which rollups add up to a range: months in its middle, smaller spans towards its ends; as few as there can be.
 *
 * The range is widened to whole minutes; what lies before `minutesFromMs`, where only larger spans are left, to whole
 * hours.
 */
export function planRollups(
  calendar: Calendar,
  { fromMs, toMs }: TimeRange,
  minutesFromMs: number,
): readonly RollupPiece[] {
  const finest = (atMs: number) => finestSpan(atMs, minutesFromMs);
  const fits = (span: RollupSpan, atMs: number) =>
    calendar.startOf(span, atMs) === atMs && calendar.endOf(span, atMs) <= toMs;
  // A month that begins within the week is worth more than it.
  const cutsMonth = (atMs: number) => {
    const monthMs = calendar.endOf("month", calendar.startOf("month", atMs));
    return monthMs < calendar.endOf("week", atMs) && fits("month", monthMs);
  };
  const pieces: { span: RollupSpan; range: { fromMs: number; toMs: number } }[] = [];
  let at = calendar.startOf(finest(fromMs), fromMs);
  while (at < toMs) {
    const span = LARGER_SPANS.find((each) => fits(each, at) && (each !== "week" || !cutsMonth(at))) ?? finest(at);
    const end = calendar.endOf(span, at);
    const last = pieces.at(-1);
    if (last?.span === span) last.range.toMs = end;
    else pieces.push({ span, range: { fromMs: at, toMs: end } });
    at = end;
  }
  return pieces;
}

/** What a plan for a range covers. */
export function widenRange(calendar: Calendar, range: TimeRange, minutesFromMs: number): TimeRange {
  const startMs = (atMs: number) => calendar.startOf(finestSpan(atMs, minutesFromMs), atMs);
  const lastMs = startMs(range.toMs);
  const isWhole = lastMs === range.toMs;
  return {
    fromMs: startMs(range.fromMs),
    toMs: isWhole ? lastMs : calendar.endOf(finestSpan(lastMs, minutesFromMs), lastMs),
  };
}

const finestSpan = (atMs: number, minutesFromMs: number) => (atMs < minutesFromMs ? "hour" : "minute");
