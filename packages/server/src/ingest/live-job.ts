import {
  applyEvent,
  createProgressTree,
  draftOf,
  emptyJob,
  isFinalJobState,
  type Job,
  type JobDraft,
  type JobProgress,
  type PlayheadEvent,
  type ProgressTree,
  progressAt,
  type Task,
} from "@playhead/core";
import type { JobForecasting } from "./job-forecasting.ts";

/**
 * A job that the server holds in memory: its fold, and what is still to be said and written about it. It may leave memory
 * between two events of the loop, so nobody keeps one over an `await` and goes on changing it.
 */
export interface LiveJob {
  readonly draft: JobDraft;
  readonly tree: ProgressTree;
  /** Its first fact, until a projection of it was handed to the store; null of a stored job. */
  announcement: PlayheadEvent | null;
  /** Tasks that changed since the last projection was handed to the store. */
  readonly dirtyTasks: Set<string>;
  /** Facts came since the last projection. */
  dirty: boolean;
  /** Ticks came since the last projection. */
  moved: boolean;
  projectedMs: number;
  lastProgressMs: number;
  /** When its worker last reported anything of it, and when something of it last advanced. */
  lastTouchedMs: number;
  lastMovedMs: number;
  /** Where the group commit stood after its last fact. */
  lastAdded: number;
  /** Who says when it is done; null where nobody forecasts. */
  forecast: JobForecasting | null;
}

/**
 * Ticks that a job can say in a millisecond at most. A stored job goes on from a number that no process before this one
 * can have reached, since ticks are not stored and viewers ignore numbers that they have seen.
 */
const TICKS_A_MS = 10;

/** Takes a stored job into memory. */
export function createLiveJob(job: Job, nowMs: number): LiveJob {
  const live = newLiveJob(job, nowMs);
  live.draft.tick = Math.max(job.tick, (nowMs - Date.parse(job.created_at)) * TICKS_A_MS);
  // The store's rows may be older than the facts that it folded into them, and nobody knows which.
  if (!isFinalJobState(job.state)) for (const taskId of job.tasks.keys()) live.dirtyTasks.add(taskId);
  return live;
}

/** The place of a job that was just announced. */
export function createNewLiveJob(jobId: string, nowMs: number): LiveJob {
  return newLiveJob(emptyJob(jobId), nowMs);
}

function newLiveJob(job: Job, nowMs: number): LiveJob {
  return {
    draft: draftOf(job),
    tree: createProgressTree({ tasks: job.tasks.values(), shown: job.progress.percent_complete / 100 }),
    announcement: null,
    dirtyTasks: new Set(),
    dirty: false,
    moved: false,
    projectedMs: nowMs,
    lastProgressMs: 0,
    lastTouchedMs: nowMs,
    lastMovedMs: nowMs,
    lastAdded: 0,
    forecast: null,
  };
}

/**
 * Folds an event in, and carries it into the progress tree and the lists of what changed.
 *
 * @returns whether a task has advanced by it: a worker that lives but has stalled goes on to say where it stands
 */
export function applyToLiveJob(live: LiveJob, event: PlayheadEvent): boolean {
  const { draft, dirtyTasks } = live;
  const { task_id: taskId } = event.data;
  const before = typeof taskId === "string" ? draft.tasks.get(taskId) : undefined;
  const wasOpen = !isFinalJobState(draft.state);
  applyEvent(draft, event);
  if (event.tick === undefined) live.dirty = true;
  else live.moved = true;
  // The end of a job ends its tasks.
  if (wasOpen && isFinalJobState(draft.state)) markEnded(live);
  const after = typeof taskId === "string" ? draft.tasks.get(taskId) : undefined;
  live.forecast?.folded(event, before, after);
  if (after === undefined || after === before) return false;
  live.tree.update(after);
  dirtyTasks.add(after.task_id);
  // A child changes what the store has of its parent.
  if (before === undefined && after.parent_id !== null) dirtyTasks.add(after.parent_id);
  return event.tick === undefined || before === undefined || hasAdvanced(before, after);
}

/** What only grows while work gets done. */
const COUNTERS = ["frames", "frame", "size_bytes", "bytes", "items"];

function hasAdvanced(before: Task, after: Task): boolean {
  if (after.percent_complete > before.percent_complete || after.step !== before.step) return true;
  return COUNTERS.some((name) => Number(after.details?.[name]) > Number(before.details?.[name] ?? 0));
}

function markEnded({ draft, dirtyTasks }: LiveJob): void {
  for (const { task_id, ended_at } of draft.tasks.values()) if (ended_at === draft.ended_at) dirtyTasks.add(task_id);
}

/** So many tasks are handed to the store in one go without anybody noticing: some milliseconds' work. */
const MANY_DIRTY_TASKS = 4_000;

/** Whether the job's projection is better written now than with all that will have changed by the next sweep. */
export const hasManyDirtyTasks = ({ dirtyTasks }: LiveJob): boolean => dirtyTasks.size >= MANY_DIRTY_TASKS;

/** How much of the whole work is done, 0..1. */
export const liveFraction = ({ tree }: LiveJob): number => tree.fraction();

/** The job's progress as it stands now. */
export function liveProgress(live: LiveJob, nowMs: number): JobProgress {
  const { draft, forecast, tree } = live;
  if (forecast === null) return progressAt(draft, tree.fraction(), nowMs);
  return progressAt(draft, forecast.shareAt(nowMs, tree.fraction()), nowMs, forecast.estimate);
}
