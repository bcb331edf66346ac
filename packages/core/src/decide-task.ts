import type { DecidedFact } from "./decided-fact.ts";
import { PlayheadError } from "./errors.ts";
import type { EventType } from "./event.ts";
import type { Job, Task } from "./job.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { refuseTransition } from "./refuse-transition.ts";
import { createdKind, isArtifactType, stateOfType, taskStateAfter } from "./task-data.ts";
import { IDENTITY_FIELDS, taskEventType } from "./task-event-type.ts";
import { isFinalTaskState, isTaskState, TASK_STATES, TASK_TRANSITIONS, type TaskState } from "./task-state.ts";

/** How many tasks one job may hold. */
export const MAX_TASKS_PER_JOB = 200_000;

/**
 * Decides about a fact of a task. One that is not known yet comes to be by a creation of its own, also where its kind's
 * first event implies it: a fold then makes tasks of creations alone.
 *
 * @throws PlayheadError as `decide` does.
 */
export function decideTask(job: Job, type: EventType, data: JsonObject): readonly DecidedFact[] {
  const taskId = data.task_id;
  if (typeof taskId !== "string" || taskId === "") throw expected(type, "task_id", "a non-empty string", taskId);
  checkState(type, data);
  if (type === "task.step_changed" && typeof data.step !== "string")
    throw expected(type, "step", "a string", data.step);
  const task = job.tasks.get(taskId);
  if (task === undefined) return decideNewTask(job, taskId, type, data);
  if (type === "task.created" || type === "video.created") {
    throw refuseTransition(`task ${taskId} of job ${job.job_id} exists already`, task.state);
  }
  checkTransition(job, taskId, task.state, type, data);
  if (type === "task.retried") return [{ type, data: retryData(task, data) }];
  return [{ type, data: task.kind === "video" ? withVideoId(data, task.fields.id, taskId) : data }];
}

function decideNewTask(job: Job, taskId: string, type: EventType, data: JsonObject): readonly DecidedFact[] {
  const kind = createdKind(type, data) ?? impliedKind(type);
  if (type === "task.created" && kind === null) throw expected(type, "kind", "a non-empty string", data.kind);
  if (kind === null) {
    throw new PlayheadError("not_found", `job ${job.job_id} has no task ${taskId}`, {
      hint: "send its task.created, with a kind, first",
    });
  }
  checkPlace(job, taskId, type, data);
  checkTransition(job, taskId, "pending", type, data);
  const said = kind === "video" ? withVideoId(data, idField(data), taskId) : data;
  const creation = kind === "video" ? withIdField(said) : said;
  if (createdKind(type, data) !== null) return [{ type, data: creation }];
  return [
    { type: taskEventType(kind, "created"), data: impliedCreation(kind, creation) },
    { type, data: said },
  ];
}

/** Every fact of a video says which one it is, also where its worker left that to the `task_id`. */
function withVideoId(data: JsonObject, known: unknown, taskId: string): JsonObject {
  return typeof data.id === "string" ? data : { ...data, id: typeof known === "string" ? known : taskId };
}

/** The task knows it from then on. */
function withIdField(data: JsonObject): JsonObject {
  if (idField(data) === data.id) return data;
  return { ...data, fields: { ...(isJsonObject(data.fields) && data.fields), id: data.id } };
}

function idField({ fields }: JsonObject): unknown {
  return isJsonObject(fields) ? fields.id : undefined;
}

/** The kind that an event says by its name (`scene.started`), so that it may bring its task into being. */
function impliedKind(type: EventType): string | null {
  const prefix = type.slice(0, type.indexOf("."));
  return Object.hasOwn(IDENTITY_FIELDS, prefix) ? prefix : null;
}

/** The creation that a first event implies, out of what that event says. */
function impliedCreation(kind: string, data: JsonObject): JsonObject {
  const { task_id, parent_id, title, scene_title, weight, fields } = data;
  const named = [title, scene_title, task_id].find((name) => typeof name === "string");
  const identity = (IDENTITY_FIELDS[kind] ?? []).filter((name) => data[name] !== undefined);
  return {
    task_id,
    parent_id: parent_id ?? null,
    kind,
    title: named,
    weight: weight ?? null,
    fields: isJsonObject(fields) ? fields : Object.fromEntries(identity.map((name) => [name, data[name]])),
    ...(kind === "video" && { id: data.id }),
  };
}

function checkPlace(job: Job, taskId: string, type: EventType, { parent_id: parentId }: JsonObject): void {
  if (typeof parentId === "string") {
    if (!job.tasks.has(parentId)) {
      throw new PlayheadError("not_found", `job ${job.job_id} has no task ${parentId} to be the parent of ${taskId}`);
    }
  } else if (parentId !== undefined && parentId !== null) {
    throw expected(type, "parent_id", "a string or null", parentId);
  }
  if (job.tasks.size >= MAX_TASKS_PER_JOB) {
    throw new PlayheadError("validation_error", `expected at most ${MAX_TASKS_PER_JOB} tasks in job ${job.job_id}`, {
      hint: "split the work into several jobs",
    });
  }
}

/** What `data.state` says must be a state, and must not speak against the type. A scene completes however it ended. */
function checkState(type: EventType, { state }: JsonObject): void {
  if (state === undefined || state === null) return;
  if (!isTaskState(state)) throw expected(type, "state", `one of ${TASK_STATES.join(", ")}`, state);
  const said = stateOfType(type);
  if (said === null || said === state || (type === "scene.completed" && isFinalTaskState(state))) return;
  throw expected(type, "state", said, state);
}

function checkTransition(job: Job, taskId: string, before: TaskState, type: EventType, data: JsonObject): void {
  const after = taskStateAfter(type, data, before) ?? before;
  const allowed = after === before ? mayStay(before, type) : TASK_TRANSITIONS[before][after] && type !== "task.retried";
  if (allowed) return;
  const verb = after === before ? "takes no" : `cannot become ${after} by`;
  throw refuseTransition(`task ${taskId} of job ${job.job_id} is ${before} and ${verb} ${type}`, before);
}

/** A settled task takes artifacts only; nothing starts twice; what has not begun cannot be retried. */
function mayStay(state: TaskState, type: EventType): boolean {
  if (isArtifactType(type)) return true;
  if (type === "task.retried") return state === "processing";
  return !isFinalTaskState(state) && stateOfType(type) !== state;
}

function retryData(task: Task, data: JsonObject): JsonObject {
  const { attempt = task.attempt + 1 } = data;
  if (Number.isSafeInteger(attempt) && (attempt as number) > task.attempt) return { ...data, attempt };
  throw expected("task.retried", "attempt", `a whole number over ${task.attempt}`, attempt);
}

function expected(type: EventType, field: string, what: string, got: unknown): PlayheadError {
  const shown = JSON.stringify(got) ?? "nothing";
  return new PlayheadError("validation_error", `expected data.${field} of ${type} to be ${what}, got ${shown}`, {
    detail: { path: `data.${field}` },
  });
}
