import type { ErrorDetails, LogEntry } from "@playhead/core";
import type { EntryRow } from "./telemetry-store.ts";

/** A row as everyone sees it: in the API, in files, in exports. */
export function logEntryOf(row: EntryRow, entryId: number): LogEntry {
  const { parameters, result_summary, error_details, metadata } = row.body;
  return {
    entry_id: entryId,
    timestamp: new Date(row.tsMs).toISOString(),
    tenant_id: row.tenantId,
    session_id: row.sessionId,
    event_type: row.eventType,
    level: row.level,
    logger: row.logger,
    function_name: row.functionName,
    category: row.category,
    message: row.message,
    duration: row.durationMs,
    parameters: parameters ?? null,
    result_summary: result_summary ?? null,
    // It was checked to be one before it became a row.
    error_details: (error_details as ErrorDetails | undefined) ?? null,
    memory_usage: row.memoryBytes,
    metadata: metadata ?? {},
    job_id: row.jobId,
    task_id: row.taskId,
    trace_id: row.traceId,
    span_id: row.spanId,
    parent_span_id: row.parentSpanId,
    stage: row.stage,
    user_id: row.userId,
  };
}
