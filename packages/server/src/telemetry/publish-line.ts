import type { LogEntry } from "@playhead/core";
import type { Publication } from "../bus/bus.ts";
import { logLineOf } from "../store/job-logs.ts";

/** A line of a job's log as its viewers get it; null for an entry that is none. */
export function publishLine(entry: LogEntry, seq: number): Publication | null {
  const line = logLineOf(entry);
  if (line === null) return null;
  let frame: string | null = null;
  return {
    tenantId: entry.tenant_id,
    jobId: line.job_id,
    seq,
    tick: undefined,
    slot: null,
    content: line,
    frame: () => {
      frame ??= JSON.stringify({ type: "log", job_id: line.job_id, ts: line.ts, data: line });
      return frame;
    },
  };
}
