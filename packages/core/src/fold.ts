import { EVENT_TYPES, type PlayheadEvent } from "./event.ts";
import { addArtifact, cancelWithJob, foldTaskFact, foldTaskTick, newTask } from "./fold-task.ts";
import { type Job, MAX_ERRORS, type Task, type ViewedError } from "./job.ts";
import { isFinalJobState, isJobState, JOB_TRANSITIONS, type JobState } from "./job-state.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { NO_PROGRESS, progressFromCounts, readProgress } from "./progress-fields.ts";
import { isDeliverable, moveCount, NO_TASKS } from "./task-counts.ts";
import { readArtifact, readError } from "./task-data.ts";
import { isFinalTaskState, type TaskState } from "./task-state.ts";

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
    correlation_id: "",
    created_at: "",
    started_at: null,
    ended_at: null,
    paused_ms: 0,
    paused_since: null,
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

/** Where an event stands to a job: the next one, one that is known already, or one behind a gap (then: resync). */
export function positionOf(job: Pick<Job, "seq" | "tick">, event: PlayheadEvent): "next" | "known" | "gap" {
  if (event.tick !== undefined) {
    if (event.seq > job.seq) return "gap";
    return event.tick > job.tick ? "next" : "known";
  }
  if (event.seq === job.seq + 1) return "next";
  return event.seq <= job.seq ? "known" : "gap";
}

/**
 * The job after an event: the one reducer that server, browser, command line and tests share. An event that is known
 * already, or stands behind a gap, or changes nothing, returns the same reference.
 */
export function fold(job: Job, event: PlayheadEvent): Job {
  return foldAll(job, [event]);
}

/** The job after several events, in order; copies once, however many they are. */
export function foldAll(job: Job, events: Iterable<PlayheadEvent>): Job {
  let draft: JobDraft | null = null;
  for (const event of events) {
    if (positionOf(draft ?? job, event) !== "next") continue;
    draft ??= draftOf(job);
    applyEvent(draft, event);
  }
  return draft ?? job;
}

/** A draft that starts as a copy of the job. */
export function draftOf(job: Job): JobDraft {
  return { ...job, tasks: new Map(job.tasks) };
}

/** Folds an event that is {@link positionOf | next} into a draft. */
export function applyEvent(job: JobDraft, event: PlayheadEvent): void {
  if (event.tick !== undefined) {
    job.tick = event.tick;
    if (!isFinalJobState(job.state)) applyTick(job, event);
    return;
  }
  job.seq = event.seq;
  if (EVENT_TYPES[event.type].subject === "task") applyTaskFact(job, event);
  else applyJobFact(job, event);
}

function applyTick(job: JobDraft, event: PlayheadEvent): void {
  const { data } = event;
  if (event.type === "job.progress") {
    const read = readProgress(data);
    const percent = Math.max(job.progress.percent_complete, read.percent_complete ?? 0);
    job.progress = { ...job.progress, ...read, percent_complete: percent };
    return;
  }
  const task = typeof data.task_id === "string" ? job.tasks.get(data.task_id) : undefined;
  if (task !== undefined) job.tasks.set(task.task_id, foldTaskTick(task, data));
}

function applyTaskFact(job: JobDraft, event: PlayheadEvent): void {
  const { data } = event;
  if (typeof data.task_id !== "string" || isFinalJobState(job.state)) return;
  const known = job.tasks.get(data.task_id);
  const before = known ?? newTask(event);
  if (before === null) return;
  if (known === undefined) admit(job, before);
  const after = foldTaskFact(before, event);
  job.tasks.set(after.task_id, after);
  if (after.state !== before.state) recount(job, after, before.state, after.state);
  if (after.error !== null && after.error !== before.error) addError(job, after.error);
  if (after.step !== null && after.step !== before.step) job.progress = { ...job.progress, current_step: after.step };
}

/** Enters a new task into the tree and the counts. */
function admit(job: JobDraft, task: Task): void {
  job.tasks.set(task.task_id, task);
  const parent = task.parent_id === null ? undefined : job.tasks.get(task.parent_id);
  if (parent !== undefined) {
    job.tasks.set(parent.task_id, { ...parent, child_count: parent.child_count + 1 });
    // With its first child a task stops being a leaf.
    if (parent.child_count === 0) {
      job.counts = { ...job.counts, leaves: moveCount(job.counts.leaves, parent.state, null) };
    }
  }
  recount(job, task, null, task.state);
}

function recount(job: JobDraft, task: Task, from: TaskState | null, to: TaskState): void {
  const { counts } = job;
  const spentMs = to === "completed" ? elapsedMs(task.started_at, task.ended_at) : 0;
  const deliverable = isDeliverable(task.kind);
  const leaf = task.child_count === 0;
  job.counts = {
    deliverables: deliverable ? moveCount(counts.deliverables, from, to) : counts.deliverables,
    leaves: leaf ? moveCount(counts.leaves, from, to) : counts.leaves,
    deliverable_ms: counts.deliverable_ms + (deliverable ? spentMs : 0),
    leaf_ms: counts.leaf_ms + (leaf ? spentMs : 0),
  };
  job.progress = { ...job.progress, ...progressFromCounts(job.counts) };
}

function applyJobFact(job: JobDraft, event: PlayheadEvent): void {
  const { data, ts, type } = event;
  switch (type) {
    case "job.created":
      if (event.seq === 1) define(job, event);
      return;
    case "job.updated":
      update(job, data);
      return;
    case "job.state_changed":
      if (isJobState(data.new_state)) changeState(job, data.new_state, ts, data);
      return;
    case "job.artifact_added": {
      const artifact = readArtifact(data);
      if (artifact !== null) job.artifacts = addArtifact(job.artifacts, artifact);
      return;
    }
    case "job.completed":
    case "job.canceled":
    case "job.failed":
      conclude(job, event);
      return;
  }
}

function define(job: JobDraft, event: PlayheadEvent): void {
  const { data } = event;
  const text = (value: unknown, otherwise: string) => (typeof value === "string" && value !== "" ? value : otherwise);
  job.tenant_id = text(data.tenant_id, job.tenant_id);
  job.kind = text(data.kind, job.kind);
  job.title = text(data.title, job.title);
  job.user_id = typeof data.user_id === "string" ? data.user_id : null;
  job.metadata = isJsonObject(data.metadata) ? data.metadata : {};
  job.attempt = typeof data.attempt === "number" ? data.attempt : 1;
  job.retry_of = typeof data.retry_of === "string" ? data.retry_of : null;
  job.correlation_id = event.correlation_id;
  job.created_at = event.ts;
  update(job, data);
}

function update(job: JobDraft, data: JsonObject): void {
  if (typeof data.title === "string") job.title = data.title;
  if (typeof data.rate_limited === "boolean") job.rate_limited = data.rate_limited;
  if (typeof data.processing_deadline_ms === "number") job.processing_deadline_ms = data.processing_deadline_ms;
  const { rate_limited, processing_deadline_ms } = job;
  job.progress = { ...job.progress, rate_limited, processing_deadline_ms };
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
  job.state = state;
  job.reason = typeof data.reason === "string" ? data.reason : null;
  if (isFinalJobState(state)) end(job, state, ts);
}

/** Everything still open ends with its job, so that a job that has ended has no open task. */
function end(job: JobDraft, state: JobState, ts: string): void {
  job.ended_at = ts;
  for (const task of job.tasks.values()) {
    if (isFinalTaskState(task.state)) continue;
    const canceled = cancelWithJob(task, ts, job.reason ?? `job ${state}`);
    job.tasks.set(task.task_id, canceled);
    recount(job, canceled, task.state, "canceled");
  }
  const done = state === "completed";
  job.progress = {
    ...job.progress,
    percent_complete: done ? 100 : job.progress.percent_complete,
    eta_ms: done ? 0 : null,
    eta_low_ms: done ? 0 : null,
    eta_high_ms: done ? 0 : null,
    estimated_completion: done ? ts : null,
    current_step: null,
  };
}

function conclude(job: JobDraft, event: PlayheadEvent): void {
  const { data, ts } = event;
  if (isJsonObject(data.summary)) job.summary = data.summary;
  const error = readError(data, ts, null);
  if (error === null) return;
  job.error = error;
  addError(job, error);
}

function addError(job: JobDraft, error: ViewedError): void {
  job.errors = [...job.errors, error].slice(-MAX_ERRORS);
  job.progress = { ...job.progress, errors_encountered: job.progress.errors_encountered + 1 };
}

function elapsedMs(from: string | null, to: string | null): number {
  return from === null || to === null ? 0 : Math.max(0, Date.parse(to) - Date.parse(from));
}
