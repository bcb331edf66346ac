import type { LogFilter, TimeRange } from "@playhead/core";
import type { EntryTuple } from "../../entry-row.ts";
import type { EntriesQuery } from "../../telemetry-store.ts";
import type { Session } from "../postgres-database.ts";
import { dayOfTime, endOfDay, readDays, STRAY_DAY } from "./entry-days.ts";
import type { Look } from "./look.ts";
import { lookByTime } from "./look-by-time.ts";
import { readMeta } from "./meta.ts";

/** A day that can have what a filter wants, and which of its times are wanted. */
export interface Place extends TimeRange {
  readonly day: number;
}

const ALL_TIME = { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER };
/** Where days have few matches, each step looks into so many times as many of them as the one before. */
const GROWTH = 4;

/** The days that have entries of a range; {@link STRAY_DAY}, where any time can be, comes first. */
export async function placesOf(
  session: Session,
  { range = ALL_TIME }: Pick<LogFilter, "range">,
): Promise<readonly Place[]> {
  const [{ entriesFromMs }, days] = await Promise.all([readMeta(session), readDays(session)]);
  return days.flatMap(({ day }) => {
    if (day === STRAY_DAY) return [{ day, ...range }];
    const fromMs = Math.max(range.fromMs, entriesFromMs);
    const isWithin = fromMs < range.toMs && fromMs < endOfDay(day) && dayOfTime(range.toMs) >= day;
    return isWithin ? [{ day, fromMs, toMs: range.toMs }] : [];
  });
}

/** What is to be found on the way through some days. */
export interface Walk extends Pick<EntriesQuery, "order" | "after"> {
  readonly filter: LogFilter;
  readonly match: string;
  /** So many entries are asked for at a time. */
  readonly atOnce: number;
}

/**
 * Entries in the order of time, as far as somebody goes on asking: two ways, each in that order by itself. Days follow
 * each other; on the way beside them lies what strayed from them.
 */
export function walkDays(
  session: Session,
  walk: Walk,
  places: readonly Place[],
): readonly AsyncGenerator<EntryTuple, void>[] {
  const { order, after } = walk;
  const days = places.filter(({ day }) => day !== STRAY_DAY);
  const strays = places.filter(({ day }) => day === STRAY_DAY);
  const from = after === undefined ? null : dayOfTime(after.tsMs);
  const isAhead = ({ day }: Place) => from === null || (order === "desc" ? day <= from : day >= from);
  const ahead = (order === "desc" ? days.toReversed() : days).filter(isAhead);
  return [inDays(session, walk, ahead), inDays(session, walk, strays)];
}

async function* inDays(session: Session, walk: Walk, places: readonly Place[]): AsyncGenerator<EntryTuple, void> {
  const { filter, match, order, after, atOnce } = walk;
  let step = 1;
  for (let at = 0; at < places.length; ) {
    const some = places.slice(at, at + step);
    // All but strays have the same times.
    const [{ fromMs, toMs }] = some as [Place];
    const look: Look = { filter, match, days: some.map(({ day }) => day), fromMs, toMs, order };
    at += step;
    let found = 0;
    for await (const row of lookByTime(session, look, atOnce, after)) {
      found += 1;
      yield row;
    }
    step = found * GROWTH < atOnce ? step * GROWTH : 1;
  }
}
