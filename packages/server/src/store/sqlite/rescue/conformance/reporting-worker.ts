import type { BatchAck, EventRecord, ObservationRecord, RecordBatch } from "@playhead/core";

/** What it reports to. */
interface Intake {
  readonly local: { ingest(batch: RecordBatch): Promise<BatchAck> };
}

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
export function startWorker(engine: Intake, name: string, acknowledged: Map<string, number>) {
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

  async function report(source: string, records: RecordBatch["records"]): Promise<void> {
    const { refused = [] } = await engine.local.ingest({ source, records });
    if (refused.length > 0) throw new Error(`expected all of ${source} to be taken, got ${JSON.stringify(refused)}`);
  }

  const ended = (async () => {
    while (!isStopped) {
      await report(name, Array.from({ length: RECORDS_PER_BATCH }, nextRecord));
      acknowledged.set(jobId, seq);
      line += 1;
      await report(`${name}.lines`, lineRecords(name, line));
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
