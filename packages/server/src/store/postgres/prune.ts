import type { JobSummary } from "@playhead/core";
import type { JobPruneLimits, PrunedJobs } from "../store.ts";
import { REMOVE_EXPIRED } from "./documents.ts";
import type { Session, Statement } from "./postgres-database.ts";

/** What a step let go of, and the numbers of the jobs that are not what they were. */
export interface PrunedStep {
  readonly pruned: PrunedJobs;
  readonly touched: ReadonlySet<number>;
}

/** Lets go of what is too old, a step at a time, each within a transaction of the writer's. */
export interface Pruner {
  step(session: Session, limits: JobPruneLimits, nowMs: number): Promise<PrunedStep>;
}

interface DueJob {
  readonly jobNo: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly summary: string;
}

/** Jobs that are looked at in one step, and positions of sources. */
const JOBS_AT_ONCE = 50;
const SOURCES_AT_ONCE = 500;

/** Those that ended before a moment and have details, the oldest first. */
const SELECT_DUE: Statement = {
  name: "select_due_jobs",
  text: `SELECT j.job_no AS "jobNo", j.first_seq AS "firstSeq", p.summary, greatest(p.seq, (
      SELECT f.seq FROM playhead.facts f
      WHERE f.job_no = j.job_no AND f.id >= j.first_fact_id ORDER BY f.seq DESC LIMIT 1
    )) AS "lastSeq"
    FROM playhead.jobs j JOIN playhead.job_projections p ON p.job_no = j.job_no
    WHERE j.has_details AND j.ended_ms < $1 ORDER BY j.ended_ms LIMIT ${JOBS_AT_ONCE}`,
};
const MARK: Statement = {
  name: "mark_jobs",
  text: `UPDATE playhead.job_projections AS p SET seq = marked.seq, summary = marked.summary
    FROM unnest($1::bigint[], $2::int[], $3::text[]) AS marked (job_no, seq, summary) WHERE p.job_no = marked.job_no`,
};
const DELETE_TASKS: Statement = {
  name: "delete_tasks",
  text: `DELETE FROM playhead.tasks WHERE (job_no, place) IN (
      SELECT job_no, place FROM playhead.tasks WHERE job_no = ANY($1) ORDER BY job_no, place LIMIT $2)`,
};
const MOVE_ON: Statement = {
  name: "move_first_seq",
  text: `UPDATE playhead.jobs AS j SET first_seq = moved.first_seq, has_details = moved.has_details
    FROM unnest($1::bigint[], $2::int[], $3::boolean[]) AS moved (job_no, first_seq, has_details)
    WHERE j.job_no = moved.job_no`,
};
/** Those that ended before a moment and have no details. */
const DELETE_OLD: Statement = {
  name: "delete_old_jobs",
  text: `WITH old AS (
      DELETE FROM playhead.jobs WHERE job_no IN (
        SELECT job_no FROM playhead.jobs WHERE NOT has_details AND ended_ms < $1 ORDER BY ended_ms LIMIT $2)
      RETURNING job_no
    )
    DELETE FROM playhead.job_projections p USING old WHERE p.job_no = old.job_no RETURNING p.job_no AS "jobNo"`,
};
const SELECT_SOURCES: Statement = {
  name: "select_sources",
  text: `SELECT source, seen_ms AS "seenMs" FROM playhead.sources WHERE source > $1 ORDER BY source
    LIMIT ${SOURCES_AT_ONCE}`,
};
const DELETE_SOURCES: Statement = {
  name: "delete_sources",
  text: "DELETE FROM playhead.sources WHERE source = ANY($1)",
};

/**
 * A job's details go in this order, over as many steps as it takes:
 *
 *   marked (its row says so) ──► tasks ──► facts, the oldest first ──► no details left
 *
 * Facts are let go of by where a job's begin: from then on nobody gets them. Where they lie they are left, since a day's
 * table goes as a whole later (`maintain`), which costs next to nothing; row by row would cost what storing them did.
 */
export function createPruner(): Pruner {
  /** How far the sources have been looked at. */
  let lastSource = "";

  async function pruneDetails(session: Session, due: readonly DueJob[], limit: number, nowMs: number) {
    if (due.length === 0) return { facts: 0, tasks: 0, left: limit };
    const marked = due.map((job) => ({ jobNo: job.jobNo, summary: markedSummary(job, nowMs) }));
    await session.query(MARK, [
      marked.map(({ jobNo }) => jobNo),
      marked.map(({ summary }) => summary.seq),
      marked.map(({ summary }) => JSON.stringify(summary)),
    ]);
    const { count: tasks } = await session.query(DELETE_TASKS, [due.map(({ jobNo }) => jobNo), limit]);
    // Some tasks may be left: their jobs' facts come after them.
    if (tasks === limit) return { facts: 0, tasks, left: 0 };
    const moved = moveOn(due, limit - tasks);
    await session.query(MOVE_ON, [
      moved.jobs.map(({ jobNo }) => jobNo),
      moved.jobs.map(({ firstSeq }) => firstSeq),
      moved.jobs.map(({ hasDetails }) => hasDetails),
    ]);
    return { facts: moved.facts, tasks, left: limit - tasks - moved.facts };
  }

  async function pruneSources(session: Session, beforeMs: number) {
    const { rows } = await session.query<{ source: string; seenMs: number }>(SELECT_SOURCES, [lastSource]);
    const old = rows.filter(({ seenMs }) => seenMs < beforeMs).map(({ source }) => source);
    if (old.length > 0) await session.query(DELETE_SOURCES, [old]);
    const hasMore = rows.length === SOURCES_AT_ONCE;
    lastSource = hasMore ? (rows.at(-1)?.source ?? "") : "";
    return { sources: old.length, hasMore };
  }

  return {
    async step(session, { detailsBeforeMs, summariesBeforeMs, limit }, nowMs) {
      const { rows: due } = await session.query<DueJob>(SELECT_DUE, [detailsBeforeMs]);
      const { facts, tasks, left } = await pruneDetails(session, due, limit, nowMs);
      const old = left <= 0 ? [] : (await session.query<DueJob>(DELETE_OLD, [summariesBeforeMs, left])).rows;
      const room = left - old.length;
      const documents = room <= 0 ? 0 : (await session.query(REMOVE_EXPIRED, [nowMs, room])).count;
      const rest = room - documents;
      const { sources, hasMore } =
        rest <= 0 ? { sources: 0, hasMore: true } : await pruneSources(session, detailsBeforeMs);
      return {
        pruned: {
          facts,
          tasks,
          jobs: old.length,
          documents,
          sources,
          hasMore: hasMore || rest <= 0 || due.length === JOBS_AT_ONCE,
        },
        touched: new Set([...due, ...old].map(({ jobNo }) => jobNo)),
      };
    },
  };
}

/** Says that the job's details are not there any more, and how many facts it had: what came after its end, too. */
function markedSummary({ summary, lastSeq }: DueJob, nowMs: number): JobSummary {
  const before: JobSummary = JSON.parse(summary);
  const seq = Math.max(before.seq, lastSeq);
  const isMarked = before.details_removed_at !== undefined && seq === before.seq;
  return isMarked ? before : { ...before, seq, details_removed_at: new Date(nowMs).toISOString() };
}

/** Where the jobs' facts begin once at most `limit` of them are let go of. */
function moveOn(due: readonly DueJob[], limit: number) {
  let left = limit;
  const jobs = due.map(({ jobNo, firstSeq, lastSeq }) => {
    const taken = Math.min(left, lastSeq - firstSeq + 1);
    left -= taken;
    return { jobNo, firstSeq: firstSeq + taken, hasDetails: firstSeq + taken <= lastSeq };
  });
  return { jobs, facts: limit - left };
}
