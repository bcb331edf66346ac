import { setImmediate } from "node:timers/promises";
import type { LogFilter } from "@playhead/core";
import { type EntryTuple, entryOf } from "../../entry-row.ts";
import { createLogMatcher } from "../../log-filter.ts";
import type { EntriesQuery, EntryCursor } from "../../telemetry-store.ts";
import type { Session } from "../postgres-database.ts";
import { countHits } from "./count-hits.ts";
import { type WordsQuery, wordsQueryOf } from "./index-words.ts";
import { mergeOrdered } from "./merge-ordered.ts";
import { findRunning } from "./running.ts";
import { placesOf, walkDays } from "./walk-days.ts";

/** A page of entries in the order of time. */
export interface FoundEntries {
  readonly rows: readonly EntryTuple[];
  readonly next: EntryCursor | null;
}

const ALL_TIME = { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER };
/** About a millisecond's looking at words. */
const ROWS_AT_ONCE = 100;

/** Finds a page, calls under way among the rest. Within a snapshot. */
export async function findEntries(session: Session, query: EntriesQuery): Promise<FoundEntries> {
  const { order, limit, after, ...filter } = query;
  const words = wordsQueryOf(filter);
  if (words === null || limit < 1) return { rows: [], next: null };
  const compare = (a: EntryTuple, b: EntryTuple) =>
    order === "desc" ? b[1] - a[1] || b[0] - a[0] : a[1] - b[1] || a[0] - b[0];
  const isAhead = ([id, tsMs]: EntryTuple) => {
    if (after === undefined) return true;
    const behindMs = tsMs - after.tsMs || id - after.entryId;
    return order === "desc" ? behindMs < 0 : behindMs > 0;
  };
  const [stored, running] = await Promise.all([
    entriesOf(session, filter, words, { order, atOnce: limit + 1, ...(after && { after }) }),
    runningOf(session, filter),
  ]);
  const page: EntryTuple[] = [];
  for await (const row of mergeOrdered([running.filter(isAhead).toSorted(compare), ...stored], compare)) {
    page.push(row);
    if (page.length > limit) break;
  }
  const end = page[limit - 1];
  const next = page.length > limit && end !== undefined ? { tsMs: end[1], entryId: end[0] } : null;
  return { rows: page.slice(0, limit), next };
}

/** Counts what a filter wants, calls under way among the rest. Within a snapshot. */
export async function countEntries(session: Session, filter: LogFilter): Promise<number> {
  const words = wordsQueryOf(filter);
  if (words === null) return 0;
  let total = (await runningOf(session, filter)).length;
  if (words.isExact) {
    // Day by day: a statement may take only so long.
    for (const { day, ...range } of await placesOf(session, filter)) {
      total += await countHits(session, { filter, match: words.match, days: [day], ...range });
    }
    return total;
  }
  for (const way of await entriesOf(session, filter, words, { order: "asc", atOnce: 1_000 })) {
    for await (const _ of way) total += 1;
  }
  return total;
}

function runningOf(session: Session, filter: LogFilter): Promise<readonly EntryTuple[]> {
  const { fromMs, toMs } = filter.range ?? ALL_TIME;
  return findRunning(session, filter, fromMs, toMs);
}

/** What a filter wants of what is stored: what the index finds, looked at once more where the index cannot tell. */
async function entriesOf(
  session: Session,
  filter: LogFilter,
  { match, isExact }: WordsQuery,
  how: Pick<EntriesQuery, "order" | "after"> & { readonly atOnce: number },
): Promise<readonly AsyncIterable<EntryTuple>[]> {
  const ways = walkDays(session, { filter, match, ...how }, await placesOf(session, filter));
  if (isExact) return ways;
  const matches = createLogMatcher(filter);
  async function* matching(way: AsyncIterable<EntryTuple>) {
    let looked = 0;
    for await (const row of way) {
      if (++looked % ROWS_AT_ONCE === 0) await setImmediate();
      if (matches(entryOf(row))) yield row;
    }
  }
  return ways.map(matching);
}
