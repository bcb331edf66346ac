import { EXECUTION_CATEGORIES, type JsonObject, LOG_EVENT_TYPES, LOG_LEVELS, type LogEntry } from "@playhead/core";
import type { EntryRow } from "./telemetry-store.ts";

/** The columns of `entries`, in the order of {@link EntryTuple}. */
export const ENTRY_COLUMNS = [
  "entry_id",
  "ts_ms",
  "tenant_id",
  "session_id",
  "event_type",
  "level",
  "category",
  "logger",
  "function_name",
  "message",
  "duration_ms",
  "memory_bytes",
  "job_id",
  "task_id",
  "trace_id",
  "span_id",
  "parent_span_id",
  "stage",
  "user_id",
  "result_summary",
  "parameters",
  "error_details",
  "metadata",
] as const;

/** A row of `entries`. Levels and the like are places in core's lists; the last three are JSON. */
export type EntryTuple = [
  entryId: number,
  tsMs: number,
  tenantId: string,
  sessionId: string,
  eventType: number,
  level: number,
  category: number | null,
  logger: string,
  functionName: string | null,
  message: string,
  durationMs: number | null,
  memoryBytes: number | null,
  jobId: string | null,
  taskId: string | null,
  traceId: string | null,
  spanId: string | null,
  parentSpanId: string | null,
  stage: string | null,
  userId: string | null,
  resultSummary: string | null,
  parameters: string | null,
  errorDetails: string | null,
  metadata: string | null,
];

/** A row as the database takes it. */
export function tupleOf(entryId: number, row: EntryRow): EntryTuple {
  const { parameters, result_summary, error_details, metadata } = row.body;
  return [
    entryId,
    row.tsMs,
    row.tenantId,
    row.sessionId,
    LOG_EVENT_TYPES.indexOf(row.eventType),
    LOG_LEVELS.indexOf(row.level),
    row.category === null ? null : EXECUTION_CATEGORIES.indexOf(row.category),
    row.logger,
    row.functionName,
    row.message,
    row.durationMs,
    row.memoryBytes,
    row.jobId,
    row.taskId,
    row.traceId,
    row.spanId,
    row.parentSpanId,
    row.stage,
    row.userId,
    result_summary ?? null,
    parameters === undefined ? null : JSON.stringify(parameters),
    error_details === undefined ? null : JSON.stringify(error_details),
    metadata === undefined ? null : JSON.stringify(metadata),
  ];
}

/** What was stored as a row. @throws SyntaxError where what should be JSON is none */
export function rowOf(tuple: EntryTuple): EntryRow {
  const entry = entryOf(tuple);
  const { parameters, result_summary, error_details } = entry;
  return {
    tenantId: entry.tenant_id,
    tsMs: tuple[1],
    eventType: entry.event_type,
    level: entry.level,
    logger: entry.logger,
    category: entry.category,
    functionName: entry.function_name,
    message: entry.message,
    durationMs: entry.duration,
    sessionId: entry.session_id,
    jobId: entry.job_id,
    taskId: entry.task_id,
    traceId: entry.trace_id,
    spanId: entry.span_id,
    parentSpanId: entry.parent_span_id,
    stage: entry.stage,
    userId: entry.user_id,
    memoryBytes: entry.memory_usage,
    body: {
      ...(parameters !== null && { parameters }),
      ...(result_summary !== null && { result_summary }),
      ...(error_details !== null && { error_details: error_details as unknown as JsonObject }),
      ...(tuple[22] !== null && { metadata: entry.metadata }),
    },
  };
}

/** A row as the LogEntry that it is; its JSON is parsed when someone looks at it. */
export function entryOf(tuple: EntryTuple): LogEntry {
  const parse = (json: string | null) => (json === null ? null : JSON.parse(json));
  return {
    // Of a running call the id is a place among them, negative.
    entry_id: Math.max(0, tuple[0]),
    get timestamp() {
      return new Date(tuple[1]).toISOString();
    },
    tenant_id: tuple[2],
    session_id: tuple[3],
    event_type: LOG_EVENT_TYPES[tuple[4]] ?? "log",
    level: LOG_LEVELS[tuple[5]] ?? "info",
    category: tuple[6] === null ? null : (EXECUTION_CATEGORIES[tuple[6]] ?? null),
    logger: tuple[7],
    function_name: tuple[8],
    message: tuple[9],
    duration: tuple[10],
    memory_usage: tuple[11],
    job_id: tuple[12],
    task_id: tuple[13],
    trace_id: tuple[14],
    span_id: tuple[15],
    parent_span_id: tuple[16],
    stage: tuple[17],
    user_id: tuple[18],
    result_summary: tuple[19],
    get parameters() {
      return parse(tuple[20]);
    },
    get error_details() {
      return parse(tuple[21]);
    },
    get metadata() {
      return parse(tuple[22]) ?? {};
    },
  };
}

/** The JSON of the LogEntry, without parsing what is JSON already. */
export function entryJson(tuple: EntryTuple): string {
  const text = JSON.stringify;
  const [entryId, tsMs, tenant, session, type, level, category, logger, name, message, durationMs, memoryBytes] = tuple;
  return (
    `{"entry_id":${Math.max(0, entryId)},"timestamp":"${new Date(tsMs).toISOString()}","tenant_id":${text(tenant)}` +
    `,"session_id":${text(session)},"event_type":"${LOG_EVENT_TYPES[type]}","level":"${LOG_LEVELS[level]}"` +
    `,"logger":${text(logger)},"function_name":${text(name)}` +
    `,"category":${category === null ? null : text(EXECUTION_CATEGORIES[category])}` +
    `,"message":${text(message)},"duration":${durationMs},"parameters":${tuple[20]}` +
    `,"result_summary":${text(tuple[19])},"error_details":${tuple[21]},"memory_usage":${memoryBytes}` +
    `,"metadata":${tuple[22] ?? "{}"},"job_id":${text(tuple[12])},"task_id":${text(tuple[13])}` +
    `,"trace_id":${text(tuple[14])},"span_id":${text(tuple[15])},"parent_span_id":${text(tuple[16])}` +
    `,"stage":${text(tuple[17])},"user_id":${text(tuple[18])}}`
  );
}
