import type { JobDraft, JobSummary, Task } from "@playhead/core";

/** What facts alone decide; the rest of a projection moves with ticks, which are not stored. */
const DECIDED = ["job_id", "tenant_id", "kind", "title", "state", "attempt", "started_at", "ended_at"] as const;

/**
 * In what a projection differs from the fold of the facts up to its `seq`; null when it does not.
 * @param tasks in their order
 */
export function describeDifference(folded: JobDraft, summary: JobSummary, tasks: readonly Task[]): string | null {
  for (const field of DECIDED) {
    if (folded[field] !== summary[field])
      return `expected ${field} to be ${JSON.stringify(folded[field])}, got ${JSON.stringify(summary[field])}`;
  }
  const odd = oddField(summary, folded) ?? oddField(summary.progress, folded.progress);
  if (odd !== null) return `expected no field ${JSON.stringify(odd)}`;
  if (JSON.stringify(folded.counts) !== JSON.stringify(summary.counts)) return "its tasks are counted wrongly";
  if (folded.tasks.size !== tasks.length) return `expected ${folded.tasks.size} tasks, got ${tasks.length}`;
  let place = 0;
  for (const task of folded.tasks.values()) {
    const told = tasks[place++] as Task;
    if (told.task_id !== task.task_id) return `expected the task ${task.task_id}, got ${told.task_id}`;
    if (told.state !== task.state) return `expected task ${task.task_id} to be ${task.state}, got ${told.state}`;
    const oddOfTask = oddField(told, task);
    if (oddOfTask !== null) return `expected task ${task.task_id} to have no field ${JSON.stringify(oddOfTask)}`;
  }
  return null;
}

/** Whether a job's tasks and facts were let go because they were old: then its projection is all that there is. */
export function isPruned(summary: JobSummary): boolean {
  return "details_removed_at" in summary;
}

/** A field that there is not: its name is damaged. One that is missing may be newer than the row. */
function oddField(told: object | undefined, known: object): string | null {
  return Object.keys(told ?? {}).find((name) => !(name in known)) ?? null;
}
