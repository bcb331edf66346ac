import type { DatabaseSync } from "node:sqlite";
import { prepareRow } from "./connection.ts";
import type { ProjectionMessage, TaskMessage } from "./group-message.ts";
import type { JobHead, JobHeads } from "./job-heads.ts";

/** Writes jobs as they stand, and their tasks. */
export interface ProjectionWriter {
  /** The row of a job that is new. @returns its number */
  insertJob(projection: ProjectionMessage, firstSegment: number): number;
  /** @param nextSegment the one that what is in the tail will be in */
  update(projection: ProjectionMessage, head: JobHead, nextSegment: number): void;
  /** Notes that a job that has ended got something after all. */
  extend(head: JobHead, segment: number): void;
}

/** Prepares the statements on the writer's connection. */
export function createProjectionWriter(db: DatabaseSync, heads: JobHeads): ProjectionWriter {
  const insertJob = prepareRow<[number]>(
    db,
    `INSERT INTO jobs (job_id, tenant_id, kind, title_key, user_id, state, correlation_id, created_ms, ended_ms, first_segment)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING job_no`,
  );
  // Only where something differs: an update writes all indexes of the columns it names, changed or not.
  const updateJob = db.prepare(
    `UPDATE jobs SET title_key = ?1, user_id = ?2, state = ?3, ended_ms = ?4, last_segment = ?5
     WHERE job_no = ?6 AND (title_key, user_id, state, ended_ms, last_segment) IS NOT (?1, ?2, ?3, ?4, ?5)`,
  );
  const extendJob = db.prepare("UPDATE jobs SET last_segment = ? WHERE job_no = ?");
  const putProjection = db.prepare("INSERT OR REPLACE INTO job_projections (job_no, seq, summary) VALUES (?, ?, ?)");
  const updateTask = db.prepare("UPDATE tasks SET state = ?, task = ? WHERE job_no = ? AND task_id = ?");
  const insertTask = db.prepare(
    "INSERT INTO tasks (id, job_no, task_id, parent_id, state, task) VALUES (?, ?, ?, ?, ?, ?)",
  );

  function putTask(head: JobHead, { taskId, parentId, state, task }: TaskMessage): void {
    if (updateTask.run(state, task, head.jobNo, taskId).changes !== 0) return;
    head.nextTaskRow ??= heads.nextTaskRowOf(head.jobNo);
    insertTask.run(head.nextTaskRow, head.jobNo, taskId, parentId, state, task);
    head.nextTaskRow += 1;
  }

  return {
    insertJob(projection, firstSegment) {
      const { jobId, tenantId, kind, titleKey, userId, state, correlationId, createdMs, endedMs } = projection;
      const row = insertJob(
        jobId,
        tenantId,
        kind,
        titleKey,
        userId,
        state,
        correlationId,
        createdMs,
        endedMs,
        firstSegment,
      );
      return (row as [number])[0];
    },
    update(projection, head, nextSegment) {
      const { titleKey, userId, state, endedMs, isFinal, seq, summary, tasks } = projection;
      head.lastSegment = isFinal ? nextSegment : null;
      updateJob.run(titleKey, userId, state, endedMs, head.lastSegment, head.jobNo);
      putProjection.run(head.jobNo, seq, summary);
      for (const task of tasks) putTask(head, task);
    },
    extend(head, segment) {
      head.lastSegment = segment;
      extendJob.run(segment, head.jobNo);
    },
  };
}
