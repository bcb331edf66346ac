import { setImmediate } from "node:timers/promises";
import { foldAll, type Job, type JobSummary, type PlayheadEvent, snapshotOf, type Task } from "@playhead/core";
import type { Store } from "../store.ts";
import { eventOf, FACT_COLUMNS, type StoredFact } from "./fact-rows.ts";
import type { PostgresDatabase, Session, Statement } from "./postgres-database.ts";

/** The part of the store that reads one job. */
export type JobReader = Pick<Store, "readJob" | "readSnapshot" | "readFacts">;

interface JobRow {
  readonly jobNo: number;
  readonly seq: number;
  readonly summary: string;
}

interface TaskRow {
  readonly place: number;
  readonly task: string;
}

const SELECT_JOB: Statement = {
  name: "select_job",
  text: `SELECT j.job_no AS "jobNo", p.seq, p.summary
    FROM playhead.jobs j JOIN playhead.job_projections p ON p.job_no = j.job_no WHERE j.job_id = $1`,
};
const SELECT_TASKS: Statement = {
  name: "select_tasks",
  text: "SELECT place, task FROM playhead.tasks WHERE job_no = $1 AND place > $2 ORDER BY place LIMIT $3",
};
/** A job's facts lie in the partitions from its first one on; the index of each leads to them in order. */
const SELECT_FACTS: Statement = {
  name: "select_facts",
  text: `SELECT ${FACT_COLUMNS}
    FROM playhead.jobs j
    CROSS JOIN LATERAL (
      SELECT * FROM playhead.facts f
      WHERE f.job_no = j.job_no AND f.id >= j.first_fact_id AND f.seq > greatest($2, j.first_seq - 1)
      ORDER BY f.seq LIMIT $3
    ) f
    JOIN playhead.event_types t ON t.code = f.type
    WHERE j.job_id = $1 ORDER BY f.seq`,
};
/** So much is parsed at a time, and then others get their turn: about a millisecond's work. */
const TASKS_AT_ONCE = 500;
const FACTS_AT_ONCE = 1_000;

/** Reads jobs whole: the projection, and the fold of the facts after it; all from one state of the database. */
export function createJobReader(database: PostgresDatabase): JobReader {
  async function readFacts(session: Session, jobId: string, afterSeq: number, limit: number) {
    const { rows } = await session.query<StoredFact>(SELECT_FACTS, [jobId, afterSeq, limit]);
    return rows.map((row) => eventOf(jobId, row));
  }

  async function readAllFacts(session: Session, jobId: string, afterSeq: number): Promise<readonly PlayheadEvent[]> {
    const events: PlayheadEvent[] = [];
    for (;;) {
      const page = await readFacts(session, jobId, events.at(-1)?.seq ?? afterSeq, FACTS_AT_ONCE);
      events.push(...page);
      if (page.length < FACTS_AT_ONCE) return events;
    }
  }

  async function readTasks(session: Session, jobNo: number): Promise<Map<string, Task>> {
    const tasks = new Map<string, Task>();
    for (let after = -1; ; ) {
      const { rows } = await session.query<TaskRow>(SELECT_TASKS, [jobNo, after, TASKS_AT_ONCE]);
      for (const row of rows) {
        const task: Task = JSON.parse(row.task);
        tasks.set(task.task_id, task);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < TASKS_AT_ONCE) return tasks;
      after = last.place;
      await setImmediate();
    }
  }

  function readJob(jobId: string): Promise<Job | null> {
    return database.transaction(
      async (session) => {
        const { rows } = await session.query<JobRow>(SELECT_JOB, [jobId]);
        const [row] = rows;
        if (row === undefined) return null;
        const [tasks, after] = await Promise.all([
          readTasks(session, row.jobNo),
          readAllFacts(session, jobId, row.seq),
        ]);
        const job: Job = { ...(JSON.parse(row.summary) as JobSummary), tasks };
        return after.length === 0 ? job : foldAll(job, after);
      },
      { isSnapshot: true },
    );
  }

  return {
    readJob,
    async readSnapshot(jobId) {
      const job = await readJob(jobId);
      return job === null ? null : snapshotOf(job);
    },
    readFacts: (jobId, afterSeq, limit) => readFacts(database, jobId, afterSeq, limit),
  };
}
