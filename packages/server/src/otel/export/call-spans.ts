import type { Job, LogEntry, LogLevel } from "@playhead/core";
import { type JobSpanIds, ofJob } from "./job-spans.ts";
import { attributesOf, type LogData, type SpanData } from "./span-data.ts";

/** The conventions' numbers of our levels. */
const SEVERITIES: Readonly<Record<LogLevel, number>> = { debug: 5, info: 9, warning: 13, error: 17, critical: 21 };

/** The span that a call is. @param parentSpanId within what was exported */
export function callSpan(entry: LogEntry, traceId: string, parentSpanId: string): SpanData {
  const { error_details: error, category, metadata } = entry;
  const startMs = Date.parse(entry.timestamp);
  return {
    traceId,
    spanId: entry.span_id as string,
    parentSpanId,
    name: entry.function_name ?? "call",
    kind: category === "api" || category === "db" ? "client" : "internal",
    startMs,
    endMs: startMs + (entry.duration ?? 0),
    attributes: {
      ...attributesOf(metadata),
      ...attributesOf({
        "code.function.name": category === "function" ? entry.function_name : null,
        "playhead.job_id": entry.job_id,
        "playhead.task_id": entry.task_id,
        "playhead.stage": entry.stage,
        "playhead.user_id": entry.user_id,
        "playhead.call.category": category,
        "playhead.call.parameters": entry.parameters,
        "playhead.call.result": entry.result_summary,
        "playhead.call.memory_bytes": entry.memory_usage,
        "error.type": error === null ? null : (error.code ?? error.class),
      }),
    },
    // Deprecated as events, and still what most receivers show: an error is also told as a log record.
    events:
      error === null
        ? []
        : [
            {
              name: "exception",
              atMs: startMs + (entry.duration ?? 0),
              attributes: attributesOf({
                "exception.type": error.class,
                "exception.message": error.message,
                "exception.stacktrace": error.stack,
              }),
            },
          ],
    links: [],
    error: error === null ? null : error.message,
  };
}

/** A line of a job's log; of a call that failed, its exception as the conventions have it. */
export function logOf(entry: LogEntry, job: Job, ids: JobSpanIds): LogData {
  const { error_details: error, task_id: taskId } = entry;
  const isCall = entry.event_type !== "log";
  return {
    traceId: job.correlation_id,
    spanId: entry.span_id ?? (taskId === null ? ids.job : ids.ofTask(taskId)),
    atMs: Date.parse(entry.timestamp) + (isCall ? (entry.duration ?? 0) : 0),
    severity: SEVERITIES[entry.level],
    severityText: entry.level,
    body: entry.message,
    attributes: {
      ...attributesOf(isCall ? {} : entry.metadata),
      ...attributesOf({
        "log.record.uid": String(entry.entry_id),
        "playhead.logger": entry.logger,
        ...ofJob(job),
        "playhead.task_id": taskId,
        "playhead.stage": entry.stage,
        "playhead.user_id": entry.user_id,
        "code.function.name": entry.function_name,
        "exception.type": error?.class,
        "exception.message": error?.message,
        "exception.stacktrace": error?.stack,
      }),
    },
  };
}
