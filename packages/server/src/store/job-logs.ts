import type { LogEntry, LogLevel, LogLine } from "@playhead/core";
import type { TelemetryStore } from "./telemetry-store.ts";

export interface JobLogsQuery {
  readonly tenantId: string;
  readonly jobId: string;
  readonly levels?: readonly LogLevel[];
  /**
   * Lines after this id, oldest first; or, with `before`, the newest ones before it (the newest of all before
   * `Number.MAX_SAFE_INTEGER`), still oldest first.
   */
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
}

/** The log of a job: the entries that are plain lines, in the words of its viewers. */
export interface JobLogs {
  /** Nothing for an unknown job. */
  readLogs(query: JobLogsQuery): Promise<readonly LogLine[]>;
}

/** Reads jobs' logs out of all that is observed. */
export function createJobLogs({ tailEntries }: Pick<TelemetryStore, "tailEntries">): JobLogs {
  return {
    async readLogs({ tenantId, jobId, levels, after, before, limit }) {
      const entries = await tailEntries({
        tenant_id: tenantId,
        job_id: jobId,
        event_types: ["log"],
        limit,
        ...(levels !== undefined && { levels }),
        ...(after !== undefined && { after }),
        ...(before !== undefined && { before }),
      });
      return entries.map(logLineOf).filter((line) => line !== null);
    },
  };
}

/** The line that an entry is; null for one that tells of a call, or is in no job. */
export function logLineOf(entry: LogEntry): LogLine | null {
  if (entry.event_type !== "log" || entry.job_id === null) return null;
  const { entry_id, timestamp, job_id, task_id, level, message, metadata } = entry;
  return { log_id: entry_id, ts: timestamp, job_id, task_id, level, message, fields: metadata };
}
