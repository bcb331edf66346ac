import type { HeardEvent } from "../heard.ts";
import { STEP_COUNT } from "../rules/measured.ts";
import { amountsOf, endStateOf, type Sample } from "./sample.ts";
import type { Slots } from "./slots.ts";

/** Which steps of which tasks are under way, so that their durations are known, also before they end. */
export interface Steps {
  /** @param atMs in the evaluator's time. @returns the steps that ended and began by it */
  hear(event: HeardEvent, atMs: number): readonly Sample[];
  /** For a snapshot. */
  all(): readonly OpenStep[];
  put(step: OpenStep): void;
}

/** A step that is under way. */
export interface OpenStep {
  readonly tenantId: string;
  readonly jobId: string;
  readonly taskId: string;
  readonly step: string;
  readonly sinceMs: number;
  readonly labels: HeardEvent["labels"];
  /** Its job is paused: it begins anew when the job goes on. */
  readonly isPaused: boolean;
}

/** No more than so many at once; others are not measured. */
const MAX_OPEN_STEPS = 20_000;

export function createSteps(slots: Slots): Steps {
  /** By job (and tenant), then by task. */
  const jobs = new Map<string, Map<string, OpenStep>>();
  let count = 0;

  const jobKey = (tenantId: string, jobId: string) => `${tenantId}\n${jobId}`;

  /** One that its job's pause broke off is not told how long it took. */
  function ended(step: OpenStep, atMs: number): Sample {
    const tookMs = step.isPaused ? null : Math.max(0, atMs - step.sinceMs);
    const amounts = tookMs === null ? [] : amountsOf([[STEP_COUNT, 1]], slots);
    return stepSample(step, atMs, { key: stepKey(step), tookMs }, amounts);
  }

  function put(step: OpenStep): void {
    const key = jobKey(step.tenantId, step.jobId);
    const tasks = jobs.get(key) ?? new Map<string, OpenStep>();
    if (!tasks.has(step.taskId)) count++;
    tasks.set(step.taskId, step);
    jobs.set(key, tasks);
  }

  function remove(key: string, taskId: string): void {
    const tasks = jobs.get(key);
    if (tasks?.delete(taskId)) count--;
    if (tasks?.size === 0) jobs.delete(key);
  }

  function hearTask(event: HeardEvent, jobId: string, atMs: number): readonly Sample[] {
    const { tenantId, type, data, labels } = event;
    const { task_id: taskId } = data;
    if (typeof taskId !== "string") return [];
    const key = jobKey(tenantId, jobId);
    const before = jobs.get(key)?.get(taskId);
    const hasEnded = endStateOf(type, data) !== null;
    const step = hasEnded ? null : stepOf(event);
    const isRetry = type === "task.retried";
    // Nothing about its step: whatever is under way goes on.
    if (!hasEnded && !isRetry && (step === null || step === before?.step)) return [];
    const changes: Sample[] = [];
    if (before !== undefined) {
      remove(key, taskId);
      changes.push(ended(before, atMs));
    }
    const next = step ?? (isRetry ? before?.step : undefined);
    if (next !== undefined && count < MAX_OPEN_STEPS) {
      const opened = { tenantId, jobId, taskId, step: next, sinceMs: atMs, labels, isPaused: false };
      put(opened);
      changes.push(began(opened, atMs));
    }
    return changes;
  }

  function hearJob({ tenantId, type, data }: HeardEvent, jobId: string, atMs: number): readonly Sample[] {
    const key = jobKey(tenantId, jobId);
    const open = [...(jobs.get(key)?.values() ?? [])];
    if (open.length === 0) return [];
    if (type === "session.completed") {
      for (const step of open) remove(key, step.taskId);
      return open.map((step) => ended(step, atMs));
    }
    if (type !== "job.state_changed") return [];
    const isPaused = data.new_state === "paused";
    const changing = open.filter((step) => step.isPaused !== isPaused && (isPaused || data.new_state === "running"));
    return changing.map((step) => {
      const changed = { ...step, isPaused, sinceMs: atMs };
      put(changed);
      return isPaused ? ended(changed, atMs) : began(changed, atMs);
    });
  }

  return {
    hear(event, atMs) {
      const { job_id: jobId } = event.labels;
      if (jobId === undefined) return [];
      return event.data.task_id === undefined ? hearJob(event, jobId, atMs) : hearTask(event, jobId, atMs);
    },
    all: () => [...jobs.values()].flatMap((tasks) => [...tasks.values()]),
    put(step) {
      if (count < MAX_OPEN_STEPS) put(step);
    },
  };
}

/** The name by which windows know an open step. */
function stepKey({ jobId, taskId }: OpenStep): string {
  return `${jobId}\n${taskId}`;
}

/** The step that is under way from an event on: a stage is one; null when it says nothing of it. */
function stepOf({ type, data }: HeardEvent): string | null {
  if (type === "stage.started" && typeof data.stage === "string") return data.stage;
  return typeof data.step === "string" && data.step !== "" ? data.step : null;
}

/** A step that began, as windows hear it. */
export function began(step: OpenStep, atMs: number): Sample {
  return stepSample(step, atMs, { key: stepKey(step), began: step.sinceMs }, []);
}

function stepSample(
  { tenantId, labels }: OpenStep,
  atMs: number,
  step: NonNullable<Sample["step"]>,
  amounts: Sample["amounts"],
): Sample {
  return { tenantId, labels, atMs, signals: ["step"], amounts, step };
}
