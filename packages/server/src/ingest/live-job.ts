import {
  applyEvent,
  createProgressTree,
  draftOf,
  emptyJob,
  type Job,
  type JobDraft,
  type JobProgress,
  type PlayheadEvent,
  type ProgressTree,
  progressAt,
} from "@playhead/core";

/** A job that the server holds in memory: its fold, and what is still to be said and written about it. */
export interface LiveJob {
  readonly draft: JobDraft;
  readonly tree: ProgressTree;
  /** Tasks that changed since the last projection was handed to the store. */
  readonly dirtyTasks: Set<string>;
  dirty: boolean;
  lastProgressMs: number;
  lastTouchedMs: number;
}

/** Takes a stored job, or the place of one to come, into memory. */
export function createLiveJob(job: Job, nowMs: number): LiveJob {
  return {
    draft: draftOf(job),
    tree: createProgressTree({ tasks: job.tasks.values(), shown: job.progress.percent_complete / 100 }),
    dirtyTasks: new Set(),
    dirty: false,
    lastProgressMs: 0,
    lastTouchedMs: nowMs,
  };
}

/** A job that was just announced. */
export function createNewLiveJob(jobId: string, nowMs: number): LiveJob {
  return createLiveJob(emptyJob(jobId), nowMs);
}

/** Folds an event in, and carries it into the progress tree and the lists of what changed. */
export function applyToLiveJob(live: LiveJob, event: PlayheadEvent): void {
  const { draft } = live;
  applyEvent(draft, event);
  if (event.tick === undefined) live.dirty = true;
  const { task_id: taskId } = event.data;
  if (typeof taskId !== "string") return;
  const task = draft.tasks.get(taskId);
  if (task === undefined) return;
  live.tree.update(task);
  live.dirtyTasks.add(taskId);
  // A first child changes what the store has of its parent.
  if (task.parent_id !== null && event.type.endsWith(".created")) live.dirtyTasks.add(task.parent_id);
}

/** The job's progress as it stands now. */
export function liveProgress(live: LiveJob, nowMs: number): JobProgress {
  return progressAt(live.draft, live.tree.fraction(), nowMs);
}
