import type { EntryTuple } from "../../entry-row.ts";
import type { EntryCursor } from "../../telemetry-store.ts";
import type { Session } from "../postgres-database.ts";
import { type EntryRecord, tupleOfRecord } from "./entry-columns.ts";
import { COLUMNS, IS_WANTED, IS_WITHIN, type Look, lookValues } from "./look.ts";

/** Entries that are looked at one by one: fewer take as long as it takes to ask. */
const PEEKED = 512;
/**
 * Where so many are looked at to find a page, the index would find as many in a day of a million; looking at more takes
 * longer than asking it.
 */
const mostPeeked = (atOnce: number) => Math.sqrt(atOnce * 1_000_000);
/** The index knows durations by magnitudes only, so that it finds many times as many as are wanted. */
const PEEKED_FOR_DURATIONS = 6;

/**
 * Finds entries in the order of time, some at a time, in one of two ways. Either the entries are walked through from one
 * end, and looked at: that is quick where many match, whatever has been stored. Or the index of words is asked for all
 * that match, which are then sorted: that is quick where few do. How many match shows in the first few hundred; the planner
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

/** $7 says how many rows, $8 and $9 are the cursor. */
async function select(
  session: Session,
  look: Look,
  sql: string,
  limit: number,
  cursor: EntryCursor | undefined,
): Promise<readonly EntryTuple[]> {
  const after = cursor === undefined ? [] : [cursor.tsMs, cursor.entryId];
  const { rows } = await session.query<EntryRecord>(sql, [...lookValues(look), limit, ...after]);
  return rows.map(tupleOfRecord);
}

/** A subquery with a limit is done as it says: what is outside of it does not change the way. */
function walk(look: Look, hasCursor: boolean, peeked: number): string {
  return `SELECT ${COLUMNS} FROM (
      SELECT *, ${IS_WANTED} AS is_wanted FROM playhead.entries WHERE ${isAhead(look, hasCursor)}
      ORDER BY ${inOrder(look)} LIMIT ${peeked}
    ) AS near WHERE is_wanted LIMIT $7`;
}

/** An offset of 0 says that all of the subquery is wanted, so that nobody goes through the times in hope of an early end. */
function fromIndex(look: Look, hasCursor: boolean): string {
  return `SELECT * FROM (
      SELECT ${COLUMNS} FROM playhead.entries WHERE ${IS_WANTED} AND ${isAhead(look, hasCursor)} OFFSET 0
    ) AS hits ORDER BY ${inOrder(look)} LIMIT $7`;
}

function isAhead({ order }: Look, hasCursor: boolean): string {
  const isAfter = order === "desc" ? "<" : ">";
  return hasCursor ? `${IS_WITHIN} AND (ts_ms, entry_id) ${isAfter} ($8::bigint, $9::bigint)` : IS_WITHIN;
}

const inOrder = ({ order }: Look) => `ts_ms ${order}, entry_id ${order}`;
