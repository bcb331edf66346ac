import type { LogEntry } from "@playhead/core";

/** A line that someone wrote, outside of any job; `more` stands over what it says. */
export function logEntry(more: Partial<LogEntry> = {}): LogEntry {
  return {
    entry_id: 1,
    timestamp: "2026-11-21T10:42:00.000Z",
    tenant_id: "default",
    session_id: "w",
    event_type: "log",
    level: "info",
    logger: "app",
    function_name: null,
    category: null,
    message: "hello",
    duration: null,
    parameters: null,
    result_summary: null,
    error_details: null,
    memory_usage: null,
    metadata: {},
    job_id: null,
    task_id: null,
    trace_id: null,
    span_id: null,
    parent_span_id: null,
    stage: null,
    user_id: null,
    ...more,
  };
}
