import type { EventRecord } from "@playhead/core";
import { createEngine } from "@playhead/server";
import type { Sink, SinkOptions } from "./ingest-sink.ts";

/** Workers that report at the same time; each has its share of the jobs. */
const WORKERS = 20;
/** Records that a worker sends at a time; it waits for their acknowledgement. */
const BATCH_SIZE = 500;

/** Facts through the whole of the server's ingest: deduplicated, decided, numbered, folded, stored, published. */
export async function openIngest({ folder, jobs, workload }: SinkOptions): Promise<Sink> {
  const engine = await createEngine({ dataFolder: folder, log: () => {} });
  const sent = new Uint32Array(WORKERS);

  async function send(worker: number, records: readonly EventRecord[]): Promise<void> {
    for (let from = 0; from < records.length; from += BATCH_SIZE) {
      const batch = { source: `worker_${worker}`, records: records.slice(from, from + BATCH_SIZE) };
      const { refused } = await engine.ingest.ingest(batch, { tenantId: "default", worker: batch.source });
      if (refused[0] !== undefined) throw new Error(`expected all to be taken, got ${refused[0].error_message}`);
    }
  }

  function recordOf(job: number, type: EventRecord["type"], tsMs: number, data: unknown): EventRecord {
    const worker = job % WORKERS;
    const n = (sent[worker] as number) + 1;
    sent[worker] = n;
    return { type, ts: new Date(tsMs).toISOString(), job_id: `job_${job}`, n, data: data as EventRecord["data"] };
  }

  const byWorker = (): EventRecord[][] => Array.from({ length: WORKERS }, () => []);
  const announced = byWorker();
  for (let job = 0; job < jobs; job++) {
    announced[job % WORKERS]?.push(recordOf(job, "job.created", Date.UTC(2026, 0, 1), { kind: "clips" }));
  }
  await Promise.all(announced.map((records, worker) => send(worker, records)));

  function prepare(count: number) {
    const batches = byWorker();
    for (let at = 0; at < count; at++) {
      const { job, type, tsMs, data } = workload.next();
      batches[job % WORKERS]?.push(recordOf(job, type, tsMs, data));
    }
    return async () => {
      await Promise.all(batches.map((records, worker) => send(worker, records)));
    };
  }

  return { prepare, grow: (count) => prepare(count)(), close: () => engine.close() };
}
