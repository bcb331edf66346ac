import { type EntryTuple, entryOf } from "../../entry-row.ts";
import { createLogMatcher } from "../../log-filter.ts";
import type { TailQuery } from "../../telemetry-store.ts";
import type { Session } from "../postgres-database.ts";
import { readDays } from "./entry-days.ts";
import { wordsQueryOf } from "./index-words.ts";
import { lookByArrival } from "./look-by-arrival.ts";
import { readMeta } from "./meta.ts";

/** Ids that are looked into at first; who follows a log mostly wants no more. */
const FIRST_STEP = 1_024;
/** Each step looks into so many times as many ids as the one before. */
const GROWTH = 8;
/** A step that would be larger is into all the rest: few match, and the index knows which. */
const LAST_STEP = 65_536;

/** Entries in the order of their arrival: those after an id, or the newest before one. Within a snapshot. */
export async function tailEntries(session: Session, query: TailQuery): Promise<readonly EntryTuple[]> {
  const { after = 0, before, limit, ...filter } = query;
  const words = wordsQueryOf(filter);
  if (words === null || limit < 1) return [];
  const { match, isExact } = words;
  const matches = isExact ? () => true : createLogMatcher(filter);
  const [{ lastEntryId, entriesFromMs }, days] = await Promise.all([readMeta(session), readDays(session)]);
  const { fromMs, toMs } = filter.range ?? { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER };
  const order = before === undefined ? "asc" : "desc";

  /** What is left to look into, both ends included. */
  let first = after + 1;
  let last = Math.min((before ?? Number.MAX_SAFE_INTEGER) - 1, lastEntryId);
  const rows: EntryTuple[] = [];

  async function lookInto(from: number, to: number): Promise<void> {
    const among = days.filter(({ firstId, lastId }) => firstId <= to && lastId >= from).map(({ day }) => day);
    const look = { filter, match, days: among, fromMs, toMs, order } as const;
    for (let ids = { from, to }; rows.length < limit; ) {
      const found = await lookByArrival(session, look, { ...ids, entriesFromMs }, limit);
      for (const row of found) if (rows.length < limit && matches(entryOf(row))) rows.push(row);
      const end = found.at(-1);
      if (end === undefined || found.length < limit) return;
      ids = order === "asc" ? { from: end[0] + 1, to } : { from, to: end[0] - 1 };
    }
  }

  for (let step = FIRST_STEP; rows.length < limit && first <= last; step *= GROWTH) {
    const size = step < LAST_STEP ? step : last - first + 1;
    const [from, to] =
      order === "asc" ? [first, Math.min(last, first + size - 1)] : [Math.max(first, last - size + 1), last];
    await lookInto(from, to);
    if (order === "asc") first = to + 1;
    else last = from - 1;
  }
  return order === "asc" ? rows : rows.toReversed();
}
