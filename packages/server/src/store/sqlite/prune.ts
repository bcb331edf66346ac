import type { DatabaseSync } from "node:sqlite";
import type { JobSummary } from "@playhead/core";
import type { JobPruneLimits, PrunedJobs } from "../store.ts";
import { prepareRow, prepareRows } from "./connection.ts";
import { decodeRanges, dropIds, encodeRanges, type IdRanges } from "./id-ranges.ts";
import type { Segments } from "./segments.ts";
import { taskRowRange } from "./task-row-id.ts";

export interface PrunerDeps {
  readonly segments: Segments;
  /** Makes a segment of what is in the tail, in the transaction at hand. */
  readonly sealTail: () => void;
}

/** Lets go of what is too old, a step at a time, each within a transaction of the writer's. */
export interface Pruner {
  /** @returns what went, and the numbers of the jobs that are not what they were */
  step(limits: JobPruneLimits, nowMs: number): PrunedJobs & { readonly touched: ReadonlySet<number> };
}

type DueJob = [jobNo: number, firstSegment: number, lastSegment: number];
type RunRow = [firstSeq: number, lastSeq: number, facts: NodeJS.NonSharedUint8Array];

/** Jobs that are looked at in one step, and positions of sources. */
const JOBS_AT_ONCE = 50;
const SOURCES_AT_ONCE = 500;

/** Those that ended before a moment and have details, the oldest first. */
export const DUE_JOBS = `
  SELECT job_no, first_segment, last_segment FROM jobs
  WHERE last_segment >= first_segment AND ended_ms < ? ORDER BY ended_ms LIMIT ${JOBS_AT_ONCE}`;
/** Those that ended before a moment and have none; tenant by tenant, since that is how jobs are found by their end. */
export const OLD_JOBS = `
  WITH RECURSIVE tenants (tenant_id) AS (
    SELECT min(tenant_id) FROM jobs
    UNION ALL
    SELECT (SELECT min(jobs.tenant_id) FROM jobs WHERE jobs.tenant_id > tenants.tenant_id) FROM tenants
    WHERE tenants.tenant_id IS NOT NULL)
  SELECT jobs.job_no FROM tenants
  CROSS JOIN jobs ON jobs.tenant_id = tenants.tenant_id AND coalesce(jobs.ended_ms, 9007199254740991) < ?
  WHERE jobs.last_segment < jobs.first_segment LIMIT ?`;

/**
 * A job's details go in this order, over as many steps as it takes:
 *
 *   marked (its row says so) ──► tasks ──► facts, the oldest first ──► no details left
 *
 * Facts are found through the segments, so a tail that holds some of a job that is due is made a segment first. That
 * happens once in as long as details are kept: from then on the tail is younger.
 */
export function createPruner(db: DatabaseSync, { segments, sealTail }: PrunerDeps): Pruner {
  const selectDue = prepareRows<DueJob>(db, DUE_JOBS);
  const selectSummary = prepareRow<[string]>(db, "SELECT summary FROM job_projections WHERE job_no = ?");
  const putProjection = db.prepare("UPDATE job_projections SET seq = ?, summary = ? WHERE job_no = ?");
  const deleteTasks = db.prepare(
    "DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)",
  );
  const selectRun = prepareRow<RunRow>(
    db,
    "SELECT first_seq, last_seq, facts FROM runs WHERE segment = ? AND job_no = ?",
  );
  const deleteFacts = db.prepare("DELETE FROM facts WHERE id BETWEEN ? AND ?");
  const updateRun = db.prepare("UPDATE runs SET first_seq = ?, facts = ? WHERE segment = ? AND job_no = ?");
  const deleteRun = db.prepare("DELETE FROM runs WHERE segment = ? AND job_no = ?");
  const setSegments = db.prepare("UPDATE jobs SET first_segment = ?, last_segment = ? WHERE job_no = ?");
  const selectOld = prepareRows<[number]>(db, OLD_JOBS);
  const deleteJob = db.prepare("DELETE FROM jobs WHERE job_no = ?");
  const deleteProjection = db.prepare("DELETE FROM job_projections WHERE job_no = ?");
  const deleteDocuments = db.prepare(
    `DELETE FROM documents WHERE (collection, id) IN
     (SELECT collection, id FROM documents WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?)`,
  );
  const selectSources = prepareRows<[string, number]>(
    db,
    `SELECT source, seen_ms FROM sources WHERE source > ? ORDER BY source LIMIT ${SOURCES_AT_ONCE}`,
  );
  const deleteSource = db.prepare("DELETE FROM sources WHERE source = ?");
  /** How far the sources have been looked at. */
  let lastSource = "";

  /** Has the job's row say that its details are not there any more, and how many facts it had. */
  function mark([jobNo, firstSegment, lastSegment]: DueJob, nowMs: number): void {
    const summary: JobSummary = JSON.parse((selectSummary(jobNo) as [string])[0]);
    const seq = Math.max(summary.seq, lastSeqOf(jobNo, firstSegment, lastSegment));
    if (summary.details_removed_at !== undefined && seq === summary.seq) return;
    // What comes after a job's end adds nothing to it but its number.
    const marked: JobSummary = { ...summary, seq, details_removed_at: new Date(nowMs).toISOString() };
    putProjection.run(seq, JSON.stringify(marked), jobNo);
  }

  function lastSeqOf(jobNo: number, firstSegment: number, lastSegment: number): number {
    const last = Math.min(lastSegment, segments.head().segment);
    for (const { lastSeq } of segments.runsDown(jobNo, firstSegment, last)) if (lastSeq > 0) return lastSeq;
    return 0;
  }

  /** @returns how many facts went, and whether they were all that there were */
  function pruneRun(
    jobNo: number,
    segment: number,
    limit: number,
  ): { readonly taken: number; readonly isGone: boolean } {
    const row = selectRun(segment, jobNo);
    if (row === undefined) return { taken: 0, isGone: true };
    const [firstSeq, lastSeq, bytes] = row;
    const count = lastSeq === 0 ? 0 : lastSeq - firstSeq + 1;
    const ids = decodeRanges(bytes);
    const taken = Math.min(count, limit);
    deleteFirst(ids, taken);
    const isGone = taken === count;
    if (isGone) deleteRun.run(segment, jobNo);
    else updateRun.run(firstSeq + taken, encodeRanges(dropIds(ids, taken)), segment, jobNo);
    return { taken, isGone };
  }

  function deleteFirst(ids: IdRanges, count: number): void {
    let left = count;
    for (let at = 0; at < ids.length && left > 0; at += 2) {
      const first = ids[at] as number;
      const last = Math.min(ids[at + 1] as number, first + left - 1);
      deleteFacts.run(first, last);
      left -= last - first + 1;
    }
  }

  /** @returns how many rows of each sort went, and how much of the step it took */
  function pruneDetails(job: DueJob, limit: number, nowMs: number) {
    const [jobNo, firstSegment, lastSegment] = job;
    mark(job, nowMs);
    const tasks = Number(deleteTasks.run(...taskRowRange(jobNo), limit).changes);
    const head = segments.head().segment;
    const last = Math.min(lastSegment, head);
    let [left, facts, segment] = [limit - tasks, 0, firstSegment];
    while (segment <= last && left > 0) {
      const { taken, isGone } = pruneRun(jobNo, segment, left);
      facts += taken;
      // Looking where nothing is costs something, too.
      left -= Math.max(1, taken);
      if (isGone) segment += 1;
    }
    if (segment <= last) setSegments.run(segment, lastSegment, jobNo);
    // As of a job that has nothing yet: what should come after all goes into the segment to come.
    else setSegments.run(head + 1, head, jobNo);
    return { facts, tasks, cost: limit - left };
  }

  function pruneSources(beforeMs: number): { readonly sources: number; readonly hasMore: boolean } {
    const page = selectSources(lastSource);
    const old = page.filter(([, seenMs]) => seenMs < beforeMs);
    for (const [source] of old) deleteSource.run(source);
    const hasMore = page.length === SOURCES_AT_ONCE;
    lastSource = hasMore ? (page.at(-1)?.[0] ?? "") : "";
    return { sources: old.length, hasMore };
  }

  return {
    step({ detailsBeforeMs, summariesBeforeMs, limit }, nowMs) {
      const touched = new Set<number>();
      let [left, facts, tasks] = [limit, 0, 0];
      const due = selectDue(detailsBeforeMs);
      if (due.some(([, , lastSegment]) => lastSegment > segments.head().segment)) sealTail();
      for (const job of due) {
        if (left <= 0) break;
        const pruned = pruneDetails(job, left, nowMs);
        touched.add(job[0]);
        facts += pruned.facts;
        tasks += pruned.tasks;
        left -= Math.max(1, pruned.cost);
      }
      const old = left <= 0 ? [] : selectOld(summariesBeforeMs, left);
      for (const [jobNo] of old) {
        deleteJob.run(jobNo);
        deleteProjection.run(jobNo);
        touched.add(jobNo);
      }
      left -= old.length;
      const documents = left <= 0 ? 0 : Number(deleteDocuments.run(nowMs, left).changes);
      left -= documents;
      const { sources, hasMore } = left <= 0 ? { sources: 0, hasMore: true } : pruneSources(detailsBeforeMs);
      const isFull = left <= 0 || due.length === JOBS_AT_ONCE;
      return { facts, tasks, jobs: old.length, documents, sources, hasMore: hasMore || isFull, touched };
    },
  };
}
