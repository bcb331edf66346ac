import { LOG_EVENT_TYPES, LOG_LEVELS, type LogFilter } from "@playhead/core";
import { ENTRY_COLUMNS, type EntryTuple } from "../../entry-row.ts";
import type { EntryCursor } from "../../telemetry-store.ts";
import { columnText } from "../column-text.ts";
import type { Session } from "../postgres-database.ts";
import { type EntryRecord, tupleOfRecord } from "./entry-columns.ts";
import { STRAY_DAY } from "./entry-days.ts";

/** What is looked for on some days: what a filter wants, but for phrases and the like, which are looked at afterwards. */
export interface Look {
  readonly filter: LogFilter;
  /** See index-words.ts. */
  readonly match: string;
  readonly days: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly order: "asc" | "desc";
}

/** Entries that are looked at one by one: fewer take as long as it takes to ask. */
const PEEKED = 512;
/**
 * Where so many are looked at to find a page, the index would find as many in a day of a million; looking at more takes
 * longer than asking it.
 */
const mostPeeked = (atOnce: number) => Math.sqrt(atOnce * 1_000_000);
/** The index knows durations by magnitudes only, so that it finds many times as many as are wanted. */
const PEEKED_FOR_DURATIONS = 6;

const COLUMNS = ENTRY_COLUMNS.join(", ");
const IS_WANTED = "words @@ $1::tsquery AND tenant_id = $2 AND ($3::float8 IS NULL OR duration_ms > $3)";
const WITHIN = "day = ANY($4::int[]) AND ts_ms >= $5 AND ts_ms < $6";

/**
 * Finds entries in the order of time, some at a time, in one of two ways. Either the entries are walked through from one
 * end, and looked at: that is quick where many match, whatever has been stored. Or the index of words is asked for all
 * that match, which are then sorted: that is quick where few do. How many match shows in the first thousand; the planner
 * goes by statistics, and has none of a day that has just begun, nor of a job's entries.
 */
export async function* lookByTime(
  session: Session,
  look: Look,
  atOnce: number,
  after?: EntryCursor,
): AsyncGenerator<EntryTuple, void> {
  let cursor = after;
  async function* found(rows: readonly EntryTuple[]) {
    const last = rows.at(-1);
    if (last !== undefined) cursor = { tsMs: last[1], entryId: last[0] };
    yield* rows;
  }

  const most = mostPeeked(atOnce) * (look.filter.duration_over === undefined ? 1 : PEEKED_FOR_DURATIONS);
  if (look.days.length === 1) {
    for (let peeked = Math.max(PEEKED, atOnce); ; ) {
      const rows = await select(session, look, walk(look, cursor !== undefined, peeked), atOnce, cursor);
      yield* found(rows);
      if (rows.length >= atOnce) continue;
      const needed = Math.ceil((peeked * atOnce) / Math.max(1, rows.length));
      if (needed > most || needed <= peeked) break;
      peeked = needed;
    }
  }
  for (;;) {
    const rows = await select(session, look, fromIndex(look, cursor !== undefined), atOnce, cursor);
    yield* found(rows);
    if (rows.length < atOnce) return;
  }
}

const COUNT = `SELECT count(*) FROM playhead.entries WHERE ${IS_WANTED} AND ${WITHIN}`;
const COUNT_PLAIN = `SELECT count(*) FROM playhead.entries
  WHERE level = ANY($1::smallint[]) AND tenant_id = $2 AND event_type = ANY($3::smallint[]) AND ${WITHIN}`;

/** What is counted most, and told by the index of times alone. */
const COUNTED_KEYS: readonly string[] = ["tenant_id", "range", "levels", "event_types"] satisfies (keyof LogFilter)[];

/** How many there are; only of what the indexes alone can tell. */
export async function countHits(session: Session, look: Omit<Look, "order">): Promise<number> {
  const { filter, match, days, fromMs, toMs } = look;
  const isPlain = Object.keys(filter).every((key) => COUNTED_KEYS.includes(key));
  const tenant = columnText(filter.tenant_id);
  const { rows } = isPlain
    ? await session.query<{ count: number }>(COUNT_PLAIN, [
        levelsOf(filter),
        tenant,
        typesOf(filter),
        days,
        fromMs,
        toMs,
      ])
    : await session.query<{ count: number }>(COUNT, [match, tenant, filter.duration_over ?? null, days, fromMs, toMs]);
  return (rows[0] as { count: number }).count;
}

/** Places in core's lists: of all where the filter names none. */
const levelsOf = ({ levels = LOG_LEVELS }: LogFilter) => levels.map((level) => LOG_LEVELS.indexOf(level));
const typesOf = ({ event_types = LOG_EVENT_TYPES }: LogFilter) =>
  event_types.map((type) => LOG_EVENT_TYPES.indexOf(type));

/** $1 to $3 are what is wanted, $4 to $6 days and times, $7 how many rows, $8 and $9 the cursor. */
async function select(
  session: Session,
  { filter, match, days, fromMs, toMs }: Look,
  sql: string,
  limit: number,
  cursor: EntryCursor | undefined,
): Promise<readonly EntryTuple[]> {
  const wanted = [match, columnText(filter.tenant_id), filter.duration_over ?? null];
  const values = [...wanted, days, fromMs, toMs, limit];
  if (cursor !== undefined) values.push(cursor.tsMs, cursor.entryId);
  const { rows } = await session.query<EntryRecord>(sql, values);
  return rows.map(tupleOfRecord);
}

/** A subquery with a limit is done as it says: what is outside of it does not change the way. */
function walk(look: Look, hasCursor: boolean, peeked: number): string {
  return `SELECT ${COLUMNS} FROM (
      SELECT *, ${IS_WANTED} AS is_wanted FROM playhead.entries WHERE ${isWithin(look, hasCursor)}
      ORDER BY ${inOrder(look)} LIMIT ${peeked}
    ) AS near WHERE is_wanted LIMIT $7`;
}

/** An offset of 0 says that all of the subquery is wanted, so that nobody goes through the times in hope of an early end. */
function fromIndex(look: Look, hasCursor: boolean): string {
  return `SELECT * FROM (
      SELECT ${COLUMNS} FROM playhead.entries WHERE ${IS_WANTED} AND ${isWithin(look, hasCursor)} OFFSET 0
    ) AS hits ORDER BY ${inOrder(look)} LIMIT $7`;
}

function isWithin({ order }: Look, hasCursor: boolean): string {
  const isAfter = order === "desc" ? "<" : ">";
  return hasCursor ? `${WITHIN} AND (ts_ms, entry_id) ${isAfter} ($8::bigint, $9::bigint)` : WITHIN;
}

const inOrder = ({ order }: Look) => `ts_ms ${order}, entry_id ${order}`;

/** Entries among some ids, in the order of their arrival. */
export async function selectByArrival(
  session: Session,
  look: Look,
  { from, to, entriesFromMs }: { readonly from: number; readonly to: number; readonly entriesFromMs: number },
  limit: number,
): Promise<readonly EntryTuple[]> {
  const { filter, match, days, fromMs, toMs, order } = look;
  const { rows } = await session.query<EntryRecord>(
    `SELECT * FROM (
       SELECT ${COLUMNS} FROM playhead.entries WHERE ${IS_WANTED} AND ${WITHIN} AND entry_id BETWEEN $8 AND $9
         AND (day = ${STRAY_DAY} OR ts_ms >= $10) OFFSET 0
     ) AS hits ORDER BY entry_id ${order} LIMIT $7`,
    [
      match,
      columnText(filter.tenant_id),
      filter.duration_over ?? null,
      days,
      fromMs,
      toMs,
      limit,
      from,
      to,
      entriesFromMs,
    ],
  );
  return rows.map(tupleOfRecord);
}
