import type { Job, Task } from "./job.ts";
import { NO_PROGRESS } from "./progress-fields.ts";
import { NO_TASKS } from "./task-counts.ts";

/** A job that is folded in place. Whoever holds one owns it; tasks and arrays inside are still replaced, not changed. */
export type JobDraft = { -readonly [Field in keyof Omit<Job, "tasks">]: Job[Field] } & { tasks: Map<string, Task> };

/** The job before its first event. */
export function emptyJob(jobId: string): Job {
  return {
    job_id: jobId,
    tenant_id: "default",
    kind: "job",
    title: jobId,
    user_id: null,
    metadata: {},
    state: "pending",
    reason: null,
    attempt: 1,
    retry_of: null,
    worker: null,
    correlation_id: "",
    created_at: "",
    started_at: null,
    ended_at: null,
    paused_ms: 0,
    paused_since: null,
    limited_ms: 0,
    limited_since: null,
    liveness: "ok",
    liveness_since: null,
    liveness_reason: null,
    rate_limited: false,
    processing_deadline_ms: null,
    seq: 0,
    tick: 0,
    progress: NO_PROGRESS,
    counts: NO_TASKS,
    artifacts: [],
    errors: [],
    error: null,
    summary: null,
    tasks: new Map(),
  };
}

/** A draft that starts as a copy of the job. */
export function draftOf(job: Job): JobDraft {
  return { ...job, tasks: new Map(job.tasks) };
}
