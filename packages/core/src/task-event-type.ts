import type { EventType } from "./event.ts";

/** What can happen to a task. */
export type TaskChange =
  | "created"
  | "started"
  | "step_changed"
  | "progressed"
  | "retried"
  | "artifact_added"
  | "completed"
  | "failed"
  | "skipped"
  | "canceled";

const GENERIC: Readonly<Record<TaskChange, EventType>> = {
  created: "task.created",
  started: "task.started",
  step_changed: "task.step_changed",
  progressed: "progress.updated",
  retried: "task.retried",
  artifact_added: "task.artifact_added",
  completed: "task.completed",
  failed: "task.failed",
  skipped: "task.skipped",
  canceled: "task.canceled",
};

/** Kinds of task that have names of their own for some of what happens to them (SPEC §4). */
const NAMED: Readonly<Record<string, Partial<Record<TaskChange, EventType>>>> = {
  // A scene has ended when all its clips have; how many failed is in the data.
  scene: { started: "scene.started", completed: "scene.completed", failed: "scene.completed" },
  // A clip's end is its last step: `complete` or `failed`.
  clip: {
    step_changed: "clip.progress",
    progressed: "clip.progress",
    completed: "clip.progress",
    failed: "clip.progress",
    artifact_added: "clip.uploaded",
  },
  video: {
    created: "video.created",
    started: "video.updated",
    step_changed: "video.updated",
    progressed: "video.updated",
    completed: "video.completed",
    failed: "video.failed",
    skipped: "video.skipped",
    canceled: "video.canceled",
  },
  stage: { started: "stage.started", completed: "stage.completed", failed: "stage.failed" },
};

/** The type of the event that says that `change` happened to a task of this kind. */
export function taskEventType(kind: string, change: TaskChange): EventType {
  const named = Object.hasOwn(NAMED, kind) ? NAMED[kind]?.[change] : undefined;
  return named ?? GENERIC[change];
}

/** The fields of a task that are repeated flat on each of its events, so that the simplest client needs no memory. */
export const IDENTITY_FIELDS: Readonly<Record<string, readonly string[]>> = {
  scene: ["scene_id"],
  clip: ["scene_id", "style", "clip_id"],
  video: ["id"],
  stage: ["stage"],
};
