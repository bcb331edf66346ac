import type { Session } from "../postgres-database.ts";

/** What the telemetry goes by: the one row of `playhead.telemetry`. */
export interface Meta {
  /** How many transactions have written. */
  readonly commitNo: number;
  /** The newest id that was given. */
  readonly lastEntryId: number;
  /** Zone of the rollups; none at first. */
  readonly timeZone: string | null;
  /** Before it, rollups of minutes are let go. */
  readonly minutesFromMs: number;
  /** Entries before it are gone. */
  readonly entriesFromMs: number;
}

export async function readMeta(session: Session): Promise<Meta> {
  const { rows } = await session.query<Meta>(
    `SELECT commit_no AS "commitNo", last_entry_id AS "lastEntryId", time_zone AS "timeZone", minutes_from AS "minutesFromMs",
       entries_from AS "entriesFromMs" FROM playhead.telemetry`,
  );
  return rows[0] as Meta;
}
