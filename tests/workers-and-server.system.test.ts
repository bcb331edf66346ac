import { mkdirSync, writeFileSync } from "node:fs";
import { createHttpTransport, createLocalTransport, createPlayhead, type Playhead } from "@playhead/sdk";
import { HealthCheckService, ProgressChannel, ProgressMonitor } from "@playhead/sdk/seeds";
import { type Config, configSchema, createEngine, type PlayheadServer, startServer } from "@playhead/server";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { layCable } from "./fixtures/cable.ts";
import { createTestFolder } from "./fixtures/video.ts";

const folder = createTestFolder();
afterAll(() => folder.remove());

/** The real server; started again on the same data and port it is the same one. */
async function start(name: string, port = 0, config: Partial<Config> = {}): Promise<PlayheadServer> {
  const dashboardFolder = folder.at("dashboard");
  mkdirSync(dashboardFolder, { recursive: true });
  writeFileSync(`${dashboardFolder}/index.html`, "<!doctype html><title>Playhead</title>");
  return startServer({
    config: configSchema.parse({ port, data: folder.at(name), ...config }),
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

test("a worker that was cut off for too long has lost its job, finds out, and stops working on it", async () => {
  const server = await start("fenced", 0, { worker_lost_after_ms: 1_000, worker_lease_ms: 3_000 });
  onTestFinished(server.close);
  const cable = await layCable(server.url);
  onTestFinished(cable.close);
  const transport = createHttpTransport({ url: cable.url, apiKey: server.accessKey, heartbeatMs: 100, spool: false });
  type Start = NonNullable<typeof transport.startHeartbeat>;
  let beats: (ReturnType<Start> & { counts(): { readonly taken: number } }) | undefined;
  const startHeartbeat: Start = (...given) => {
    beats = transport.startHeartbeat?.(...given) as NonNullable<typeof beats>;
    return beats;
  };
  const playhead = createPlayhead({
    transport: { ...transport, startHeartbeat },
    onRefused: () => undefined,
    warn: () => undefined,
  });
  onTestFinished(async () => void (await playhead.close()));
  const jobOf = async (): Promise<{ state: string; reason: string }> => {
    const headers = { authorization: `Bearer ${server.accessKey}` };
    return (await (await fetch(`${server.url}/api/v1/jobs/job_fenced`, { headers })).json()) as never;
  };

  const job = playhead.job({ kind: "demo", id: "job_fenced" });
  const running = job.run(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  running.catch(() => undefined);
  await playhead.flush();
  await expect.poll(async () => (await jobOf()).state).toBe("running");
  // Who was never heard to beat is not missed.
  await expect.poll(() => beats?.counts().taken).toBeGreaterThan(0);
  cable.unplug();
  await expect.poll(async () => await jobOf()).toMatchObject({ state: "failed", reason: "worker_lost" });
  expect(job.signal.aborted).toBe(false);
  cable.plug();
  await expect(running).rejects.toMatchObject({ code: "canceled", message: expect.stringContaining("ended this job") });
  await playhead.flush();
  expect(await jobOf()).toMatchObject({ state: "failed", reason: "worker_lost" });
});

test("jobs announced over HTTP and retries are run by a worker of their kind, local or remote", async () => {
  const server = await start("handled");
  onTestFinished(server.close);
  const headers = { authorization: `Bearer ${server.accessKey}`, "content-type": "application/json" };
  const post = async (path: string, body?: object) =>
    (await fetch(`${server.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body ?? {}) })).json();
  const remote = createPlayhead({ transport: createHttpTransport({ url: server.url, apiKey: server.accessKey }) });
  const local = createPlayhead({ transport: createLocalTransport(server.local) });
  for (const each of [remote, local]) onTestFinished(async () => void (await each.close()));
  const ran: string[] = [];
  remote.handle("demo", ({ title }) => {
    ran.push(`remote ${title}`);
    throw new Error("every try fails");
  });
  local.handle("bulk", ({ title, attempt }) => void ran.push(`local ${title} ${attempt}`));
  await post("/jobs", { job_id: "a", kind: "demo", title: "A" });
  await post("/jobs", { job_id: "b", kind: "bulk", title: "B" });
  const stateOf = async (jobId: string) =>
    ((await (await fetch(`${server.url}/api/v1/jobs/${jobId}`, { headers })).json()) as { state: string }).state;
  await expect.poll(() => stateOf("a")).toBe("failed");
  await expect.poll(() => stateOf("b")).toBe("completed");
  const { job: again } = (await post("/jobs/a/retry")) as { job: { job_id: string } };
  await expect.poll(() => stateOf(again.job_id)).toBe("failed");
  expect(ran.toSorted()).toEqual(["local B 1", "remote A", "remote A"]);
});

test("the sdk pauses, resumes, cancels and retries jobs of others, local or remote; what cannot be is told", async () => {
  const server = await start("commanded");
  onTestFinished(server.close);
  const { accessKey, url } = server;
  const made = await fetch(`${url}/api/v1/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessKey}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "a worker", role: "worker" }),
  });
  const { key: workerKey } = (await made.json()) as { key: string };
  const remoteWith = (apiKey: string) => createPlayhead({ transport: createHttpTransport({ url, apiKey }) });
  const [remote, mereWorker] = [remoteWith(accessKey), remoteWith(workerKey)];
  const local = createPlayhead({ transport: createLocalTransport(server.local) });
  for (const each of [remote, mereWorker, local]) onTestFinished(async () => void (await each.close()));

  for (const [runs, asks] of [
    [local, remote],
    [remote, local],
  ] as const) {
    const job = runs.job({ kind: "demo" });
    job.start();
    await runs.flush();
    await asks.control(job.job_id, "pause", { reason: "lunch" });
    await expect.poll(() => job.state).toBe("pausing");
    await expect(asks.control(job.job_id, "pause")).rejects.toMatchObject({ name: "PlayheadError", code: "conflict" });
    await expect(asks.retry(job.job_id)).rejects.toMatchObject({ code: "conflict" });
    await asks.control(job.job_id, "resume");
    await expect.poll(() => job.state).toBe("running");
    await asks.control(job.job_id, "cancel");
    await expect.poll(() => job.signal.aborted).toBe(true);
    job.complete();
    await runs.flush();
    const retryId = await asks.retry(job.job_id);
    const again = await fetch(`${url}/api/v1/jobs/${retryId}`, { headers: { authorization: `Bearer ${accessKey}` } });
    expect(await again.json()).toMatchObject({ state: "pending", retry_of: job.job_id, attempt: 2 });
    await expect(asks.control("none", "cancel")).rejects.toMatchObject({ code: "not_found" });
    await expect(mereWorker.control(job.job_id, "cancel")).rejects.toMatchObject({ code: "forbidden" });
  }
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

test("the seeds' health service asks the engine of its own process, all details included", async () => {
  const dataFolder = folder.at("health");
  const engine = await createEngine({ dataFolder, log: () => undefined });
  const playhead = createPlayhead({ transport: createLocalTransport(engine.local) });
  onTestFinished(async () => {
    await playhead.close();
    await engine.close();
  });
  const service = new HealthCheckService({ playhead });
  service.register({ component: "gpu", run: async () => ({ status: "critical", message: "no GPU" }) });
  const { overall_status, checks } = await service.runAllChecks();
  expect(overall_status).toBe("critical");
  expect(checks.map(({ component }) => component)).toEqual([
    "system_resources",
    "object_storage",
    "temp_directory",
    "processing_pipeline",
    "monitoring_system",
    "log_files",
    "playhead_server",
    "gpu",
  ]);
  expect(checks[0]?.details.data_folder).toBe(dataFolder);
});
