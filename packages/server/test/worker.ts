import type { EventRecord, EventType, JsonObject } from "@playhead/core";
import type { Ingest } from "../src/ingest/ingest.ts";
import { START_MS } from "./jobs.ts";

const TS = new Date(START_MS).toISOString();

/** A worker that numbers what it reports. */
export function worker(source: string, ingest: () => Ingest, tenantId = "default") {
  let n = 0;
  const record = (job_id: string, type: EventType, data: JsonObject = {}, numbered = true): EventRecord => ({
    type,
    ts: TS,
    job_id,
    data,
    ...(numbered && { n: ++n }),
  });
  const send = (...records: readonly EventRecord[]) =>
    ingest().ingest({ source, records }, { tenantId, worker: source });
  return {
    record,
    send,
    report: (jobId: string, type: EventType, data: JsonObject = {}) => send(record(jobId, type, data)),
    tick: (jobId: string, data: JsonObject) => record(jobId, "progress.updated", data, false),
  };
}
