import { IDENTITY_FIELDS, type JsonObject, type JsonValue } from "@playhead/core";
import type { TaskNode } from "./task-node.ts";

/** The fields that are repeated flat on each event of a task (SPEC §4), as far as they are known. */
export function identityOf(task: Pick<TaskNode, "kind" | "id" | "title" | "fields" | "parent">): JsonObject {
  const names = Object.hasOwn(IDENTITY_FIELDS, task.kind) ? (IDENTITY_FIELDS[task.kind] ?? []) : [];
  const identity: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = task.fields[name] ?? impliedIdentity(task, name);
    if (value !== undefined && value !== null) identity[name] = value;
  }
  return identity;
}

/** What a task is, when its fields do not say: its own id, or what its parent is. */
function impliedIdentity(
  { kind, id, title, parent }: Pick<TaskNode, "kind" | "id" | "title" | "parent">,
  name: string,
) {
  if (kind === "stage" && name === "stage") return title;
  const isOwnId = name === "id" || name === `${kind}_id`;
  if (isOwnId) return id;
  for (let above = parent; above !== null; above = above.parent) {
    if (above.identity[name] !== undefined) return above.identity[name];
  }
  return undefined;
}

/** The data of the event that brings a task into being. */
export function createdData(task: TaskNode): JsonObject {
  const { parent, kind, title, weight, fields } = task;
  return { parent_id: parent?.id ?? null, kind, title, weight, fields };
}

/** The data of the event that a task has started. */
export function startedData(task: TaskNode): JsonObject {
  const { kind, title, fields, clipChildren } = task;
  if (kind === "scene") {
    const style_count = fields.style_count ?? (clipChildren > 0 ? clipChildren : undefined);
    return {
      state: "processing",
      scene_title: title,
      ...picked(fields, ["start_sec", "duration_sec"]),
      ...present({ style_count }),
    };
  }
  if (kind === "stage") return { state: "processing", ...picked(fields, ["file_size_bytes", "video_count"]) };
  return { state: "processing" };
}

/** What the end of a task of a kind says beside its state, at `nowMs` of the worker's clock. */
export function endedData(task: TaskNode, details: JsonObject | null, nowMs: number): JsonObject {
  const { kind, title, fields, clips, artifacts, startedMs } = task;
  const told = details === null ? {} : { details };
  switch (kind) {
    case "scene":
      return { ...told, clips_completed: clips.completed, clips_failed: clips.failed };
    case "stage": {
      const known = { ...fields, ...details };
      const duration_ms = startedMs > 0 ? Math.max(0, nowMs - startedMs) : 0;
      return { ...told, duration_ms, ...picked(known, ["file_size_bytes", "video_count"]) };
    }
    case "video":
      return { ...told, title, artifacts: artifacts.map((artifact) => ({ ...artifact })) };
    default:
      return told;
  }
}

function picked(fields: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}

function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
