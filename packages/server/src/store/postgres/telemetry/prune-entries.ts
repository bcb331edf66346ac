import { PlayheadError, type TimeRange } from "@playhead/core";
import type { Session } from "../postgres-database.ts";
import { dayOfTime, endOfDay, readDays, STRAY_DAY, tableOf } from "./entry-days.ts";
import type { Meta } from "./meta.ts";

/** A day that others read at the moment is let go the next time. */
const LOCK_LIMIT_MS = 100;

/**
 * Lets entries go, within a transaction. Of strays the rows are deleted. A day that is too old goes as a whole: its table
 * is dropped, which costs nothing however much is in it. Of the day that the limit lies in, what is before it is hidden
 * from all who ask, and goes with its day.
 *
 * @param limit how many rows at most; of a day that goes, more
 * @returns how many went
 */
export async function pruneEntries(
  session: Session,
  { entriesFromMs }: Meta,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const days = await readDays(session);
  let removed = 0;
  if (days.some(({ day }) => day === STRAY_DAY)) removed += await deleteStrays(session, beforeMs, limit);
  for (const { day, count } of days) {
    if (removed >= limit) return removed;
    if (day === STRAY_DAY) continue;
    if (endOfDay(day) > beforeMs) break;
    if (await dropDay(session, day)) removed += count;
  }
  if (removed < limit && beforeMs > entriesFromMs) {
    removed += await hide(session, dayOfTime(beforeMs), { fromMs: entriesFromMs, toMs: beforeMs }, limit - removed);
  }
  return removed;
}

async function deleteStrays(session: Session, beforeMs: number, limit: number): Promise<number> {
  const { count } = await session.query(
    `DELETE FROM playhead.entries_stray WHERE entry_id IN
       (SELECT entry_id FROM playhead.entries_stray WHERE ts_ms < $1 ORDER BY ts_ms LIMIT $2)`,
    [beforeMs, limit],
  );
  return count;
}

/** @returns whether it went: nobody waits for it, and it for nobody for long */
async function dropDay(session: Session, day: number): Promise<boolean> {
  await session.query("SAVEPOINT before_drop");
  try {
    await session.query(`SET LOCAL lock_timeout = ${LOCK_LIMIT_MS}`);
    await session.query(`DROP TABLE IF EXISTS ${tableOf(day)}`);
    await session.query("DELETE FROM playhead.entry_days WHERE day = $1", [day]);
    return true;
  } catch (error) {
    await session.query("ROLLBACK TO SAVEPOINT before_drop");
    if (isLockTimeout(error)) return false;
    throw error;
  } finally {
    await session.query("SET LOCAL lock_timeout = 0");
  }
}

const isLockTimeout = (error: unknown) => error instanceof PlayheadError && error.detail.sqlstate === "55P03";

/** Of one day what is before a time; in steps, so that what went can be counted. */
async function hide(session: Session, day: number, { fromMs, toMs }: TimeRange, limit: number): Promise<number> {
  const { rows } = await session.query<{ ts_ms: number }>(
    `SELECT ts_ms FROM playhead.entries WHERE day = $1 AND ts_ms >= $2 AND ts_ms < $3 ORDER BY ts_ms LIMIT $4`,
    [day, fromMs, toMs, limit + 1],
  );
  const first = rows[0]?.ts_ms ?? toMs;
  const beyond = rows[limit]?.ts_ms ?? toMs;
  // Of one moment all go at once, however many there are.
  const untilMs = beyond > first ? beyond : Math.min(toMs, first + 1);
  const { rows: counted } = await session.query<{ count: number }>(
    "SELECT count(*) FROM playhead.entries WHERE day = $1 AND ts_ms >= $2 AND ts_ms < $3",
    [day, fromMs, untilMs],
  );
  const [{ count }] = counted as [{ count: number }];
  await Promise.all([
    session.query("UPDATE playhead.telemetry SET entries_from = $1", [untilMs]),
    session.query("UPDATE playhead.entry_days SET entry_count = entry_count - $2 WHERE day = $1", [day, count]),
  ]);
  return count;
}
