import type { ExecutionEnded, ExecutionStarted, JsonObject, LogRecordData, ObservationRecord } from "@playhead/core";
import type { EntryRow, SampleRow, TotalsRow } from "../store/telemetry-store.ts";

/** Where an observation was made, as the server knows it. */
export interface ObservedBy {
  readonly tenantId: string;
  /** Names the reporter among all others. */
  readonly source: string;
  /** The trace of the job that it names, for records that say none. */
  readonly traceId: string | null;
}

/** What becomes of an observation in the store. */
export type ObservationRow =
  | { readonly kind: "entry"; readonly row: EntryRow }
  | { readonly kind: "totals"; readonly row: TotalsRow }
  | { readonly kind: "sample"; readonly row: SampleRow };

/** Who speaks where a line does not say it. */
const DEFAULT_LOGGER = "app";
/** Who tells of calls. */
const CALLS_LOGGER = "monitor";
const MINUTE_MS = 60_000;

/** The row that an observation makes. */
export function rowOf(record: ObservationRecord, by: ObservedBy): ObservationRow {
  switch (record.type) {
    case "log":
      return { kind: "entry", row: lineRow(record, record.data, by) };
    case "function.started":
      return { kind: "entry", row: { ...callRow(record, record.data, by), eventType: "start" } };
    case "function.completed":
    case "function.failed":
      return { kind: "entry", row: endedRow(record, record.data, by) };
    case "function.summarized": {
      const tsMs = Date.parse(record.ts);
      return {
        kind: "totals",
        row: { tenantId: by.tenantId, minuteMs: tsMs - (tsMs % MINUTE_MS), totals: record.data },
      };
    }
    case "system.sampled":
      return {
        kind: "sample",
        row: { tenantId: by.tenantId, source: by.source, tsMs: Date.parse(record.ts), sample: record.data },
      };
  }
}

/** What all entries have in common; a call's and a line's own come on top. */
function entryRow(record: ObservationRecord, { tenantId, source, traceId }: ObservedBy): EntryRow {
  return {
    tenantId,
    tsMs: Date.parse(record.ts),
    eventType: "log",
    level: "debug",
    logger: DEFAULT_LOGGER,
    category: null,
    functionName: null,
    message: "",
    durationMs: null,
    sessionId: record.job_id ?? source,
    jobId: record.job_id ?? null,
    taskId: null,
    traceId: record.correlation_id ?? traceId,
    spanId: null,
    parentSpanId: null,
    stage: null,
    userId: null,
    memoryBytes: null,
    body: {},
  };
}

function lineRow(record: ObservationRecord, line: LogRecordData, by: ObservedBy): EntryRow {
  return {
    ...entryRow(record, by),
    level: line.level,
    logger: line.logger ?? DEFAULT_LOGGER,
    functionName: line.function_name ?? null,
    message: line.message,
    taskId: line.task_id ?? null,
    spanId: line.span_id ?? null,
    stage: line.stage ?? null,
    userId: line.user_id ?? null,
    body: line.fields === undefined ? {} : { metadata: line.fields },
  };
}

function callRow(record: ObservationRecord, call: ExecutionStarted, by: ObservedBy): EntryRow {
  return {
    ...entryRow(record, by),
    logger: CALLS_LOGGER,
    category: call.category,
    functionName: call.name,
    message: call.name,
    taskId: call.task_id ?? null,
    spanId: call.span_id,
    parentSpanId: call.parent_span_id,
    stage: call.stage ?? null,
    userId: call.user_id ?? null,
    body: {
      ...(call.parameters !== undefined && { parameters: call.parameters }),
      ...(call.metadata !== undefined && { metadata: call.metadata }),
    },
  };
}

function endedRow(record: ObservationRecord, call: ExecutionEnded, by: ObservedBy): EntryRow {
  const row = callRow(record, call, by);
  const { error, result_summary } = call;
  const metadata = { ...call.metadata, ...costOf(call) };
  return {
    ...row,
    eventType: error === undefined ? "complete" : "error",
    level: error === undefined ? "debug" : "error",
    message: error === undefined ? row.message : `${error.class}: ${error.message}`,
    durationMs: call.duration_ms,
    memoryBytes: call.memory_peak_bytes ?? null,
    body: {
      ...row.body,
      ...(result_summary !== undefined && { result_summary }),
      // Plain JSON, though its type has no index signature.
      ...(error !== undefined && { error_details: error as unknown as JsonObject }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
    },
  };
}

const COSTS = ["cpu_ms", "memory_start_bytes", "memory_end_bytes", "memory_peak_bytes", "event_loop_delay_ms"] as const;

function costOf(call: ExecutionEnded): JsonObject {
  return Object.fromEntries(COSTS.filter((name) => call[name] !== undefined).map((name) => [name, call[name] ?? null]));
}
