import type { Artifact, Job, Task, ViewedError } from "@playhead/core";
import { isOfTrace } from "../trace-mark.ts";
import { type AttributeData, attributesOf, type SpanData } from "./span-data.ts";
import { spanIdOf } from "./span-ids.ts";

/** How a run of a pipeline ended, in the words of the conventions. */
const RESULTS = { completed: "success", failed: "failure", canceled: "cancellation", skipped: "skip" } as const;

/** The spans that stand for a job and its tasks, by their ids. */
export interface JobSpanIds {
  readonly job: string;
  readonly parent: string | null;
  /** The span of a task. */
  readonly ofTask: (taskId: string) => string;
}

/** What goes before: the job that this one tries again. */
export interface EarlierTry {
  readonly traceId: string;
  readonly spanId: string;
}

/** Which job it is; said with all that may be the first that a receiver hears of it. */
export function ofJob({ job_id, kind, title }: Pick<Job, "job_id" | "kind" | "title">) {
  return { "playhead.job_id": job_id, "playhead.job.kind": kind, "playhead.job.title": title };
}

export function jobSpan(job: Job, ids: JobSpanIds, earlier: EarlierTry | null): SpanData {
  const { created_at, started_at, ended_at } = job;
  return {
    traceId: job.correlation_id,
    spanId: ids.job,
    parentSpanId: ids.parent,
    name: `${job.kind} job`,
    kind: "internal",
    startMs: Date.parse(started_at ?? created_at),
    endMs: Date.parse(ended_at ?? started_at ?? created_at),
    attributes: {
      ...attributesOf({
        ...ofJob(job),
        "playhead.job.state": job.state,
        "playhead.job.reason": job.reason,
        "playhead.job.attempt": job.attempt,
        "playhead.job.retry_of": job.retry_of,
        "playhead.job.created_at": created_at,
        "playhead.job.paused_ms": job.paused_ms,
        "playhead.tenant_id": job.tenant_id,
        "playhead.user_id": job.user_id,
        "playhead.worker": job.worker,
        "cicd.pipeline.run.id": job.job_id,
        "cicd.pipeline.result": RESULTS[job.state as keyof typeof RESULTS],
      }),
      ...(isOfTrace(job) ? {} : attributesOf(job.metadata, "playhead.job.metadata.")),
      ...errorAttributes(job.error),
    },
    events: artifactEvents(job.artifacts, Date.parse(ended_at ?? created_at)),
    links: earlier === null ? [] : [earlier],
    error: job.state === "failed" ? (job.error?.error_message ?? job.reason ?? "failed") : null,
  };
}

/** A task's span; null for one that never began: there is nothing to show of it in time. */
export function taskSpan(task: Task, job: Job, ids: JobSpanIds): SpanData | null {
  const { started_at, ended_at, parent_id } = task;
  if (started_at === null || ended_at === null) return null;
  return {
    traceId: job.correlation_id,
    spanId: ids.ofTask(task.task_id),
    parentSpanId: parent_id !== null && job.tasks.has(parent_id) ? ids.ofTask(parent_id) : ids.job,
    name: task.title === "" ? task.kind : `${task.kind} ${task.title}`,
    kind: "internal",
    startMs: Date.parse(started_at),
    endMs: Date.parse(ended_at),
    attributes: {
      ...attributesOf({
        ...ofJob(job),
        "playhead.task_id": task.task_id,
        "playhead.task.kind": task.kind,
        "playhead.task.title": task.title,
        "playhead.task.parent_id": parent_id,
        "playhead.task.weight": task.weight,
        "playhead.task.attempt": task.attempt,
        "playhead.task.state": task.state,
        "playhead.state": task.state === "canceled" || task.state === "skipped" ? task.state : null,
        "playhead.task.reason": task.reason,
        "cicd.pipeline.task.run.result": RESULTS[task.state as keyof typeof RESULTS],
      }),
      ...attributesOf(task.fields, "playhead.task.fields."),
      ...errorAttributes(task.state === "failed" ? task.error : null),
    },
    events: [
      ...task.steps.map(({ step, started_at: since, details }) => ({
        name: "playhead.step",
        atMs: Date.parse(since),
        attributes: { ...attributesOf({ "playhead.step": step }), ...attributesOf(details ?? {}, "playhead.step.") },
      })),
      ...artifactEvents(task.artifacts, Date.parse(ended_at)),
    ],
    links: [],
    error: task.state === "failed" ? (task.error?.error_message ?? "failed") : null,
  };
}

/** Nobody notes when something was made: it was there at the end. */
function artifactEvents(artifacts: readonly Artifact[], endedMs: number): SpanData["events"] {
  return artifacts.map(({ type, name, url, size_bytes }) => ({
    name: "playhead.artifact",
    atMs: endedMs,
    attributes: attributesOf({ type, name, url, size_bytes }, "playhead.artifact."),
  }));
}

/** The spans that stand for tasks of jobs that came in by OpenTelemetry are theirs; all others are made up. */
export function madeUpTaskId(jobId: string, taskId: string): string {
  return spanIdOf(jobId, taskId);
}

function errorAttributes(error: ViewedError | null): AttributeData {
  if (error === null) return {};
  return attributesOf({
    "error.type": error.error_code,
    "exception.message": error.error_message,
    "playhead.error_class": error.error_class,
    "playhead.error_hint": error.hint,
  });
}
