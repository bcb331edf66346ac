import type { Task } from "@playhead/core";
import type * as z from "zod";
import type { video } from "./schemas.ts";

/** A task of kind `video`, as those see it who think in videos. */
export function videoOf(jobId: string, task: Task): z.output<typeof video> {
  const { fields, started_at, ended_at } = task;
  const spentMs = started_at === null || ended_at === null ? null : Date.parse(ended_at) - Date.parse(started_at);
  return {
    id: typeof fields.id === "string" ? fields.id : task.task_id,
    job_id: jobId,
    task_id: task.task_id,
    title: task.title,
    state: task.state,
    percent_complete: task.percent_complete,
    step: task.step,
    attempt: task.attempt,
    fields,
    artifacts: task.artifacts,
    errors: task.error === null ? [] : [task.error],
    reason: task.reason,
    created_at: task.created_at,
    started_at,
    completed_at: ended_at,
    time_processing_ms: spentMs === null ? null : Math.max(0, spentMs),
  };
}
