import { ERROR_CLASSES, isErrorCode } from "./errors.ts";
import type { EventType } from "./event.ts";
import type { Artifact, ViewedError } from "./job.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { isTaskState, type TaskState } from "./task-state.ts";

/** The state that an event of a type puts its task into, where the type alone says so. */
const STATE_BY_TYPE: Partial<Record<EventType, TaskState>> = {
  "task.started": "processing",
  "task.completed": "completed",
  "task.failed": "failed",
  "task.skipped": "skipped",
  "task.canceled": "canceled",
  "scene.started": "processing",
  "scene.completed": "completed",
  "stage.started": "processing",
  "stage.completed": "completed",
  "stage.failed": "failed",
  "video.completed": "completed",
  "video.failed": "failed",
  "video.skipped": "skipped",
  "video.canceled": "canceled",
};

/** The state that the type of an event says by itself; null when `data`, or nothing, says it. */
export function stateOfType(type: EventType): TaskState | null {
  return STATE_BY_TYPE[type] ?? null;
}

/**
 * The state that a task's event puts it into; null when it leaves the state alone. `data.state` says it, else the
 * type does, else the clip's last steps `complete` and `failed`; a step reported on a pending task starts it.
 */
export function taskStateAfter(type: EventType, data: JsonObject, before: TaskState): TaskState | null {
  if (isTaskState(data.state)) return data.state;
  const byType = STATE_BY_TYPE[type];
  if (byType !== undefined) return byType;
  if (type === "clip.progress" && data.step === "complete") return "completed";
  if (type === "clip.progress" && data.step === "failed") return "failed";
  return typeof data.step === "string" && before === "pending" ? "processing" : null;
}

/** The kind of the task that an event creates; null when it is no creation, or does not say the kind. */
export function createdKind(type: EventType, data: JsonObject): string | null {
  if (type === "video.created") return "video";
  return type === "task.created" && typeof data.kind === "string" && data.kind !== "" ? data.kind : null;
}

/** @returns whether events of this type bring an artifact: also to a task that has ended. */
export function isArtifactType(type: EventType): boolean {
  return type === "clip.uploaded" || type === "task.artifact_added";
}

/** The error that an event's data carries, as viewers see it; null when it carries none. */
export function readError(data: JsonObject, ts: string, taskId: string | null): ViewedError | null {
  const { error_code: code, error_message: message, error_class: errorClass, failed_step: step, hint } = data;
  if (typeof code !== "string" || code === "") return null;
  return {
    error_code: code,
    error_message: typeof message === "string" ? message : code,
    error_class: readErrorClass(errorClass, code),
    ts,
    task_id: taskId,
    ...(typeof step === "string" && { step }),
    ...(typeof hint === "string" && { hint }),
  };
}

function readErrorClass(value: unknown, code: string): ViewedError["error_class"] {
  if (value === "input" || value === "environment" || value === "transient" || value === "internal") return value;
  return isErrorCode(code) ? ERROR_CLASSES[code] : "internal";
}

/** An artifact out of data; null when it is none that has a type and a name. */
export function readArtifact(artifact: unknown): Artifact | null {
  if (!isJsonObject(artifact)) return null;
  const { type, name, url, size_bytes, mime_type, metadata } = artifact;
  if (typeof type !== "string" || typeof name !== "string") return null;
  return {
    type,
    name,
    ...(typeof url === "string" && { url }),
    ...(typeof size_bytes === "number" && { size_bytes }),
    ...(typeof mime_type === "string" && { mime_type }),
    ...(isJsonObject(metadata) && { metadata }),
  };
}

/** The artifacts of a list out of data; what is none is left out. */
export function readArtifacts(list: unknown): readonly Artifact[] {
  return Array.isArray(list) ? list.map(readArtifact).filter((artifact) => artifact !== null) : [];
}

/** `data.details` as an object; a bare string becomes `{ text }`. */
export function readDetails(data: JsonObject): JsonObject | null {
  if (typeof data.details === "string") return { text: data.details };
  return isJsonObject(data.details) ? data.details : null;
}

/** Above this a sum of weights would lose the small ones. */
const MAX_WEIGHT = 1e15;

/** A weight out of data: a finite number from 0 to 10¹⁵; null (nobody weighed it) when it is not one. */
export function readWeight(value: unknown): number | null {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return null;
  return Math.min(MAX_WEIGHT, value);
}
