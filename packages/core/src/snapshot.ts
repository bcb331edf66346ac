import type { Job, Task } from "./job.ts";
import { isFinalTaskState } from "./task-state.ts";

/** A job without its tasks: what lists hold, and what a row of the store keeps. */
export type JobSummary = Omit<Job, "tasks">;

/** A job as it travels: JSON all through. */
export interface JobSnapshot extends JobSummary {
  /** Open tasks first, then the newest settled ones, at most {@link MAX_SNAPSHOT_TASKS}; parents before children. */
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
  return { ...summaryOf(job), tasks: selectTasks(job.tasks), tasks_total: job.tasks.size };
}

/** The job that a snapshot holds; folding goes on from there. */
export function jobFromSnapshot(snapshot: JobSnapshot): Job {
  const { tasks, tasks_total: _, ...summary } = snapshot;
  return { ...summary, tasks: new Map(tasks.map((task) => [task.task_id, task])) };
}

function selectTasks(tasks: ReadonlyMap<string, Task>): readonly Task[] {
  if (tasks.size <= MAX_SNAPSHOT_TASKS) return [...tasks.values()];
  const chosen = new Set<Task>();
  for (const wanted of [isOpen, () => true]) {
    for (const task of newestFirst(tasks, wanted)) {
      if (chosen.size >= MAX_SNAPSHOT_TASKS) break;
      for (const each of withAncestors(tasks, task)) chosen.add(each);
    }
  }
  // In the order in which they came to be: a parent stands before its children.
  return [...tasks.values()].filter((task) => chosen.has(task));
}

const isOpen = (task: Task) => !isFinalTaskState(task.state);

function newestFirst(tasks: ReadonlyMap<string, Task>, wanted: (task: Task) => boolean): readonly Task[] {
  return [...tasks.values()].filter(wanted).reverse();
}

function* withAncestors(tasks: ReadonlyMap<string, Task>, task: Task): Generator<Task> {
  for (let each: Task | undefined = task; each !== undefined; each = each.parent_id === null ? undefined : tasks.get(each.parent_id)) {
    yield each;
  }
}
