import type { ErrorClass } from "./errors.ts";
import type { JobState } from "./job-state.ts";
import type { JsonObject } from "./json.ts";
import type { Liveness } from "./liveness.ts";
import type { JobProgress } from "./progress-fields.ts";
import type { TaskCounts } from "./task-counts.ts";
import type { TaskState } from "./task-state.ts";
import type { JobWaiting } from "./waiting.ts";

/** Something that a job made: a file, a link. */
export interface Artifact {
  /** What it is: `video`, `thumbnail`, `manifest`, or the user's own word. */
  readonly type: string;
  readonly name: string;
  /** Where a viewer can get it: absolute, or relative to the server. */
  readonly url?: string;
  readonly size_bytes?: number;
  readonly mime_type?: string;
  readonly metadata?: JsonObject;
}

/** An error of a job or a task as viewers see it: cleaned of paths, hosts and stacks. */
export interface ViewedError {
  /** One of our error codes, or a code of the user's own. */
  readonly error_code: string;
  readonly error_message: string;
  readonly error_class: ErrorClass;
  readonly ts: string;
  readonly task_id: string | null;
  readonly step?: string;
  readonly hint?: string;
}

/** One step on a task's track: a segment of the timeline. */
export interface StepSpan {
  readonly step: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  /** What the step had to tell: counts, sizes, keyframes. */
  readonly details?: JsonObject;
}

/** A piece of a job, in a tree of any depth. */
export interface Task {
  readonly task_id: string;
  readonly parent_id: string | null;
  /** `scene`, `clip`, `video`, `stage`, `step`, or the user's own word. */
  readonly kind: string;
  readonly title: string;
  /** The user's share of the parent's work, at least 0, in any unit the siblings share; null: expected from history. */
  readonly weight: number | null;
  /** Constant facts about it, such as `scene_id`, `style`, `start_sec`. */
  readonly fields: JsonObject;
  readonly state: TaskState;
  /** 0–100; starts over with a new attempt, grows otherwise. How the task ended is its state's affair. */
  readonly percent_complete: number;
  /** The one under way, or the one in which the task ended. */
  readonly step: string | null;
  /** At most {@link MAX_STEP_SPANS}; older ones are dropped. */
  readonly steps: readonly StepSpan[];
  /** What the step under way had to tell last. */
  readonly details: JsonObject | null;
  /** 1 at first; a retry inside the job adds 1. */
  readonly attempt: number;
  /** At most {@link MAX_ARTIFACTS}; older ones are dropped. */
  readonly artifacts: readonly Artifact[];
  /** The last one it met: also one that a retry got over. */
  readonly error: ViewedError | null;
  /** Why it was skipped or canceled. */
  readonly reason: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly child_count: number;
}

/** One run of a pipeline: the fold over its events. */
export interface Job {
  readonly job_id: string;
  readonly tenant_id: string;
  readonly kind: string;
  readonly title: string;
  readonly user_id: string | null;
  /** What the user attached when creating it. */
  readonly metadata: JsonObject;
  readonly state: JobState;
  /** Why it is in this state, where that was said. */
  readonly reason: string | null;
  readonly attempt: number;
  readonly retry_of: string | null;
  /** Where several were made: the first job of those that try the same; absent in that one itself. */
  readonly first_attempt?: string;
  /** Of jobs that wait, a higher one is started first: a whole number, -100 to 100; absent: 0. */
  readonly priority?: number;
  /** How often it is tried in all, by itself, when its worker is lost or what failed may work later; absent: once. */
  readonly max_attempts?: number;
  /** It is not started before; absent: at once. */
  readonly not_before?: string;
  /** The source that runs it, as the server knows it; null before one took it. */
  readonly worker: string | null;
  readonly correlation_id: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** Milliseconds spent paused so far, without a pause that still lasts. */
  readonly paused_ms: number;
  readonly paused_since: string | null;
  /** Milliseconds in which it ran, but waited on someone else's limit, without a wait that still lasts. */
  readonly limited_ms: number;
  readonly limited_since: string | null;
  readonly liveness: Liveness;
  /** Since when it is so; null while it is `ok`. */
  readonly liveness_since: string | null;
  /** Why, as it was seen then, in words; null while it is `ok`, and where nobody said. */
  readonly liveness_reason: string | null;
  /** Waiting on someone else's limit right now; such time is no work. */
  readonly rate_limited: boolean;
  readonly processing_deadline_ms: number | null;
  /** What a pending job waits for, where the server has said so beside the job; events tell nothing of it. */
  readonly waiting?: JobWaiting;
  /** The last fact folded; 0 before the first. */
  readonly seq: number;
  /** The last tick folded; 0 before the first. */
  readonly tick: number;
  readonly progress: JobProgress;
  readonly counts: TaskCounts;
  readonly artifacts: readonly Artifact[];
  /** The newest {@link MAX_ERRORS}; `progress.errors_encountered` counts all. */
  readonly errors: readonly ViewedError[];
  /** What ended it, when it failed. */
  readonly error: ViewedError | null;
  readonly summary: JsonObject | null;
  readonly tasks: ReadonlyMap<string, Task>;
  /**
   * How many open tasks this copy does not hold, because a snapshot has room for 500; absent when it holds them all.
   * Facts about those cannot be folded, so the job's items are told by `job.progress`, and `counts` stay as they came.
   */
  readonly open_tasks_omitted?: number;
  /**
   * When the tasks and facts of a job that ended long ago were let go of; absent while they are there. Such a job is what
   * it came to in the end, and takes nothing more.
   */
  readonly details_removed_at?: string;
}

/** @returns whether every open task is in hand, so that facts alone say how many items there are. */
export function holdsAllOpenTasks(job: Pick<Job, "open_tasks_omitted">): boolean {
  return (job.open_tasks_omitted ?? 0) === 0;
}

/** How many step segments a task keeps. */
export const MAX_STEP_SPANS = 100;
/** No job has a higher priority, and none a lower one than its negative. */
export const MAX_PRIORITY = 100;
/** How many errors a job keeps. */
export const MAX_ERRORS = 50;
/** How many artifacts a job, or one task, keeps. */
export const MAX_ARTIFACTS = 1_000;
