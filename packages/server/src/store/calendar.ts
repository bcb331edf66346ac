import { PlayheadError } from "@playhead/core";
import type { RollupSpan } from "./telemetry-store.ts";

/** The spans of time of one time zone, as they follow each other without a gap. Their starts are milliseconds UTC. */
export interface Calendar {
  readonly timeZone: string;
  /** The start of the span that a moment lies in. */
  startOf(span: RollupSpan, atMs: number): number;
  /** Where the span that begins at a start ends, and the next one begins. */
  endOf(span: RollupSpan, startMs: number): number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const UTC_DAY_MS = 86_400_000;
/** So many days are kept worked out: Temporal takes some 10 µs for each. */
const MAX_DAYS = 1_000;

/** A day as the zone has it. */
interface Day {
  readonly startMs: number;
  readonly endMs: number;
  readonly weekStartMs: number;
  readonly monthStartMs: number;
  /** The zone's distance from UTC from each moment on: several where clocks are changed on this day. */
  readonly offsets: readonly { readonly fromMs: number; readonly offsetMs: number }[];
}

/**
 * The calendar of an IANA time zone. A day on which clocks are changed has 23 or 25 hours; an hour that a change cuts
 * short ends there. Minutes are those of UTC: zones differ by whole ones.
 *
 * @throws PlayheadError `config_invalid` for a zone that is not known
 */
export function createCalendar(timeZone: string): Calendar {
  const zoned = (atMs: number) => Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  try {
    zoned(0);
  } catch (cause) {
    throw new PlayheadError("config_invalid", `expected an IANA time zone such as Europe/Rome, got "${timeZone}"`, {
      cause,
    });
  }
  /** By days of UTC: those that begin in it, and the one before. */
  const days = new Map<number, Day[]>();
  let latest: Day | null = null;

  function dayOf(atMs: number): Day {
    if (latest !== null && atMs >= latest.startMs && atMs < latest.endMs) return latest;
    if (days.size >= MAX_DAYS) days.clear();
    const place = Math.floor(atMs / UTC_DAY_MS);
    const near = days.get(place) ?? [];
    days.set(place, near);
    let day = near.find(({ startMs, endMs }) => atMs >= startMs && atMs < endMs);
    if (day === undefined) {
      day = workOut(atMs);
      near.push(day);
    }
    latest = day;
    return day;
  }

  function workOut(atMs: number): Day {
    const date = zoned(atMs).toPlainDate();
    const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(timeZone).epochMilliseconds;
    const startMs = startOf(date);
    const endMs = startOf(date.add({ days: 1 }));
    const offsets = [{ fromMs: startMs, offsetMs: offsetAt(startMs) }];
    for (;;) {
      const { fromMs } = offsets.at(-1) as { fromMs: number };
      const change = zoned(fromMs).getTimeZoneTransition("next")?.epochMilliseconds ?? endMs;
      if (change >= endMs) break;
      offsets.push({ fromMs: change, offsetMs: offsetAt(change) });
    }
    return {
      startMs,
      endMs,
      weekStartMs: startOf(date.subtract({ days: date.dayOfWeek - 1 })),
      monthStartMs: startOf(date.with({ day: 1 })),
      offsets,
    };
  }

  const offsetAt = (atMs: number) => zoned(atMs).offsetNanoseconds / 1e6;

  function hourAt(atMs: number): { readonly startMs: number; readonly endMs: number } {
    const { offsets, endMs } = dayOf(atMs);
    const place = offsets.findLastIndex(({ fromMs }) => fromMs <= atMs);
    const { fromMs, offsetMs } = offsets[place] as Day["offsets"][number];
    const fullMs = Math.floor((atMs + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs;
    return {
      startMs: Math.max(fullMs, fromMs),
      endMs: Math.min(fullMs + HOUR_MS, offsets[place + 1]?.fromMs ?? endMs),
    };
  }

  const later = (startMs: number, duration: Temporal.DurationLike) =>
    zoned(startMs).toPlainDate().add(duration).toZonedDateTime(timeZone).epochMilliseconds;

  const starts: Readonly<Record<RollupSpan, (atMs: number) => number>> = {
    minute: (atMs) => Math.floor(atMs / MINUTE_MS) * MINUTE_MS,
    hour: (atMs) => hourAt(atMs).startMs,
    day: (atMs) => dayOf(atMs).startMs,
    week: (atMs) => dayOf(atMs).weekStartMs,
    month: (atMs) => dayOf(atMs).monthStartMs,
  };
  const ends: Readonly<Record<RollupSpan, (startMs: number) => number>> = {
    minute: (startMs) => startMs + MINUTE_MS,
    hour: (startMs) => hourAt(startMs).endMs,
    day: (startMs) => dayOf(startMs).endMs,
    week: (startMs) => later(startMs, { days: 7 }),
    month: (startMs) => later(startMs, { months: 1 }),
  };

  return {
    timeZone,
    startOf: (span, atMs) => starts[span](atMs),
    endOf: (span, startMs) => ends[span](startMs),
  };
}
