import { setTimeout as delay } from "node:timers/promises";
import { type EventRecord, PlayheadError } from "@playhead/core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type PostgresServer, startPostgres } from "../../../tests/servers/postgres-server.ts";
import { tempFolder } from "../test/temp-folder.ts";
import { createEngine, type Engine } from "./engine.ts";

const stops: (() => Promise<void>)[] = [];
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres((stop) => stops.push(stop));
}, 60_000);
afterAll(async () => {
  for (const stop of stops) await stop();
}, 60_000);

async function start(url: string, dataFolder = tempFolder()): Promise<Engine> {
  const engine = await createEngine({ dataFolder, log: () => undefined, database: { url, poolSize: 4 } });
  onTestFinished(engine.close);
  return engine;
}

const record = (n: number, jobId: string, type: EventRecord["type"], data: EventRecord["data"]): EventRecord => ({
  n,
  type,
  job_id: jobId,
  ts: "2026-11-21T10:42:00.000Z",
  data,
});

/** A worker that reports what it does, one batch after the other, and sends again what was not taken. */
function createWorker(engine: Engine, name: string) {
  const jobId = `job-of-${name}`;
  let n = 0;
  let acknowledged = 0;

  function nextBatch(): readonly EventRecord[] {
    if (n === 0) return [record(++n, jobId, "job.created", { kind: "clips" })];
    return Array.from({ length: 20 }, () => record(++n, jobId, "job.updated", { n }));
  }

  return {
    jobId,
    acknowledged: () => acknowledged,
    async report(isOver: () => boolean): Promise<void> {
      while (!isOver()) {
        const records = nextBatch();
        await sendUntilTaken(engine, name, records);
        acknowledged = n;
      }
    },
  };
}

async function sendUntilTaken(engine: Engine, source: string, records: readonly EventRecord[]): Promise<void> {
  for (;;) {
    try {
      await engine.ingest.ingest({ source, records }, { tenantId: "default", worker: source });
      return;
    } catch (error) {
      if (!(error instanceof PlayheadError) || !error.retryable) throw error;
      await delay(20);
    }
  }
}

describe("an engine on PostgreSQL", () => {
  test("goes on where it was, whichever folder it has", async () => {
    const url = await server.createDatabase();
    const first = await start(url);
    const worker = createWorker(first, "w");
    await worker.report(() => worker.acknowledged() > 50);
    const { epoch } = first.store;
    await first.close();

    const second = await start(url);
    expect(second.store.epoch).toBe(epoch);
    expect(await second.store.readFacts(worker.jobId, 0, 1_000)).toHaveLength(worker.acknowledged());
    expect(await second.store.readSource("w")).toBe(worker.acknowledged());
  });

  test("has its database for itself", async () => {
    const url = await server.createDatabase();
    await start(url);
    await expect(start(url)).rejects.toMatchObject({ code: "data_in_use" });
  }, 30_000);

  test("loses nothing that it acknowledged when PostgreSQL is killed in the middle of it, and goes on by itself", async () => {
    const engine = await start(await server.createDatabase());
    const workers = ["a", "b", "c"].map((name) => createWorker(engine, name));
    const reached = (n: number) => workers.every((worker) => worker.acknowledged() >= n);
    let enough = Number.POSITIVE_INFINITY;
    const reporting = workers.map((worker) => worker.report(() => reached(enough)));
    for (let round = 1; round <= 3; round++) {
      while (!reached(round * 100)) await delay(5);
      await server.kill();
      await server.start();
    }
    enough = Math.max(...workers.map((worker) => worker.acknowledged())) + 100;
    await Promise.all(reporting);
    for (const { jobId, acknowledged } of workers) {
      const facts = await engine.store.readFacts(jobId, 0, 100_000);
      expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, at) => at + 1));
      // All that was acknowledged, and each once.
      expect(facts).toHaveLength(acknowledged());
      expect(facts.slice(1).map(({ data }) => data.n)).toEqual(facts.slice(1).map((_, at) => at + 2));
    }
  }, 60_000);
});
