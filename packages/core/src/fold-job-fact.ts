import { elapsedMs } from "./elapsed.ts";
import type { PlayheadEvent } from "./event.ts";
import { addArtifact, cancelWithJob } from "./fold-task.ts";
import { holdsAllOpenTasks, MAX_ERRORS, MAX_PRIORITY, type ViewedError } from "./job.ts";
import type { JobDraft } from "./job-draft.ts";
import { itemsPerMinute, workingMs } from "./job-progress.ts";
import { isFinalJobState, isJobState, JOB_TRANSITIONS, type JobState } from "./job-state.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { isLiveness, type Liveness } from "./liveness.ts";
import { withCounts } from "./progress-fields.ts";
import { cancelOpen } from "./task-counts.ts";
import { readArtifact, readArtifacts, readError } from "./task-data.ts";
import { isFinalTaskState } from "./task-state.ts";

/** Folds a fact about the job itself into a draft. A job that has ended takes only the word on how it ended. */
export function applyJobFact(job: JobDraft, event: PlayheadEvent): void {
  const { data, ts, type } = event;
  if (type === "job.completed" || type === "job.canceled" || type === "job.failed") {
    if (type === `job.${job.state}`) conclude(job, event);
    return;
  }
  if (isFinalJobState(job.state)) return;
  switch (type) {
    case "job.created":
      if (event.seq === 1) define(job, event);
      return;
    case "job.updated":
      update(job, data);
      countLimit(job, ts);
      return;
    case "job.liveness_changed":
      if (isLiveness(data.liveness)) setLiveness(job, data.liveness, ts, readText(data.reason));
      return;
    case "job.state_changed":
      if (isJobState(data.new_state)) changeState(job, data.new_state, ts, data);
      return;
    case "job.artifact_added": {
      const artifact = readArtifact(data.artifact);
      if (artifact !== null) job.artifacts = addArtifact(job.artifacts, artifact);
      return;
    }
  }
}

/** Counts an error, and keeps it among the newest. */
export function addError(job: JobDraft, error: ViewedError): void {
  job.errors = [...job.errors, error].slice(-MAX_ERRORS);
  job.progress = { ...job.progress, errors_encountered: job.progress.errors_encountered + 1 };
}

function define(job: JobDraft, event: PlayheadEvent): void {
  const { data } = event;
  job.tenant_id = readText(data.tenant_id) ?? job.tenant_id;
  job.kind = readText(data.kind) ?? job.kind;
  job.user_id = readText(data.user_id);
  job.metadata = isJsonObject(data.metadata) ? data.metadata : {};
  job.attempt = Number.isSafeInteger(data.attempt) ? Math.max(1, data.attempt as number) : 1;
  job.retry_of = readText(data.retry_of);
  // Absent unless they were said, as in jobs of earlier versions.
  const firstAttempt = readText(data.first_attempt);
  if (firstAttempt !== null) job.first_attempt = firstAttempt;
  if (isWholeWithin(data.priority, -MAX_PRIORITY, MAX_PRIORITY)) job.priority = data.priority;
  if (isWholeWithin(data.max_attempts, 1, Number.MAX_SAFE_INTEGER)) job.max_attempts = data.max_attempts;
  const notBefore = readText(data.not_before);
  if (notBefore !== null) job.not_before = notBefore;
  job.worker = readText(data.worker);
  job.correlation_id = event.correlation_id;
  job.created_at = event.ts;
  update(job, data);
}

function isWholeWithin(value: unknown, from: number, to: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to;
}

function update(job: JobDraft, data: JsonObject): void {
  job.title = readText(data.title) ?? job.title;
  if (typeof data.rate_limited === "boolean") job.rate_limited = data.rate_limited;
  if (data.processing_deadline_ms === null || typeof data.processing_deadline_ms === "number") {
    job.processing_deadline_ms = data.processing_deadline_ms;
  }
  const { rate_limited, processing_deadline_ms } = job;
  job.progress = { ...job.progress, rate_limited, processing_deadline_ms };
}

function setLiveness(job: JobDraft, liveness: Liveness, ts: string, reason: string | null): void {
  job.liveness = liveness;
  job.liveness_since = liveness === "ok" ? null : ts;
  job.liveness_reason = liveness === "ok" ? null : reason;
}

function readText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function changeState(job: JobDraft, state: JobState, ts: string, data: JsonObject): void {
  if (!JOB_TRANSITIONS[job.state][state]) return;
  if (job.paused_since !== null) {
    job.paused_ms += elapsedMs(job.paused_since, ts);
    job.paused_since = null;
  }
  if (state === "paused") job.paused_since = ts;
  if (state === "running" && job.started_at === null) {
    job.started_at = ts;
    job.progress = { ...job.progress, start_time: ts, time_to_start_ms: elapsedMs(job.created_at, ts) };
  }
  job.worker = readText(data.worker) ?? job.worker;
  job.state = state;
  job.reason = readText(data.reason);
  countLimit(job, ts);
  if (isFinalJobState(state)) end(job, state, ts);
}

/** Ends the wait that was counted, and begins the one that is: a job that is limited waits only while it could run. */
function countLimit(job: JobDraft, ts: string): void {
  // A job that was stored before these fields were has neither.
  const { limited_ms = 0, limited_since = null } = job;
  job.limited_ms = limited_ms + (limited_since === null ? 0 : elapsedMs(limited_since, ts));
  job.limited_since = job.rate_limited && job.state === "running" ? ts : null;
}

/** Everything still open ends with its job, so that a job that has ended has no open task. */
function end(job: JobDraft, state: JobState, ts: string): void {
  job.ended_at = ts;
  setLiveness(job, "ok", ts, null);
  for (const task of job.tasks.values()) {
    if (!isFinalTaskState(task.state)) {
      job.tasks.set(task.task_id, cancelWithJob(task, ts, job.reason ?? `job ${state}`));
    }
  }
  endProgress(job, state === "completed", ts);
}

function endProgress(job: JobDraft, completed: boolean, ts: string): void {
  // Where open tasks were left out of a snapshot, what ticks told of them is canceled with the rest.
  const { items_canceled, items_pending, total_steps } = job.progress;
  job.counts = cancelOpen(job.counts);
  const counted = holdsAllOpenTasks(job)
    ? withCounts(job.progress, job.counts)
    : {
        ...job.progress,
        items_canceled: items_canceled + items_pending,
        items_pending: 0,
        steps_completed: total_steps,
      };
  delete job.open_tasks_omitted;
  job.progress = {
    ...counted,
    percent_complete: completed ? 100 : counted.percent_complete,
    // Out of facts alone, so that it is the same for who missed the last tick.
    items_per_minute: itemsPerMinute(counted.items_completed, workingMs(job, Date.parse(ts))),
    eta_ms: completed ? 0 : null,
    eta_low_ms: completed ? 0 : null,
    eta_high_ms: completed ? 0 : null,
    estimated_completion: completed ? ts : null,
    current_step: null,
  };
}

function conclude(job: JobDraft, event: PlayheadEvent): void {
  const { data, ts } = event;
  if (isJsonObject(data.summary)) job.summary = data.summary;
  for (const artifact of readArtifacts(data.artifacts)) job.artifacts = addArtifact(job.artifacts, artifact);
  const error = readError(data, ts, null);
  if (error === null) return;
  job.error = error;
  addError(job, error);
}
