import type { Job, Task } from "./job.ts";
import { isFinalTaskState } from "./task-state.ts";

/** A job without its tasks: what lists hold, and what a row of the store keeps. */
export type JobSummary = Omit<Job, "tasks">;

/** A job as it travels: JSON all through. */
export interface JobSnapshot extends JobSummary {
  /**
   * At most {@link MAX_SNAPSHOT_TASKS}, each with all its ancestors, parents before children: those at work, then those
   * that wait, oldest first, then the newest settled ones.
   */
  readonly tasks: readonly Task[];
  /** How many tasks there are in all; those left out come by page. */
  readonly tasks_total: number;
}

/** How many tasks a snapshot holds, so that a job of 100,000 items opens as fast as one of 10. */
export const MAX_SNAPSHOT_TASKS = 500;

/** The job without its tasks. */
export function summaryOf(job: Job): JobSummary {
  const { tasks: _, ...summary } = job;
  return summary;
}

/** The job as it travels. */
export function snapshotOf(job: Job): JobSnapshot {
  const all = [...job.tasks.values()];
  const tasks = all.length <= MAX_SNAPSHOT_TASKS ? all : selectTasks(job.tasks, all);
  const omitted = (job.open_tasks_omitted ?? 0) + countOpen(all) - countOpen(tasks);
  return {
    ...summaryOf(job),
    tasks,
    tasks_total: all.length,
    ...(omitted > 0 && { open_tasks_omitted: omitted }),
  };
}

/** The job that a snapshot holds; folding goes on from there. */
export function jobFromSnapshot(snapshot: JobSnapshot): Job {
  const { tasks, tasks_total: _, ...summary } = snapshot;
  return { ...summary, tasks: new Map(tasks.map((task) => [task.task_id, task])) };
}

function countOpen(tasks: readonly Task[]): number {
  return tasks.reduce((count, task) => (isFinalTaskState(task.state) ? count : count + 1), 0);
}

function selectTasks(byId: ReadonlyMap<string, Task>, all: readonly Task[]): readonly Task[] {
  const chosen = new Set<Task>();
  for (const task of inOrderOfInterest(all)) {
    const lineage = missingLineage(byId, task, chosen);
    if (chosen.size + lineage.length <= MAX_SNAPSHOT_TASKS) for (const each of lineage) chosen.add(each);
    if (chosen.size === MAX_SNAPSHOT_TASKS) break;
  }
  // In the order in which they came to be: a parent stands before its children.
  return all.filter((task) => chosen.has(task));
}

/** One after the other, as far as someone wants them: with very many tasks, looking at all of them takes a while. */
function* inOrderOfInterest(all: readonly Task[]): Generator<Task> {
  for (const task of all) if (task.state === "processing") yield task;
  for (const task of all) if (task.state === "pending") yield task;
  for (let at = all.length - 1; at >= 0; at -= 1) {
    const task = all[at] as Task;
    if (isFinalTaskState(task.state)) yield task;
  }
}

/** The task and those of its ancestors that are not chosen yet. */
function missingLineage(byId: ReadonlyMap<string, Task>, task: Task, chosen: ReadonlySet<Task>): readonly Task[] {
  const lineage: Task[] = [];
  let each: Task | undefined = task;
  while (each !== undefined && !chosen.has(each)) {
    lineage.push(each);
    each = each.parent_id === null ? undefined : byId.get(each.parent_id);
  }
  return lineage;
}
