import {
  type EventRecord,
  type EventType,
  isFinalJobState,
  isFinalTaskState,
  type Job,
  type JobState,
  type JsonObject,
  type TaskState,
} from "@playhead/core";
import type { NewJob, NewTask, Outcome } from "../reading/said-job.ts";
import { isoOf } from "../reading/span-records.ts";

/** The task that stands for the work of a job whose progress is told without naming one. */
export const MAIN_TASK = "main";

export interface JobPlanOptions {
  /** Null for what is of no job. */
  readonly jobId: string | null;
  /** Of the job, should it have to be announced. */
  readonly traceId: string | null;
  /** As it stands; null for one that is not there yet. */
  readonly job: Job | null;
  /** Nothing is said of it: somebody else does. @defaultValue false */
  readonly isSilent?: boolean;
}

/**
 * What a batch of spans or records means for one job: events that take it from where it stands to where they say, and no
 * event that it would refuse. Nothing is said twice, since it looks at what is known; a job that has ended stays as it is.
 */
export function createJobPlan({ jobId, traceId, job, isSilent = false }: JobPlanOptions) {
  const records: EventRecord[] = [];
  const tasks = new Map<string, TaskState>();
  let state: JobState | null = job?.state ?? null;

  const isOpen = () => !isSilent && (state === null || !isFinalJobState(state));
  const stateOfTask = (taskId: string) => tasks.get(taskId) ?? job?.tasks.get(taskId)?.state ?? null;

  function say(type: EventType, atMs: number, data: JsonObject): void {
    const correlation = traceId === null ? {} : { correlation_id: traceId };
    if (jobId !== null) records.push({ type, ts: isoOf(atMs), job_id: jobId, ...correlation, data });
  }

  function sayTask(taskId: string, to: TaskState, type: EventType, atMs: number, data: JsonObject = {}): void {
    say(type, atMs, { task_id: taskId, ...data });
    tasks.set(taskId, to);
  }

  /** The task runs from then on; made where it is not there yet. */
  function startTask(taskId: string, task: NewTask, atMs: number): void {
    if (!isOpen()) return;
    if (stateOfTask(taskId) === null) {
      // Children end before their parents do, and so are heard of first.
      const { parentId } = task;
      if (parentId !== null && parentId !== taskId && stateOfTask(parentId) === null) {
        const parent = { task_id: parentId, kind: "task", title: parentId };
        sayTask(parentId, "pending", "task.created", atMs, parent);
      }
      sayTask(taskId, "pending", "task.created", atMs, {
        kind: task.kind,
        title: task.title,
        ...(parentId !== null && parentId !== taskId && { parent_id: parentId }),
        ...(task.weight !== null && { weight: task.weight }),
      });
    }
    if (stateOfTask(taskId) === "pending") sayTask(taskId, "processing", "task.started", atMs);
  }

  function endTask(taskId: string, outcome: Outcome, atMs: number): void {
    const now = stateOfTask(taskId);
    if (!isOpen() || now === null || isFinalTaskState(now)) return;
    if (outcome.state === "failed") sayTask(taskId, "failed", "task.failed", atMs, outcome.error);
    else if (outcome.state === "completed") {
      if (now === "pending") sayTask(taskId, "processing", "task.started", atMs);
      sayTask(taskId, "completed", "task.completed", atMs);
    }
    // Only what has not begun can be skipped.
    else if (outcome.state === "skipped" && now === "pending")
      sayTask(taskId, "skipped", "task.skipped", atMs, { reason: outcome.reason });
    else sayTask(taskId, "canceled", "task.canceled", atMs, { reason: outcome.reason });
  }

  function openTasks(): readonly string[] {
    const all = new Set([...(job?.tasks.keys() ?? []), ...tasks.keys()]);
    return [...all].filter((taskId) => !isFinalTaskState(stateOfTask(taskId) ?? "completed"));
  }

  return {
    jobId,
    /** As it stood. */
    job,
    records: records as readonly EventRecord[],
    isOpen,
    /** The job is there and runs. */
    begin(made: NewJob, atMs: number): void {
      if (!isOpen()) return;
      if (state === null) {
        const { userId, ...data } = made;
        say("job.created", atMs, { ...data, ...(userId !== null && { user_id: userId }) });
        state = "pending";
      }
      if (state !== "pending") return;
      say("job.state_changed", atMs, { new_state: "running" });
      state = "running";
    },
    setTitle(title: string, atMs: number): void {
      if (isOpen() && job !== null && job.title !== title) say("job.updated", atMs, { title });
    },
    startTask,
    /** A task that is there already, or comes to be skipped, or is made so that it can be ended. */
    addSkipped(taskId: string, task: NewTask, reason: string, atMs: number): void {
      if (!isOpen() || stateOfTask(taskId) !== null) return;
      sayTask(taskId, "pending", "task.created", atMs, { kind: task.kind, title: task.title });
      sayTask(taskId, "skipped", "task.skipped", atMs, { reason });
    },
    /** @param fraction 0..1 */
    progress(taskId: string, fraction: number, atMs: number): void {
      if (!isOpen() || stateOfTask(taskId) !== "processing") return;
      say("progress.updated", atMs, { task_id: taskId, percent_complete: fraction * 100 });
    },
    endTask,
    hasTask: (taskId: string): boolean => stateOfTask(taskId) !== null,
    /** The job has ended. What is open in one that went well is done, too: its spans were not kept, or come late. */
    end(outcome: Outcome, atMs: number): void {
      if (!isOpen() || state === null) return;
      if (outcome.state === "completed") {
        for (const taskId of openTasks()) endTask(taskId, outcome, atMs);
        say("job.completed", atMs, {});
      } else if (outcome.state === "failed") say("job.failed", atMs, outcome.error);
      else say("job.canceled", atMs, { reason: outcome.reason });
      state = outcome.state === "skipped" ? "canceled" : outcome.state;
    },
  };
}

export type JobPlan = ReturnType<typeof createJobPlan>;
