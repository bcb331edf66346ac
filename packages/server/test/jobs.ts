import { draftOf, emptyJob, foldAll, type Job, type JsonObject, type PlayheadEvent } from "@playhead/core";

/** When the time of tests begins. */
export const START_MS = Date.parse("2026-11-21T10:42:00.000Z");

/** Facts of a job, numbered from 1, a second apart. */
export function factsOf(
  jobId: string,
  facts: readonly (readonly [PlayheadEvent["type"], JsonObject])[],
): PlayheadEvent[] {
  return facts.map(([type, data], index) => ({
    type,
    ts: new Date(START_MS + index * 1_000).toISOString(),
    job_id: jobId,
    seq: index + 1,
    correlation_id: "0af7651916cd43dd8448eb211c80319c",
    data,
  }));
}

/** The job after these facts. */
export function jobOf(jobId: string, facts: readonly (readonly [PlayheadEvent["type"], JsonObject])[]): Job {
  return foldAll(draftOf(emptyJob(jobId)), factsOf(jobId, facts));
}

/** A job that runs, with two tasks under one. */
export function runningJob(jobId: string): Job {
  return jobOf(jobId, [
    ["job.created", { kind: "clips", title: "Episode 12" }],
    ["job.state_changed", { prior_state: "pending", new_state: "running" }],
    ["task.created", { task_id: "s1", parent_id: null, kind: "scene", title: "Scene", weight: null }],
    ["task.created", { task_id: "c1", parent_id: "s1", kind: "clip", title: "One", weight: null }],
    ["task.created", { task_id: "c2", parent_id: "s1", kind: "clip", title: "Two", weight: null }],
    ["clip.progress", { task_id: "c1", step: "rendering" }],
  ]);
}

/** A job that has completed. */
export function completedJob(jobId: string): Job {
  return jobOf(jobId, [
    ["job.created", { kind: "clips", title: "Episode 12" }],
    ["job.state_changed", { prior_state: "pending", new_state: "running" }],
    ["job.state_changed", { prior_state: "running", new_state: "completing" }],
    ["job.state_changed", { prior_state: "completing", new_state: "completed" }],
    ["job.completed", { summary: {} }],
  ]);
}
