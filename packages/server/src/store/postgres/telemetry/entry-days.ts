import type { Session } from "../postgres-database.ts";

/** The part of what is far from today, or came when its day was gone already. */
export const STRAY_DAY = 0;

const DAY_MS = 86_400_000;
/** A worker that was away delivers late; nobody delivers much that is older than this. */
const MAX_DAYS_BACK = 400;
/** Clocks differ, and zones do not matter: days are those of UTC. */
const MAX_DAYS_AHEAD = 1;

/**
 * The day whose part of `entries` an entry belongs to. Only days around today have one: what a clock that is wrong by
 * years tells must not make a table for each of its days.
 */
export function dayOf(tsMs: number, nowMs: number): number {
  const day = dayOfTime(tsMs);
  const today = dayOfTime(nowMs);
  return day >= today - MAX_DAYS_BACK && day <= today + MAX_DAYS_AHEAD ? day : STRAY_DAY;
}

/** The day that a moment lies in, whether it has a part or not. */
export const dayOfTime = (tsMs: number) => Math.floor(tsMs / DAY_MS);

/** When a day ends, and the next one begins. */
export const endOfDay = (day: number) => (day + 1) * DAY_MS;

/** The table of a day, such as `playhead.entries_2026_11_22`. */
export function tableOf(day: number): string {
  if (day === STRAY_DAY) return "playhead.entries_stray";
  return `playhead.entries_${new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "_")}`;
}

/** A day that has entries. */
export interface EntryDay {
  readonly day: number;
  /** All ids that were given on it lie between these. */
  readonly firstId: number;
  readonly lastId: number;
  /** That can be asked for. */
  readonly count: number;
}

export async function readDays(session: Session): Promise<readonly EntryDay[]> {
  const { rows } = await session.query<EntryDay>(
    `SELECT day, first_id AS "firstId", last_id AS "lastId", entry_count AS count FROM playhead.entry_days ORDER BY day`,
  );
  return rows;
}

/**
 * Makes a day's part. It is made by itself and then attached: to create it as a part would wait for all who read, and
 * keep others from reading meanwhile.
 */
export async function createDay(session: Session, day: number): Promise<void> {
  if (day === STRAY_DAY) return;
  await session.query(`
    CREATE TABLE ${tableOf(day)} (LIKE playhead.entries INCLUDING ALL);
    ALTER TABLE playhead.entries ATTACH PARTITION ${tableOf(day)} FOR VALUES IN (${day})`);
}
