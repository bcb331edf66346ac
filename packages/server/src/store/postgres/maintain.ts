import { PlayheadError } from "@playhead/core";
import { dayOfId, dayOfPartition, factDay, firstIdOf, partitionOf } from "./fact-ids.ts";
import type { FencedWrites } from "./fenced-writes.ts";
import { addPartition, hasPartition } from "./partitions.ts";
import type { PostgresDatabase, Statement } from "./postgres-database.ts";
import { SQLSTATE } from "./postgres-error.ts";

export interface MaintainerDeps {
  readonly database: PostgresDatabase;
  readonly write: FencedWrites["write"];
  readonly nowMs: () => number;
}

/** Housekeeping of the tables of facts. PostgreSQL's own (vacuum, statistics) is done by itself. */
export interface Maintainer {
  /** @returns whether there is more to do */
  step(): Promise<boolean>;
  /** Tells from when on the details of jobs that ended are kept: what is older is worth a look. */
  keepFrom(ms: number): void;
}

/** How far the table of a day has been gone through for facts that nobody needs. */
interface Sweep {
  afterId: number;
  /** Null while it is under way. */
  doneMs: number | null;
}

/** A table that somebody reads at the moment goes next time. */
const LOCK_LIMIT = "SET LOCAL lock_timeout = '1s'";
const ROWS_AT_ONCE = 2_000;
const SWEEP_AGAIN_MS = 24 * 3_600_000;

const SELECT_PARTITIONS: Statement = {
  name: "select_partitions",
  text: `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'playhead.facts'::regclass ORDER BY c.relname`,
};
/** From where on there are facts that somebody may ask for, and the last one that was stored. */
const SELECT_ENDS: Statement = {
  name: "select_fact_ends",
  text: `SELECT (SELECT min(first_fact_id) FROM playhead.jobs WHERE has_details) AS oldest, last_fact_id AS newest
    FROM playhead.writer`,
};

/**
 * A day's table goes as a whole once no job has a fact in it that was not let go of. One that is kept by a few jobs
 * which run for very long is gone through row by row, once its day is older than what is kept.
 */
export function createMaintainer({ database, write, nowMs }: MaintainerDeps): Maintainer {
  const sweeps = new Map<number, Sweep>();
  let keepFromMs = 0;

  async function dropOne(days: readonly number[], oldestId: number): Promise<boolean> {
    const day = days.find((each) => firstIdOf(each + 1) <= oldestId);
    if (day === undefined) return false;
    try {
      await write(async (session) => {
        await session.query(LOCK_LIMIT);
        await session.query(`DROP TABLE playhead.${partitionOf(day)}`);
      });
    } catch (error) {
      if (error instanceof PlayheadError && error.detail.sqlstate === SQLSTATE.lockTimeout) return false;
      throw error;
    }
    sweeps.delete(day);
    return true;
  }

  async function sweepSome(days: readonly number[]): Promise<boolean> {
    const keptDay = factDay(keepFromMs);
    const day = days.find((each) => each < keptDay && isSweepDue(each));
    if (day === undefined) return false;
    const sweep = sweeps.get(day) ?? { afterId: 0, doneMs: null };
    const lastId = await sweepRows(partitionOf(day), sweep.doneMs === null ? sweep.afterId : 0);
    sweeps.set(day, lastId === null ? { afterId: 0, doneMs: nowMs() } : { afterId: lastId, doneMs: null });
    return true;
  }

  function isSweepDue(day: number): boolean {
    const doneMs = sweeps.get(day)?.doneMs;
    return doneMs == null || nowMs() - doneMs > SWEEP_AGAIN_MS;
  }

  /** @returns the last row that was looked at; null at the end of the table */
  async function sweepRows(table: string, afterId: number): Promise<number | null> {
    const { rows } = await write((session) =>
      session.query<{ lastId: number | null }>(
        `WITH looked_at AS (
           SELECT id, job_no, seq FROM playhead.${table} WHERE id > $1 ORDER BY id LIMIT ${ROWS_AT_ONCE}
         ), gone AS (
           DELETE FROM playhead.${table} WHERE id IN (
             SELECT id FROM looked_at f WHERE NOT EXISTS (
               SELECT FROM playhead.jobs j WHERE j.job_no = f.job_no AND f.seq >= j.first_seq))
         )
         SELECT max(id) AS "lastId" FROM looked_at`,
        [afterId],
      ),
    );
    return rows[0]?.lastId ?? null;
  }

  return {
    async step() {
      // So that nothing has to wait for it at midnight.
      const tomorrow = factDay(nowMs()) + 1;
      if (!(await hasPartition(database, tomorrow))) await write((session) => addPartition(session, tomorrow));
      const [partitions, ends] = await Promise.all([
        database.query<{ name: string }>(SELECT_PARTITIONS),
        database.query<{ oldest: number | null; newest: number }>(SELECT_ENDS),
      ]);
      const { oldest, newest } = ends.rows[0] as { oldest: number | null; newest: number };
      const today = Math.min(dayOfId(newest), factDay(nowMs()));
      const days = partitions.rows.map(({ name }) => dayOfPartition(name)).filter((day) => day < today);
      return (await dropOne(days, oldest ?? firstIdOf(today))) || (await sweepSome(days));
    },
    keepFrom(ms) {
      keepFromMs = ms;
    },
  };
}
