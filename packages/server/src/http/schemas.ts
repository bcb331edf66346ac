/** The shapes of the API, from which requests are checked and OpenAPI is made. */
import { JOB_STATES, LIVENESS, LOG_LEVELS, TASK_STATES } from "@playhead/core";
import * as z from "zod";

export const timestamp = z.string().meta({ description: "ISO 8601, UTC, milliseconds" });
export const json = z.record(z.string(), z.unknown());
const nullableNumber = z.number().nullable();

export const errorBody = z
  .object({ error_code: z.string(), error_message: z.string(), error_class: z.string(), detail: json })
  .meta({ id: "Error" });

const progress = z
  .object({
    percent_complete: z.number(),
    items_total: z.number(),
    items_completed: z.number(),
    items_failed: z.number(),
    items_skipped: z.number(),
    items_canceled: z.number(),
    items_pending: z.number(),
    time_to_start_ms: nullableNumber,
    time_processing_ms: z.number(),
    average_duration_ms_per_item: nullableNumber,
    items_per_minute: nullableNumber,
    eta_ms: nullableNumber,
    eta_low_ms: nullableNumber,
    eta_high_ms: nullableNumber,
    estimated_completion: timestamp.nullable(),
    rate_limited: z.boolean(),
    processing_deadline_ms: nullableNumber,
    current_step: z.string().nullable(),
    steps_completed: z.number(),
    total_steps: z.number(),
    errors_encountered: z.number(),
    start_time: timestamp.nullable(),
  })
  .meta({ id: "JobProgress" });

const artifact = z
  .object({
    type: z.string(),
    name: z.string(),
    url: z.string().optional(),
    size_bytes: z.number().optional(),
    mime_type: z.string().optional(),
    metadata: json.optional(),
  })
  .meta({ id: "Artifact" });

const viewedError = z
  .object({
    error_code: z.string(),
    error_message: z.string(),
    error_class: z.string(),
    ts: timestamp,
    task_id: z.string().nullable(),
    step: z.string().optional(),
    hint: z.string().optional(),
  })
  .meta({ id: "ViewedError" });

const step = z.object({
  step: z.string(),
  started_at: timestamp,
  ended_at: timestamp.nullable(),
  details: json.optional(),
});

export const task = z
  .object({
    task_id: z.string(),
    parent_id: z.string().nullable(),
    kind: z.string(),
    title: z.string(),
    weight: nullableNumber,
    fields: json,
    state: z.enum(TASK_STATES),
    percent_complete: z.number(),
    step: z.string().nullable(),
    steps: z.array(step).readonly(),
    details: json.nullable(),
    attempt: z.number(),
    artifacts: z.array(artifact).readonly(),
    error: viewedError.nullable(),
    reason: z.string().nullable(),
    created_at: timestamp,
    started_at: timestamp.nullable(),
    ended_at: timestamp.nullable(),
    child_count: z.number(),
  })
  .meta({ id: "Task" });

/** A task of kind `video`, in the words of those who think in videos. */
export const video = z
  .object({
    id: z.string(),
    job_id: z.string(),
    task_id: z.string(),
    title: z.string(),
    state: z.enum(TASK_STATES),
    percent_complete: z.number(),
    step: z.string().nullable(),
    attempt: z.number(),
    fields: json,
    artifacts: z.array(artifact).readonly(),
    errors: z.array(viewedError).readonly(),
    reason: z.string().nullable(),
    created_at: timestamp,
    started_at: timestamp.nullable(),
    completed_at: timestamp.nullable().meta({ description: "When it ended, in whatever way" }),
    time_processing_ms: nullableNumber,
  })
  .meta({ id: "Video" });

const stateCounts = z.record(z.enum(TASK_STATES), z.number());

const waiting = z
  .object({
    reason: z.enum(["in_line", "no_worker", "kind_limit", "rate_limit", "later"]),
    position: z.number().nullable().meta({ description: "1 is the next; null while it is in no line" }),
    message: z.string(),
  })
  .meta({ id: "Waiting", description: "Why a pending job that anyone may take has not begun; else it is missing" });

export const jobSummary = z
  .object({
    job_id: z.string(),
    tenant_id: z.string(),
    kind: z.string(),
    title: z.string(),
    user_id: z.string().nullable(),
    metadata: json,
    state: z.enum(JOB_STATES),
    reason: z.string().nullable(),
    attempt: z.number(),
    retry_of: z.string().nullable(),
    first_attempt: z.string().optional().meta({ description: "Of a retry: the first job of those that try the same" }),
    priority: z.number().optional().meta({ description: "0 where it is missing" }),
    max_attempts: z.number().optional().meta({ description: "1 where it is missing" }),
    not_before: timestamp.optional().meta({ description: "It is not started before" }),
    waiting: waiting.optional(),
    worker: z.string().nullable(),
    correlation_id: z.string(),
    created_at: timestamp,
    started_at: timestamp.nullable(),
    ended_at: timestamp.nullable(),
    paused_ms: z.number(),
    paused_since: timestamp.nullable(),
    limited_ms: z.number(),
    limited_since: timestamp.nullable(),
    liveness: z.enum(LIVENESS),
    liveness_since: timestamp.nullable(),
    liveness_reason: z.string().nullable(),
    rate_limited: z.boolean(),
    processing_deadline_ms: nullableNumber,
    seq: z.number(),
    tick: z.number(),
    progress,
    counts: z.object({
      deliverables: stateCounts,
      leaves: stateCounts,
      deliverable_ms: z.number(),
      leaf_ms: z.number(),
    }),
    artifacts: z.array(artifact).readonly(),
    errors: z.array(viewedError).readonly(),
    error: viewedError.nullable(),
    summary: json.nullable(),
    open_tasks_omitted: z.number().optional(),
    details_removed_at: timestamp
      .optional()
      .meta({ description: "When the tasks and events of a job that ended long ago were let go of" }),
  })
  .meta({ id: "JobSummary" });

export const jobSnapshot = jobSummary
  .extend({ tasks: z.array(task).readonly(), tasks_total: z.number() })
  .meta({ id: "Job" });

/** A job as it is answered. */
export type JobAnswer = z.output<typeof jobSnapshot>;

export const event = z
  .object({
    type: z.string(),
    ts: timestamp,
    job_id: z.string(),
    seq: z.number(),
    tick: z.number().optional(),
    correlation_id: z.string(),
    data: json,
  })
  .meta({ id: "Event" });

export const logLine = z
  .object({
    log_id: z.number(),
    ts: timestamp,
    job_id: z.string(),
    task_id: z.string().nullable(),
    level: z.enum(LOG_LEVELS),
    message: z.string(),
    fields: json,
  })
  .meta({ id: "LogLine" });

/** The name of a tenant. */
export const tenantId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "expected 1 to 64 letters, digits, dashes or underscores");

export const apiKey = z
  .object({
    key_id: z.string(),
    name: z.string(),
    role: z.enum(["admin", "operator", "worker", "viewer", "monitor"]),
    tenant_id: z.string(),
    created_at: timestamp,
    last_used_at: timestamp.nullable().meta({ description: "To the hour" }),
  })
  .meta({ id: "ApiKey" });

export const auditEntry = z
  .object({
    audit_id: z.string(),
    ts: timestamp,
    credential_id: z.string().meta({ description: "The key that did it" }),
    tenant_id: z.string().meta({ description: "Whose things it was about" }),
    action: z.string(),
    target: z.string(),
    address: z.string(),
  })
  .meta({ id: "AuditEntry" });

/** Names of workers; those of the server's own process begin with `local:`, which nobody else may say. */
export const SOURCE = /^(?!local:)[\x21-\x7e]{1,200}$/;

export const workerName = z.string().regex(SOURCE, "expected 1 to 200 printable characters that name the worker");

/** A query parameter that may be repeated. */
export const repeated = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item).optional());

export const pageSize = z.coerce.number().int().min(10).max(200).default(50);
export const pageToken = z.string().max(1_000).optional();
/** Any ISO 8601 time with an offset, as milliseconds. */
export const moment = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .meta({ description: "ISO 8601, with an offset or Z" });
export const jobParams = z.object({ id: z.string().min(1).max(128) });
