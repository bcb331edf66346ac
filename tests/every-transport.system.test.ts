import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPlayheadClient, type Store } from "@playhead/client";
import { type JobSnapshot, snapshotOf } from "@playhead/core";
import { createHttpTransport, createPlayhead } from "@playhead/sdk";
import { configSchema, startServer } from "@playhead/server";
import { expect, onTestFinished, test } from "vitest";

/** A server of the test's own, and a worker that reports to it over HTTP. */
async function setup() {
  const data = await mkdtemp(join(tmpdir(), "playhead-transports-"));
  const config = configSchema.parse({ host: "127.0.0.1", port: 0, data });
  const server = await startServer({ config, dashboardFolder: data, version: "0.0.0", log: () => undefined });
  const { url, accessKey } = server;
  const playhead = createPlayhead({ transport: createHttpTransport({ url, apiKey: accessKey }) });
  onTestFinished(async () => {
    await playhead.close();
    await server.close();
    await rm(data, { recursive: true, force: true });
  });
  const readJob = async (jobId: string) => {
    const headers = { authorization: `Bearer ${accessKey}` };
    return (await (await fetch(`${url}/api/v1/jobs/${jobId}`, { headers })).json()) as JobSnapshot;
  };
  return { url, token: async () => accessKey, playhead, readJob };
}

/** Waits for a store to be as wanted; the test's own limit is the limit. */
function until<Value>(store: Store<Value>, isWanted: (value: Value) => boolean): Promise<Value> {
  return new Promise((resolve) => {
    const look = () => isWanted(store.getSnapshot()) && resolve(store.getSnapshot());
    store.subscribe(look);
    look();
  });
}

test.each(["websocket", "event_stream", "polling"] as const)(
  "a job, its events and a list end over %s as the store has them",
  async (transport) => {
    const { url, token, playhead, readJob } = await setup();
    const client = createPlayheadClient({ url, token, transports: [transport] });
    onTestFinished(client.close);
    const job = playhead.job({ kind: "import", title: "Three files" });
    const gate = Promise.withResolvers<void>();
    const running = job.run(async () => {
      await job.each([1, 2, 3, 4], { kind: "video", parallel: 2 }, async (_, task) => {
        await task.step("converting", async (step) => {
          step.progress(0.5);
          await gate.promise;
        });
      });
    });
    const list = client.watchJobs({ kind: ["import"] });
    await until(list, ({ jobs }) => jobs.length === 1);
    const store = client.watchJob(job.job_id);
    const facts: number[] = [];
    store.on("*", ({ seq, tick }) => tick === undefined && facts.push(seq));
    await until(store, ({ live }) => live);
    await until(store.logs, ({ loaded }) => loaded);
    gate.resolve();
    await running;
    const feed = await until(store, (now) => now.job?.progress.percent_complete === 100);
    await until(list, ({ jobs }) => jobs[0]?.state === "completed");
    const stored = await readJob(job.job_id);
    expect(feed.job && snapshotOf(feed.job)).toMatchObject({
      seq: stored.seq,
      state: "completed",
      tasks: stored.tasks,
    });
    expect(facts).toEqual(facts.map((_, index) => (facts[0] ?? 0) + index));
    expect(facts.at(-1)).toBe(stored.seq);
  },
);
