import { mkdirSync, writeFileSync } from "node:fs";
import { createHttpTransport, createLocalTransport, createPlayhead, type Playhead } from "@playhead/sdk";
import { ProgressChannel, ProgressMonitor } from "@playhead/sdk/seeds";
import { createEngine, type PlayheadServer, startServer } from "@playhead/server";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createTestFolder } from "./fixtures/video.ts";

const folder = createTestFolder();
afterAll(() => folder.remove());

/** The real server; started again on the same data and port it is the same one. */
async function start(name: string, port = 0): Promise<PlayheadServer> {
  const dashboardFolder = folder.at("dashboard");
  mkdirSync(dashboardFolder, { recursive: true });
  writeFileSync(`${dashboardFolder}/index.html`, "<!doctype html><title>Playhead</title>");
  return startServer({
    config: { host: "127.0.0.1", port, data: folder.at(name) },
    dashboardFolder,
    version: "0.0.0",
    log: () => undefined,
  });
}

interface Told {
  readonly type: string;
  readonly seq: number;
  readonly data: { readonly artifact?: { readonly name: string } };
}

/** All facts of a job as the API has them. */
async function eventsOf({ url, accessKey }: PlayheadServer, jobId: string): Promise<readonly Told[]> {
  const events: Told[] = [];
  for (;;) {
    const after = events.at(-1)?.seq ?? 0;
    const answer = await fetch(`${url}/api/v1/jobs/${jobId}/events?after=${after}`, {
      headers: { authorization: `Bearer ${accessKey}` },
    });
    const page = ((await answer.json()) as { events: readonly Told[] }).events;
    if (page.length === 0) return events;
    events.push(...page);
  }
}

test("a worker works on while the real server is away, comes and goes; then all is there, once and in order", async () => {
  let server = await start("restarts");
  const { accessKey: apiKey, url } = server;
  const port = Number(new URL(url).port);
  const refused: unknown[] = [];
  const transport = createHttpTransport({ url, apiKey, spool: { folder: folder.at("spool") } });
  const playhead = createPlayhead({ transport, onRefused: (each) => refused.push(...each), warn: () => undefined });
  const job = playhead.job({ kind: "demo", id: "job_away" });
  let made = 0;
  const make = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      made += 1;
      job.artifact({ type: "file", name: String(made) });
      if (i % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await job.run(async () => {
    await make(200);
    for (let round = 0; round < 3; round += 1) {
      await server.close();
      await make(1_500);
      server = await start("restarts", port);
      await make(300);
    }
  });
  expect(await playhead.close({ timeoutMs: 60_000 })).toBe(true);
  const events = await eventsOf(server, "job_away");
  await server.close();
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const names = events.flatMap(({ type, data }) => (type === "job.artifact_added" ? [data.artifact?.name] : []));
  expect(names).toEqual(Array.from({ length: made }, (_, index) => String(index + 1)));
  expect(events.at(-1)?.type).toBe("session.completed");
  expect(refused).toEqual([]);
});

test("what a worker could not deliver before it ended is delivered to the real server by the next", async () => {
  const first = await start("leftovers");
  const { accessKey: apiKey, url } = first;
  await first.close();
  const open = (): Playhead =>
    createPlayhead({
      transport: createHttpTransport({ url, apiKey, spool: { folder: folder.at("spool-2") } }),
      warn: () => undefined,
    });
  const gone = open();
  await gone.job({ kind: "demo", id: "job_gone" }).run(() => ({ rows: 3 }));
  expect(await gone.close({ timeoutMs: 50 })).toBe(false);
  const server = await start("leftovers", Number(new URL(url).port));
  expect(await open().close({ timeoutMs: 30_000 })).toBe(true);
  const events = await eventsOf(server, "job_gone");
  await server.close();
  expect(events.map(({ type }) => type)).toEqual([
    "job.created",
    "job.state_changed",
    "session.started",
    "job.state_changed",
    "job.state_changed",
    "job.completed",
    "session.completed",
  ]);
});

test("the seeds' classes make histories that the real engine takes", async () => {
  const engine = await createEngine({ dataFolder: folder.at("seeds"), log: () => undefined });
  const refused: unknown[] = [];
  const playhead = createPlayhead({
    transport: createLocalTransport(engine.local),
    onRefused: (each) => refused.push(...each),
  });
  onTestFinished(async () => {
    await playhead.close();
    await engine.close();
  });
  const monitor = new ProgressMonitor({ playhead });
  monitor.registerJob("job_m", { state: "running", items_total: 3, videos: ["v1"] });
  monitor.updateVideoProgress("job_m", "v1", { state: "completed" });
  monitor.updateJobProgress("job_m", { items_failed: 1, rate_limited: true });
  monitor.updateJobState("job_m", "pausing");
  monitor.updateJobState("job_m", "paused");
  monitor.updateJobState("job_m", "running");
  monitor.updateJobState("job_m", "completed");
  const channel = new ProgressChannel({ playhead });
  channel.sceneStarted("job_c", 1, { style_count: 1 });
  channel.clipProgress("job_c", 1, "split", "rendering", "filter: split");
  channel.clipProgress("job_c", 1, "split", "complete");
  channel.sceneCompleted("job_c", 1);
  channel.done("job_c");
  expect(await playhead.flush()).toBe(true);
  expect(refused).toEqual([]);
  expect(await engine.readJob("default", "job_m")).toMatchObject({ state: "completed", progress: { items_total: 3 } });
  expect(await engine.readJob("default", "job_c")).toMatchObject({ state: "completed", counts: expect.anything() });
});
