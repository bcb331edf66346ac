import { firstIdOf, partitionOf } from "./fact-ids.ts";
import type { Session } from "./postgres-database.ts";

/** Whether the day's facts have a table. */
export async function hasPartition(session: Session, day: number): Promise<boolean> {
  const { rows } = await session.query<{ isThere: boolean }>(`SELECT to_regclass($1) IS NOT NULL AS "isThere"`, [
    `playhead.${partitionOf(day)}`,
  ]);
  return rows[0]?.isThere === true;
}

/**
 * Has the day's facts have a table; within a transaction. It is made beside the others and then attached, which keeps
 * nobody from reading or writing them. Its index by job is unique: whatever else went wrong, no fact is stored twice.
 */
export async function addPartition(session: Session, day: number): Promise<void> {
  const table = `playhead.${partitionOf(day)}`;
  await Promise.all([
    session.query(`CREATE TABLE ${table} (LIKE playhead.facts INCLUDING ALL)`),
    session.query(`CREATE UNIQUE INDEX ON ${table} (job_no, seq)`),
    session.query(
      `ALTER TABLE playhead.facts ATTACH PARTITION ${table}
       FOR VALUES FROM (${firstIdOf(day)}) TO (${firstIdOf(day + 1)})`,
    ),
  ]);
}
