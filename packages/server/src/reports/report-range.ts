import { PlayheadError, type ReportKind, type TimeRange } from "@playhead/core";
import { createCalendar } from "../store/calendar.ts";
import type { RollupSpan } from "../store/telemetry-store.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
/** What calls took is kept for a year at least, and a leap year has a day more. */
const LONGEST_MS = 3_660 * DAY_MS;

/** How long one span of a report's charts is; every kind of report tells of a range in few of them. */
export type ReportSpan = Exclude<RollupSpan, "minute">;

const zoned = (atMs: number, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);

/** The last day or week of a zone that was over at a moment: days of 23 or 25 hours, too, are whole. */
export function lastPeriod(kind: "daily" | "weekly", timeZone: string, atMs: number): TimeRange {
  const calendar = createCalendar(timeZone);
  const span = kind === "daily" ? "day" : "week";
  const toMs = calendar.startOf(span, atMs);
  return { fromMs: calendar.startOf(span, toMs - 1), toMs };
}

/** The name of a period of a schedule, the same in whatever zone it is worked out later: the date on which it begins. */
export function periodName({ fromMs }: TimeRange, timeZone: string): string {
  return zoned(fromMs, timeZone).toPlainDate().toString();
}

/** The date of the first day after a period. */
export function periodEnd({ toMs }: TimeRange, timeZone: string): string {
  return zoned(toMs, timeZone).toPlainDate().toString();
}

/**
 * The range as it can be told of: widened to whole minutes, of which calls are summed up.
 *
 * @throws PlayheadError `validation_error` for one that is none, or that is far too long
 */
export function wholeRange({ fromMs, toMs }: TimeRange): TimeRange {
  if (fromMs >= toMs) throw new PlayheadError("validation_error", "expected from to be before to");
  if (toMs - fromMs > LONGEST_MS) {
    throw new PlayheadError("validation_error", `expected a range of at most ${LONGEST_MS / DAY_MS} days`);
  }
  return { fromMs: Math.floor(fromMs / MINUTE_MS) * MINUTE_MS, toMs: Math.ceil(toMs / MINUTE_MS) * MINUTE_MS };
}

/** The range before, with which one is compared: as many days before where both ends are midnights, else as long. */
export function rangeBefore({ fromMs, toMs }: TimeRange, timeZone: string): TimeRange {
  const calendar = createCalendar(timeZone);
  const isWhole = calendar.startOf("day", fromMs) === fromMs && calendar.startOf("day", toMs) === toMs;
  if (!isWhole) return { fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
  const date = zoned(fromMs, timeZone).toPlainDate();
  const days = date.until(zoned(toMs, timeZone).toPlainDate(), { largestUnit: "days" }).days;
  return { fromMs: date.subtract({ days }).toZonedDateTime(timeZone).epochMilliseconds, toMs: fromMs };
}

/** Such spans as make a chart that can be read: at least a few, at most some sixty. */
export function spanOf(kind: ReportKind, { fromMs, toMs }: TimeRange): ReportSpan {
  if (kind === "weekly") return "day";
  const days = (toMs - fromMs) / DAY_MS;
  if (days <= 2.1) return "hour";
  if (days <= 62.1) return "day";
  return days <= 400 ? "week" : "month";
}

/** The spans of a zone that lie in a range, and what of the first and the last does. */
export function spansOf(range: TimeRange, span: ReportSpan, timeZone: string): readonly TimeRange[] {
  const calendar = createCalendar(timeZone);
  const spans: TimeRange[] = [];
  for (let at = range.fromMs; at < range.toMs; ) {
    const endMs = Math.min(range.toMs, calendar.endOf(span, calendar.startOf(span, at)));
    spans.push({ fromMs: at, toMs: endMs });
    at = endMs;
  }
  return spans;
}
