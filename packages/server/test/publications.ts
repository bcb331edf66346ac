import type { PlayheadEvent } from "@playhead/core";
import type { Publication } from "../src/bus/bus.ts";
import { publishEvent } from "../src/ingest/publication.ts";
import type { FactRow } from "../src/store/store.ts";

const TS = "2026-11-21T10:42:00.000Z";

/** A fact with a number, for tests to which its content does not matter. */
export function factEvent(jobId: string, seq: number): PlayheadEvent {
  return {
    type: "task.step_changed",
    ts: TS,
    job_id: jobId,
    seq,
    correlation_id: "c",
    data: { task_id: "t", step: `${seq}` },
  };
}

/** A tick of a task. */
export function tickEvent(jobId: string, seq: number, tick: number, taskId = "t"): PlayheadEvent {
  return {
    ...factEvent(jobId, seq),
    type: "progress.updated",
    tick,
    data: { task_id: taskId, percent_complete: tick % 100 },
  };
}

/** The event as the bus carries it. */
export function publicationOf(event: PlayheadEvent, tenantId = "default"): Publication {
  return publishEvent("e1", tenantId, event, null);
}

/** The fact as the store takes it. */
export function factRow({ job_id, seq, type, data }: PlayheadEvent): FactRow {
  return { job_id, seq, type, tsMs: Date.parse(TS), correlation_id: null, dataJson: JSON.stringify(data) };
}

/** A line of the job's log as the bus carries it. */
export function lineOf(jobId: string, logId: number): Publication {
  const content = {
    ...{ log_id: logId, ts: TS, job_id: jobId, task_id: null },
    ...{ level: "info" as const, message: `line ${logId}`, fields: {} },
  };
  const frame = JSON.stringify({ type: "log", job_id: jobId, ts: TS, data: content });
  return { tenantId: "default", jobId, seq: 0, tick: undefined, slot: null, content, frame: () => frame };
}
