import type { EntryTuple } from "../../entry-row.ts";
import type { Session } from "../postgres-database.ts";
import { type EntryRecord, tupleOfRecord } from "./entry-columns.ts";
import { STRAY_DAY } from "./entry-days.ts";
import { COLUMNS, IS_WANTED, IS_WITHIN, type Look, lookValues } from "./look.ts";

/** Of which ids, both ends included; of days nothing that is gone from them. */
export interface Arrived {
  readonly from: number;
  readonly to: number;
  readonly entriesFromMs: number;
}

/** Entries among some ids, in the order of their arrival. */
export async function lookByArrival(
  session: Session,
  look: Look,
  { from, to, entriesFromMs }: Arrived,
  limit: number,
): Promise<readonly EntryTuple[]> {
  const { rows } = await session.query<EntryRecord>(
    `SELECT * FROM (
       SELECT ${COLUMNS} FROM playhead.entries WHERE ${IS_WANTED} AND ${IS_WITHIN} AND entry_id BETWEEN $8 AND $9
         AND (day = ${STRAY_DAY} OR ts_ms >= $10) OFFSET 0
     ) AS hits ORDER BY entry_id ${look.order} LIMIT $7`,
    [...lookValues(look), limit, from, to, entriesFromMs],
  );
  return rows.map(tupleOfRecord);
}
