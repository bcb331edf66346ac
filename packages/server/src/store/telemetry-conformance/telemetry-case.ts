import type { LogEntry } from "@playhead/core";
import type { ExpectStatic } from "vitest";
import type { EntryRow, TelemetryGroup, TelemetryStore } from "../telemetry-store.ts";

/** A store under test that other cases use, too: each case keeps to tenants of its own. */
export interface TelemetrySetup {
  readonly store: TelemetryStore;
  readonly expect: ExpectStatic;
  readonly tenantId: string;
}

/** A store for one case alone. */
export interface OwnTelemetrySetup extends TelemetrySetup {
  /** Closes the store, if it is not, and opens it again. */
  reopen(options?: { readonly timeZone: string }): Promise<TelemetryStore>;
}

/** One thing that a telemetry store must do. */
export interface TelemetryCase<Setup> {
  readonly name: string;
  readonly run: (setup: Setup) => Promise<void>;
}

/** 2026-11-21T10:00:00.000Z */
export const TEN_MS = Date.UTC(2026, 10, 21, 10);
export const SECOND_MS = 1_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** More than there ever is. */
export const ALL = 100_000;

/** A line of the log; what is not said is as plain as can be. */
export function lineRow(tenantId: string, more: Partial<EntryRow> = {}): EntryRow {
  return {
    tenantId,
    tsMs: TEN_MS,
    eventType: "log",
    level: "info",
    logger: "app",
    category: null,
    functionName: null,
    message: "a line",
    durationMs: null,
    sessionId: "worker-1",
    jobId: null,
    taskId: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
    stage: null,
    userId: null,
    memoryBytes: null,
    body: {},
    ...more,
  };
}

/** A call that ended well. */
export function callRow(tenantId: string, more: Partial<EntryRow> = {}): EntryRow {
  const name = more.functionName ?? "probe";
  const call = { eventType: "complete", level: "debug", category: "function", durationMs: 5 } as const;
  return lineRow(tenantId, { ...call, functionName: name, message: name, ...more });
}

/** A group of entries alone, or with what else is told. */
export function groupOf(entries: readonly EntryRow[], more: Partial<TelemetryGroup> = {}): TelemetryGroup {
  return { entries, totals: [], samples: [], sources: new Map(), ...more };
}

/** The entry that a row has to become. */
export function entryOf(entryId: number, row: EntryRow): LogEntry {
  const { body } = row;
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
    parameters: body.parameters ?? null,
    result_summary: body.result_summary ?? null,
    error_details: (body.error_details ?? null) as LogEntry["error_details"],
    memory_usage: row.memoryBytes,
    metadata: body.metadata ?? {},
    job_id: row.jobId,
    task_id: row.taskId,
    trace_id: row.traceId,
    span_id: row.spanId,
    parent_span_id: row.parentSpanId,
    stage: row.stage,
    user_id: row.userId,
  };
}

/** The lines of an export, without their ends. */
export const linesOf = (lines: Uint8Array): readonly string[] => Buffer.from(lines).toString().split("\n").slice(0, -1);
