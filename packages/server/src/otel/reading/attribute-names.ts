import type { JsonObject } from "@playhead/core";

/** The attributes by which a program tells Playhead what its spans and records are (docs/opentelemetry.md). */
export const JOB_ID = "playhead.job_id";
export const JOB_KIND = "playhead.job.kind";
export const JOB_TITLE = "playhead.job.title";
export const USER_ID = "playhead.user_id";
export const TASK_KIND = "playhead.task.kind";
export const TASK_ID = "playhead.task_id";
export const TASK_TITLE = "playhead.task.title";
export const TASK_PARENT = "playhead.task.parent_id";
export const TASK_WEIGHT = "playhead.task.weight";
export const STAGE = "playhead.stage";
export const PROGRESS = "playhead.progress";
export const STATE = "playhead.state";

/** A text that says something. */
export function textAt(attributes: JsonObject, name: string, most = 500): string | null {
  const value = attributes[name];
  return typeof value === "string" && value !== "" && value.length <= most ? value : null;
}

/** A share of the work, 0..1; null where there is none. */
export function progressAt(attributes: JsonObject): number | null {
  const value = attributes[PROGRESS];
  return typeof value === "number" && value >= 0 && value <= 1 ? value : null;
}
