import type { PlayheadEvent } from "./event.ts";
import { type Artifact, MAX_ARTIFACTS, MAX_STEP_SPANS, type StepSpan, type Task } from "./job.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { readPercent } from "./percent.ts";
import {
  createdKind,
  isArtifactType,
  readArtifact,
  readDetails,
  readError,
  readWeight,
  taskStateAfter,
} from "./task-data.ts";
import { isFinalTaskState, TASK_TRANSITIONS, type TaskState } from "./task-state.ts";

/** The task that an event brings into being; null when the event is no creation, or does not say the kind. */
export function newTask(event: PlayheadEvent): Task | null {
  const { data, ts } = event;
  const kind = createdKind(event.type, data);
  if (kind === null || typeof data.task_id !== "string") return null;
  return {
    task_id: data.task_id,
    parent_id: typeof data.parent_id === "string" ? data.parent_id : null,
    kind,
    title: typeof data.title === "string" && data.title !== "" ? data.title : data.task_id,
    weight: readWeight(data.weight),
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

/** The task after a fact. A settled task takes artifacts and nothing else: then the same reference comes back. */
export function foldTaskFact(task: Task, event: PlayheadEvent): Task {
  const { data, ts, type } = event;
  if (isFinalTaskState(task.state)) return isArtifactType(type) ? withArtifact(task, data) : task;
  const wanted = taskStateAfter(type, data, task.state);
  const state = wanted !== null && TASK_TRANSITIONS[task.state][wanted] ? wanted : task.state;
  const ended = isFinalTaskState(state);
  const retried = Number.isSafeInteger(data.attempt) && (data.attempt as number) > task.attempt;
  // The last step of a task that has ended is the one it ended in.
  const step = ended || typeof data.step !== "string" ? null : data.step;
  const stepBegins = step !== null && (retried || step !== task.step);
  const told = readDetails(data);
  const artifact = readArtifact(data.artifact);
  return {
    ...task,
    state,
    percent_complete: percentAfter(task, data, state, retried),
    step: step ?? (retried && !ended ? null : task.step),
    steps: stepsAfter(task.steps, ts, stepBegins ? { step, details: told } : null, ended || retried),
    // What an earlier step had to tell does not hold for this one.
    details: told ?? (stepBegins ? null : task.details),
    attempt: retried ? (data.attempt as number) : task.attempt,
    artifacts: artifact === null ? task.artifacts : addArtifact(task.artifacts, artifact),
    error: readError(data, ts, task.task_id) ?? task.error,
    reason: typeof data.reason === "string" ? data.reason : task.reason,
    started_at: task.started_at ?? (state === "processing" || state === "completed" ? ts : null),
    ended_at: ended ? ts : null,
  };
}

/** The task after a tick; the same reference when the tick says nothing new, or comes too late. */
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
  return {
    ...task,
    state: "canceled",
    reason: task.reason ?? reason,
    ended_at: ts,
    steps: stepsAfter(task.steps, ts, null, true),
  };
}

/** The artifacts with one more; the oldest go when there are too many, and one of the same name is replaced. */
export function addArtifact(artifacts: readonly Artifact[], artifact: Artifact): readonly Artifact[] {
  const others = artifacts.filter((each) => each.name !== artifact.name || each.type !== artifact.type);
  return [...others, artifact].slice(-MAX_ARTIFACTS);
}

function withArtifact(task: Task, data: JsonObject): Task {
  const artifact = readArtifact(data.artifact);
  return artifact === null ? task : { ...task, artifacts: addArtifact(task.artifacts, artifact) };
}

/** A new attempt starts over; otherwise a task's percentage only grows. */
function percentAfter(task: Task, data: JsonObject, state: TaskState, retried: boolean): number {
  if (state === "completed") return 100;
  const before = retried ? 0 : task.percent_complete;
  return Math.max(before, readPercent(data.percent_complete) ?? 0);
}

interface StepStart {
  readonly step: string;
  readonly details: JsonObject | null;
}

/** The track after a fact: the segment under way ends where another one begins, or where the task does. */
function stepsAfter(
  steps: readonly StepSpan[],
  ts: string,
  begins: StepStart | null,
  ends: boolean,
): readonly StepSpan[] {
  if (begins === null && !ends) return steps;
  // One copy of the track a fact: it is made for each step of each task there is.
  const room = begins === null ? MAX_STEP_SPANS : MAX_STEP_SPANS - 1;
  const track = steps.slice(-room);
  const last = track.at(-1);
  if (last !== undefined && last.ended_at === null) track[track.length - 1] = { ...last, ended_at: ts };
  if (begins === null) return track;
  const { step, details } = begins;
  track.push({ step, started_at: ts, ended_at: null, ...(details !== null && { details }) });
  return track;
}
