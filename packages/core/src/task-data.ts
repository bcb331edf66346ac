import { EVENT_TYPES, type EventType } from "./event.ts";
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

const KIND_BY_PREFIX = new Set(["scene", "clip", "video", "stage"]);

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

/** The kind of the task that an event is about, when the event itself can bring the task into being; else null. */
export function createdKind(type: EventType, data: JsonObject): string | null {
  if (type === "task.created") return typeof data.kind === "string" ? data.kind : null;
  if (EVENT_TYPES[type].subject !== "task") return null;
  const prefix = type.slice(0, type.indexOf("."));
  return KIND_BY_PREFIX.has(prefix) ? prefix : null;
}

/** The error that an event's data carries, as viewers see it; null when it carries none. */
export function readError(data: JsonObject, ts: string, taskId: string | null): ViewedError | null {
  if (typeof data.error_code !== "string") return null;
  return {
    error_code: data.error_code,
    error_message: typeof data.error_message === "string" ? data.error_message : data.error_code,
    error_class: readErrorClass(data.error_class),
    ts,
    task_id: taskId,
    ...(typeof data.failed_step === "string" && { step: data.failed_step }),
    ...(typeof data.hint === "string" && { hint: data.hint }),
  };
}

function readErrorClass(value: unknown): ViewedError["error_class"] {
  return value === "input" || value === "environment" || value === "transient" ? value : "internal";
}

/** The artifact in `data.artifact`; null when there is none that has a type and a name. */
export function readArtifact(data: JsonObject): Artifact | null {
  const artifact = data.artifact;
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

/** `data.details` as an object; a bare string becomes `{ text }`. */
export function readDetails(data: JsonObject): JsonObject | null {
  if (typeof data.details === "string") return { text: data.details };
  return isJsonObject(data.details) ? data.details : null;
}

/** A percentage out of data: a finite number, held to 0–100; null when it is not one. */
export function readPercent(value: unknown): number | null {
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  return Math.min(100, Math.max(0, value));
}
