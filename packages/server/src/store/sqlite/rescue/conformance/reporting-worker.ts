import type { EventRecord, ObservationRecord } from "@playhead/core";
import { expect } from "vitest";
import type { Engine } from "../../../../engine.ts";

const RECORDS_PER_BATCH = 50;

/** The job that a worker's line of the log is of; it comes into being in the same batch. */
export const jobOfLine = (name: string, line: number) => `job-${name}-${line}`;

/** Announces a job, and says one line of it. */
export function lineRecords(name: string, line: number): readonly [EventRecord, ObservationRecord] {
  const base = { ts: new Date().toISOString(), job_id: jobOfLine(name, line) } as const;
  return [
    { ...base, n: 2 * line - 1, type: "job.created", data: { kind: "load" } },
    { ...base, n: 2 * line, type: "log", data: { level: "info", message: `the line${line} of ${name}`, stage: name } },
  ];
}

/**
 * A worker that reports as fast as it is answered; each record makes one fact. Beside it, a line of the log for each
 * batch, which is the highest number that `acknowledged` has under the worker's name.
 */
export function startWorker(engine: Engine, name: string, acknowledged: Map<string, number>) {
  const jobId = `job-${name}`;
  let line = 0;
  let seq = 0;
  let isStopped = false;

  function nextRecord(): EventRecord {
    seq += 1;
    const base = { ts: new Date().toISOString(), job_id: jobId, n: seq } as const;
    if (seq === 1) return { ...base, type: "job.created", data: { kind: "load" } };
    if (seq === 2) return { ...base, type: "job.state_changed", data: { new_state: "running" } };
    const task_id = `t${Math.floor(seq / 3)}`;
    const type = (["task.created", "task.started", "task.completed"] as const)[seq % 3] ?? "task.created";
    return { ...base, type, data: { task_id, ...(type === "task.created" && { kind: "clip", parent_id: null }) } };
  }

  const ended = (async () => {
    while (!isStopped) {
      const records = Array.from({ length: RECORDS_PER_BATCH }, nextRecord);
      const { refused } = await engine.local.ingest({ source: name, records });
      expect(refused ?? []).toEqual([]);
      acknowledged.set(jobId, seq);
      line += 1;
      const lines = await engine.local.ingest({ source: `${name}.lines`, records: lineRecords(name, line) });
      expect(lines.refused ?? []).toEqual([]);
      acknowledged.set(name, line);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await ended;
    },
  };
}
