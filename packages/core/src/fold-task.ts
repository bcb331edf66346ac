import type { PlayheadEvent } from "./event.ts";
import { type Artifact, MAX_ARTIFACTS, MAX_STEP_SPANS, type StepSpan, type Task } from "./job.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { createdKind, readArtifact, readDetails, readError, readPercent, taskStateAfter } from "./task-data.ts";
import { isFinalTaskState, TASK_TRANSITIONS, type TaskState } from "./task-state.ts";

/** The task that an event brings into being; null when the event cannot (its kind is not said). */
export function newTask(event: PlayheadEvent): Task | null {
  const { data, ts } = event;
  const kind = createdKind(event.type, data);
  if (kind === null || typeof data.task_id !== "string") return null;
  return {
    task_id: data.task_id,
    parent_id: typeof data.parent_id === "string" ? data.parent_id : null,
    kind,
    title: typeof data.title === "string" ? data.title : data.task_id,
    weight: typeof data.weight === "number" && data.weight > 0 ? data.weight : null,
    fields: isJsonObject(data.fields) ? data.fields : {},
    state: "pending",
    percent_complete: 0,
    step: null,
    steps: [],
    details: null,
    attempt: 1,
    artifacts: [],
    error: null,
    reason: null,
    created_at: ts,
    started_at: null,
    ended_at: null,
    child_count: 0,
  };
}

/** The task after a fact; the same reference when the fact changes nothing about it. */
export function foldTaskFact(task: Task, event: PlayheadEvent): Task {
  if (isFinalTaskState(task.state) && event.type !== "clip.uploaded" && event.type !== "task.artifact_added") return task;
  const { data, ts } = event;
  const wanted = taskStateAfter(event.type, data, task.state);
  const state = wanted !== null && TASK_TRANSITIONS[task.state][wanted] ? wanted : task.state;
  const ended = isFinalTaskState(state);
  const retried = typeof data.attempt === "number" && data.attempt > task.attempt;
  const artifact = readArtifact(data);
  const settled = ended || retried ? endStep(task.steps, ts, null) : task.steps;
  const stepChanged = typeof data.step === "string" && !ended && data.step !== task.step;
  return {
    ...task,
    state,
    percent_complete: percentAfter(task, data, state, retried),
    step: ended ? task.step : typeof data.step === "string" ? data.step : retried ? null : task.step,
    steps: stepChanged ? startStep(settled, data.step as string, ts, readDetails(data)) : settled,
    details: readDetails(data) ?? task.details,
    attempt: retried ? (data.attempt as number) : task.attempt,
    artifacts: artifact === null ? task.artifacts : addArtifact(task.artifacts, artifact),
    error: readError(data, ts, task.task_id) ?? task.error,
    reason: typeof data.reason === "string" ? data.reason : task.reason,
    started_at: task.started_at ?? (state === "processing" || state === "completed" ? ts : null),
    ended_at: ended ? (task.ended_at ?? ts) : null,
  };
}

/** The task after a tick; the same reference when the tick is older than what is known, or comes too late. */
export function foldTaskTick(task: Task, data: JsonObject): Task {
  if (task.state !== "processing") return task;
  if (typeof data.step === "string" && data.step !== task.step) return task;
  const percent = readPercent(data.percent_complete);
  const details = readDetails(data);
  const grown = percent !== null && percent > task.percent_complete;
  if (!grown && details === null) return task;
  return {
    ...task,
    percent_complete: grown ? percent : task.percent_complete,
    details: details ?? task.details,
  };
}

/** The open task of a job that has ended: canceled with it. */
export function cancelWithJob(task: Task, ts: string, reason: string): Task {
  return { ...task, state: "canceled", reason: task.reason ?? reason, ended_at: ts, steps: endStep(task.steps, ts, null) };
}

/** The artifacts with one more; the oldest go when there are too many, and one of the same name is replaced. */
export function addArtifact(artifacts: readonly Artifact[], artifact: Artifact): readonly Artifact[] {
  const others = artifacts.filter((each) => each.name !== artifact.name || each.type !== artifact.type);
  return [...others, artifact].slice(-MAX_ARTIFACTS);
}

function percentAfter(task: Task, data: JsonObject, state: TaskState, retried: boolean): number {
  if (state === "completed") return 100;
  if (retried) return 0;
  const percent = readPercent(data.percent_complete);
  return percent === null ? task.percent_complete : Math.max(task.percent_complete, percent);
}

function startStep(steps: readonly StepSpan[], step: string, ts: string, details: JsonObject | null): readonly StepSpan[] {
  const span: StepSpan = { step, started_at: ts, ended_at: null, ...(details !== null && { details }) };
  return [...endStep(steps, ts, null), span].slice(-MAX_STEP_SPANS);
}

function endStep(steps: readonly StepSpan[], ts: string, details: JsonObject | null): readonly StepSpan[] {
  const last = steps.at(-1);
  if (last === undefined || last.ended_at !== null) return steps;
  return [...steps.slice(0, -1), { ...last, ended_at: ts, ...(details !== null && { details }) }];
}
