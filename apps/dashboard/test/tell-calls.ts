import type { BatchAck, ExecutionCategory, LogLevel } from "@playhead/core";
import type { DashboardServer } from "./dashboard-server.ts";

/** A call that ended some time ago. */
export interface ToldCall {
  readonly atMs: number;
  readonly name: string;
  readonly durationMs: number;
  /** @defaultValue function */
  readonly category?: ExecutionCategory;
  readonly jobId?: string;
  readonly failed?: boolean;
}

/** A line that was written some time ago. */
export interface ToldLine {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly jobId?: string;
}

let sources = 0;

/** Reports calls and lines of the past, as a worker does that had no connection. */
export async function tellPast(
  server: DashboardServer,
  { calls = [], lines = [] }: { readonly calls?: readonly ToldCall[]; readonly lines?: readonly ToldLine[] },
): Promise<void> {
  const source = `past_${process.pid}_${++sources}`;
  const told = [...calls.map(callRecord), ...lines.map(lineRecord)];
  const response = await fetch(`${server.origin}/api/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.key}`, "content-type": "application/x-ndjson" },
    body: told.map((record, at) => `${JSON.stringify({ source, n: at + 1, ...record })}\n`).join(""),
  });
  const ack = (await response.json()) as BatchAck;
  if (!response.ok || (ack.refused ?? []).length > 0) throw new Error(`the server refused: ${JSON.stringify(ack)}`);
}

function callRecord({ atMs, name, durationMs, category = "function", jobId, failed = false }: ToldCall, at: number) {
  return {
    type: failed ? "function.failed" : "function.completed",
    ts: new Date(atMs).toISOString(),
    ...(jobId !== undefined && { job_id: jobId }),
    data: {
      name,
      category,
      span_id: (at + 1).toString(16).padStart(16, "0"),
      parent_span_id: null,
      duration_ms: durationMs,
      ...(failed && { error: { class: "TimeoutError", message: "no answer" } }),
    },
  };
}

function lineRecord({ atMs, level, message, jobId }: ToldLine) {
  return {
    type: "log",
    ts: new Date(atMs).toISOString(),
    ...(jobId !== undefined && { job_id: jobId }),
    data: { level, message, fields: {} },
  };
}
