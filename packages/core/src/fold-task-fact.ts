import { elapsedMs } from "./elapsed.ts";
import type { PlayheadEvent } from "./event.ts";
import { addError } from "./fold-job-fact.ts";
import { foldTaskFact, newTask } from "./fold-task.ts";
import { holdsAllOpenTasks, type Task } from "./job.ts";
import type { JobDraft } from "./job-draft.ts";
import { isFinalJobState } from "./job-state.ts";
import { withCounts } from "./progress-fields.ts";
import { isDeliverable, moveCount } from "./task-counts.ts";
import type { TaskState } from "./task-state.ts";

/** Folds a fact about a task into a draft. A task comes to be by its creation alone: others are of tasks left out. */
export function applyTaskFact(job: JobDraft, event: PlayheadEvent): void {
  const { task_id: taskId } = event.data;
  if (typeof taskId !== "string" || isFinalJobState(job.state)) return;
  const known = job.tasks.get(taskId);
  const before = known ?? newTask(event);
  if (before === null) return;
  if (known === undefined) admit(job, before);
  const after = foldTaskFact(before, event);
  if (after === before) return;
  job.tasks.set(taskId, after);
  if (after.state !== before.state) recount(job, after, before.state);
  if (after.error !== null && after.error !== before.error) addError(job, after.error);
  if (after.step !== null && after.step !== before.step) job.progress = { ...job.progress, current_step: after.step };
}

/** Enters a new task into the tree and the counts. */
function admit(job: JobDraft, task: Task): void {
  job.tasks.set(task.task_id, task);
  const parent = task.parent_id === null ? undefined : job.tasks.get(task.parent_id);
  if (parent !== undefined) {
    job.tasks.set(parent.task_id, { ...parent, child_count: parent.child_count + 1 });
    if (parent.child_count === 0 && holdsAllOpenTasks(job)) uncountLeaf(job, parent);
  }
  recount(job, task, null);
}

/** With its first child a task stops being a leaf. */
function uncountLeaf(job: JobDraft, parent: Task): void {
  const { leaves, leaf_ms } = job.counts;
  job.counts = {
    ...job.counts,
    leaves: moveCount(leaves, parent.state, null),
    leaf_ms: leaf_ms - finishedMs(parent),
  };
}

/** Moves a task from one state's count to another's; null stands for "not there". */
function recount(job: JobDraft, task: Task, from: TaskState | null): void {
  // What cannot be counted completely is told by ticks.
  if (!holdsAllOpenTasks(job)) return;
  const { counts } = job;
  const isItem = isDeliverable(task.kind);
  const isLeaf = task.child_count === 0;
  const spentMs = finishedMs(task);
  job.counts = {
    deliverables: isItem ? moveCount(counts.deliverables, from, task.state) : counts.deliverables,
    leaves: isLeaf ? moveCount(counts.leaves, from, task.state) : counts.leaves,
    deliverable_ms: counts.deliverable_ms + (isItem ? spentMs : 0),
    leaf_ms: counts.leaf_ms + (isLeaf ? spentMs : 0),
  };
  job.progress = withCounts(job.progress, job.counts);
}

/** What a task adds to the time of finished items. */
function finishedMs(task: Task): number {
  return task.state === "completed" ? elapsedMs(task.started_at, task.ended_at) : 0;
}
