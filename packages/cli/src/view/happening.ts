import {
  isFinalJobState,
  isFinalTaskState,
  type Job,
  type JobProgress,
  type StepSpan,
  type Task,
  type TaskState,
  type ViewedError,
} from "@playhead/core";
import { taskPath, tookMs } from "./task-words.ts";

/** Something that happened to a job between two looks at it; the lines of `--json` while it runs. */
export type Happening = JobHappening | ProgressHappening | TaskHappening;

interface JobHappening {
  readonly type: "job.state_changed";
  /** Null where the job does not keep it. */
  readonly ts: string | null;
  readonly job_id: string;
  readonly title: string;
  readonly prior_state: Job["state"];
  readonly new_state: Job["state"];
  readonly reason: string | null;
}

interface ProgressHappening extends Pick<JobProgress, "percent_complete" | "eta_ms" | "eta_low_ms" | "eta_high_ms"> {
  readonly type: "job.progress";
  readonly job_id: string;
  readonly items_total: number;
  readonly items_completed: number;
  readonly items_failed: number;
}

type TaskChange =
  | "created"
  | "started"
  | "step_changed"
  | "retried"
  | Extract<TaskState, "completed" | "failed" | "skipped" | "canceled">;

interface TaskHappening {
  readonly type: `task.${TaskChange}`;
  readonly ts: string;
  readonly job_id: string;
  readonly task_id: string;
  readonly parent_id: string | null;
  readonly kind: string;
  /** The names on the way to it: `Scene 1 / split`. */
  readonly path: string;
  readonly step?: string;
  readonly attempt?: number;
  readonly took_ms?: number;
  readonly reason?: string;
  readonly error?: ViewedError;
}

export interface LookOptions {
  /** Progress is told each time it has grown over a multiple of this, over 0. */
  readonly everyPercent: number;
}

/** What happened between two looks at a job, in the order of time. Pure. */
export function happeningsBetween(before: Job, after: Job, { everyPercent }: LookOptions): readonly Happening[] {
  const stateChange = jobHappening(before, after);
  const isOver = isFinalJobState(after.state);
  return [
    ...(isOver ? [] : stateChange),
    ...taskHappenings(before.tasks, after),
    ...(isOver ? stateChange : progressHappening(before, after, everyPercent)),
  ];
}

function jobHappening(before: Job, after: Job): readonly JobHappening[] {
  if (before.state === after.state) return [];
  const { job_id, title, state, reason } = after;
  const ts =
    after.ended_at ??
    after.paused_since ??
    (state === "running" && before.state === "pending" ? after.started_at : null);
  return [{ type: "job.state_changed", ts, job_id, title, prior_state: before.state, new_state: state, reason }];
}

function progressHappening(before: Job, after: Job, everyPercent: number): readonly ProgressHappening[] {
  const reached = ({ progress }: Job) => Math.floor(progress.percent_complete / everyPercent);
  if (reached(after) <= reached(before)) return [];
  const { percent_complete, eta_ms, eta_low_ms, eta_high_ms, items_total, items_completed, items_failed } =
    after.progress;
  const progress = { percent_complete, eta_ms, eta_low_ms, eta_high_ms, items_total, items_completed, items_failed };
  return [{ type: "job.progress", job_id: after.job_id, ...progress }];
}

/** Parents begin before their children, and end after them. */
function taskHappenings(before: Job["tasks"], after: Job): readonly TaskHappening[] {
  const begun: TaskHappening[] = [];
  const ended: TaskHappening[] = [];
  for (const task of after.tasks.values()) {
    const known = before.get(task.task_id);
    if (known === task) continue;
    begun.push(...beginnings(after, known, task));
    ended.unshift(...endings(after, known, task));
  }
  // Of the same moment, what begins comes first: the sort keeps the order of equals.
  return [...begun, ...ended].sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
}

function beginnings(job: Job, known: Task | undefined, task: Task): readonly TaskHappening[] {
  const about = subject(job, task);
  const found: TaskHappening[] = [];
  if (known === undefined) found.push({ ...about, type: "task.created", ts: task.created_at });
  if (task.started_at !== null && (known?.started_at ?? null) === null) {
    found.push({ ...about, type: "task.started", ts: task.started_at });
  }
  if (known !== undefined && task.attempt > known.attempt) {
    const ts = task.steps.at(-1)?.started_at ?? task.error?.ts ?? task.created_at;
    found.push({
      ...about,
      type: "task.retried",
      ts,
      attempt: task.attempt,
      ...(task.error !== null && { error: task.error }),
    });
  }
  for (const { step, started_at } of newSteps(known?.steps ?? [], task.steps)) {
    found.push({ ...about, type: "task.step_changed", ts: started_at, step });
  }
  return found;
}

function endings(job: Job, known: Task | undefined, task: Task): readonly TaskHappening[] {
  const { state, ended_at, reason, error, step } = task;
  if (!isFinalTaskState(state) || known?.state === state || ended_at === null) return [];
  const took = tookMs(task);
  return [
    {
      ...subject(job, task),
      type: `task.${state as Extract<TaskState, "completed" | "failed" | "skipped" | "canceled">}`,
      ts: ended_at,
      ...(step !== null && state === "failed" && { step }),
      ...(took !== null && { took_ms: took }),
      ...(reason !== null && { reason }),
      ...(error !== null && { error }),
    },
  ];
}

function subject(job: Job, task: Task) {
  const { task_id, parent_id, kind } = task;
  return { job_id: job.job_id, task_id, parent_id, kind, path: taskPath(job.tasks, task) };
}

/** The steps that came since: those after the last one that was known. */
function newSteps(known: readonly StepSpan[], steps: readonly StepSpan[]): readonly StepSpan[] {
  const last = known.at(-1);
  if (last === undefined) return steps;
  const at = steps.findLastIndex(({ step, started_at }) => step === last.step && started_at === last.started_at);
  return steps.slice(at + 1);
}
