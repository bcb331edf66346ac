import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { bodyOf, line } from "../test/api.ts";
import { startTestServer, type TestServer, type TestServerOptions } from "../test/start-server.ts";

/** A worker of this name, that speaks HTTP as one in any language would. */
function workerOf(server: TestServer, source = "w1") {
  let n = 0;
  const report = async (jobId: string, type: string, data: object = {}) =>
    bodyOf(server.report([{ ...line(++n, type, jobId, data, source), ts: new Date().toISOString() }]));
  return {
    report,
    beat: async (...jobs: string[]) =>
      bodyOf(server.post(`/api/v1/workers/${source}/heartbeat`, { event_loop_delay_ms: 1, jobs })),
    poll: async (query = "") => (await bodyOf(server.ask(`/api/v1/commands?source=${source}${query}`))).commands,
    ack: (commandId: string) => server.post(`/api/v1/commands/${commandId}/ack?source=${source}`),
    /** A job that runs. */
    async run(jobId: string, definition: object = {}) {
      await report(jobId, "job.created", { kind: "clips", ...definition });
      await report(jobId, "job.state_changed", { new_state: "running" });
    },
  };
}

const jobOf = (server: TestServer, jobId: string) => bodyOf(server.ask(`/api/v1/jobs/${jobId}`));

/** Follows a job until it is as wanted. The limits of these tests are short, the test's own is the runner's. */
async function untilJob(
  server: TestServer,
  jobId: string,
  isWanted: (job: { liveness: string; state: string }) => boolean,
) {
  for (;;) {
    const job = await jobOf(server, jobId);
    if (isWanted(job)) return job;
    await delay(50);
  }
}

const setup = (config: NonNullable<TestServerOptions["config"]>, dataFolder?: string) =>
  startTestServer({ config, ...(dataFolder !== undefined && { dataFolder }) });

describe("a worker that beats", () => {
  test("and falls silent is said to be lost, and comes back to its job", async () => {
    const server = await setup({ worker_lost_after_ms: 300 });
    const worker = workerOf(server);
    await worker.run("j");
    expect(await worker.beat("j", "unknown")).toEqual({ ended_jobs: [] });
    const lost = await untilJob(server, "j", ({ liveness }) => liveness === "lost");
    expect(lost).toMatchObject({ state: "running", liveness_since: expect.any(String) });
    expect(lost.liveness_reason).toMatch(/^nothing was heard of its worker for \d+ s$/);
    const beating = setInterval(() => void worker.beat("j"), 50);
    onTestFinished(() => clearInterval(beating));
    expect(await untilJob(server, "j", ({ liveness }) => liveness === "ok")).toMatchObject({
      state: "running",
      liveness_reason: null,
    });
    clearInterval(beating);
    await worker.report("j", "job.completed");
    expect(await jobOf(server, "j")).toMatchObject({ state: "completed" });
  });

  test("and does not come back loses its job; what it says of it afterwards is refused, and it is told", async () => {
    const server = await setup({ worker_lost_after_ms: 200, worker_lease_ms: 600 });
    const worker = workerOf(server);
    await worker.run("j");
    await worker.beat("j");
    const failed = await untilJob(server, "j", ({ state }) => state === "failed");
    expect(failed).toMatchObject({ reason: "worker_lost", error: { error_code: "worker_lost" } });
    const { refused } = await worker.report("j", "job.completed");
    expect(refused).toMatchObject([{ error_code: "conflict", detail: { state: "failed" } }]);
    expect(await worker.beat("j")).toEqual({ ended_jobs: ["j"] });
    expect(await jobOf(server, "j")).toMatchObject({ state: "failed", seq: failed.seq });
  });

  test("with a restart of the server between: its silence still counts, from the restart on", async () => {
    const first = await setup({});
    const worker = workerOf(first);
    await worker.run("j");
    await worker.beat("j");
    await first.server.close();
    const second = await setup({ worker_lost_after_ms: 200, worker_lease_ms: 600 }, first.data);
    const failed = await untilJob(second, "j", ({ state }) => state === "failed");
    expect(failed).toMatchObject({ error: { error_code: "worker_lost" } });
  });

  test("who only ever reported is not held to a heartbeat", async () => {
    const server = await setup({ worker_lost_after_ms: 100, worker_lease_ms: 200, stuck_after_ms: 1_500 });
    await workerOf(server, "curl").run("j");
    const stuck = await untilJob(server, "j", ({ liveness }) => liveness !== "ok");
    expect(stuck).toMatchObject({ liveness: "stuck", state: "running" });
  });

  test("and whose work stands still has stalled, until it goes on; kinds have limits of their own", async () => {
    const server = await setup({ stall_after_ms: 300, kinds: { patient: { stall_after_ms: 60_000 } } });
    const worker = workerOf(server);
    await worker.run("j");
    await worker.run("k", { kind: "patient" });
    await worker.report("j", "task.created", { task_id: "t", kind: "step" });
    await worker.report("j", "task.started", { task_id: "t" });
    const tick = (percent_complete: number) =>
      server.report([
        {
          ...line(undefined, "progress.updated", "j", { task_id: "t", percent_complete }, "w1"),
          ts: new Date().toISOString(),
        },
      ]);
    // It goes on to say where it stands, and that is still.
    const saying = setInterval(() => void tick(10), 50);
    onTestFinished(() => clearInterval(saying));
    await untilJob(server, "j", ({ liveness }) => liveness === "stalled");
    expect(await jobOf(server, "k")).toMatchObject({ liveness: "ok" });
    clearInterval(saying);
    let percent = 10;
    const growing = setInterval(() => {
      percent += 0.1;
      void tick(percent);
    }, 50);
    onTestFinished(() => clearInterval(growing));
    await untilJob(server, "j", ({ liveness }) => liveness === "ok");
  });
});

describe("what was asked of a worker that is away", () => {
  test.each([
    { asked: ["pause"], wanted: "pause", state: "pausing" },
    { asked: ["pause", "resume"], wanted: "resume", state: "running" },
    { asked: ["cancel"], wanted: "cancel", state: "canceling" },
  ])("waits over a restart of the server: $asked", async ({ asked, wanted, state }) => {
    const first = await setup({});
    const before = workerOf(first);
    await before.run("j");
    await before.beat("j");
    for (const verb of asked) expect((await first.post(`/api/v1/jobs/j/${verb}`)).status).toBe(202);
    await first.server.close();
    const second = await setup({}, first.data);
    const after = workerOf(second);
    expect(await jobOf(second, "j")).toMatchObject({ state });
    const commands = await after.poll();
    expect(commands).toMatchObject([{ job_id: "j", verb: wanted }]);
    await after.ack(commands[0].command_id);
    expect(await after.poll()).toEqual([]);
  });

  test("a cancel that it never obeys is carried out without it", async () => {
    const server = await setup({ cancel_deadline_ms: 200 });
    const worker = workerOf(server);
    await worker.run("j");
    await worker.beat("j");
    await server.post("/api/v1/jobs/j/cancel", { reason: "not needed" });
    const canceled = await untilJob(server, "j", ({ state }) => state === "canceled");
    expect(canceled).toMatchObject({ reason: "not needed" });
    expect(await worker.beat("j")).toEqual({ ended_jobs: ["j"] });
  });

  test("work over its deadline is canceled for that reason", async () => {
    const server = await setup({ cancel_deadline_ms: 100 });
    const worker = workerOf(server);
    await worker.run("j", { processing_deadline_ms: 300 });
    const canceled = await untilJob(server, "j", ({ state }) => state === "canceled");
    expect(canceled).toMatchObject({ reason: "deadline_exceeded" });
  });
});

describe("a job that waits for a worker", () => {
  test("is started by one that waits for its kind, at once", async () => {
    const server = await setup({});
    const worker = workerOf(server);
    const waiting = worker.poll("&wait=25&kinds=merge,clips");
    await server.post("/api/v1/jobs", { job_id: "j", kind: "clips", title: "Episode 12", metadata: { season: 3 } });
    const [command] = await waiting;
    expect(command).toMatchObject({
      job_id: "j",
      verb: "start",
      job: { kind: "clips", title: "Episode 12", metadata: { season: 3 }, attempt: 1, retry_of: null },
    });
    expect(await workerOf(server, "w2").poll("&kinds=clips")).toEqual([]);
    expect(await (await worker.ack(command.command_id)).json()).toEqual({ confirmed: true });
    await worker.report("j", "job.state_changed", { new_state: "running" });
    expect(await jobOf(server, "j")).toMatchObject({ state: "running", worker: "w1" });
    expect(await worker.poll("&kinds=clips")).toEqual([]);
  });

  test("outlives a restart, and a retry waits like any other", async () => {
    const first = await setup({});
    await first.post("/api/v1/jobs", { job_id: "j", kind: "clips" });
    await first.post("/api/v1/jobs/j/cancel");
    const { job } = await bodyOf(first.post("/api/v1/jobs/j/retry"));
    await first.server.close();
    const second = await setup({}, first.data);
    expect(await workerOf(second).poll("&kinds=clips")).toMatchObject([
      { verb: "start", job_id: job.job_id, reason: "a retry of j", job: { attempt: 2, retry_of: "j" } },
    ]);
    expect(await workerOf(second, "other").poll("&kinds=merge")).toEqual([]);
  });

  test("is told of again to the worker that it was given to, when the server was restarted before that could confirm", async () => {
    const first = await setup({});
    await first.post("/api/v1/jobs", { job_id: "j", kind: "clips" });
    const [given] = await workerOf(first).poll("&kinds=clips");
    await first.server.close();
    const second = await setup({}, first.data);
    expect(await workerOf(second, "other").poll("&kinds=clips")).toEqual([]);
    const worker = workerOf(second);
    expect(await worker.poll("&kinds=clips")).toEqual([given]);
    await worker.ack(given.command_id);
    expect(await worker.poll("&kinds=clips")).toEqual([]);
  });

  test("goes to another worker when the one that took it is lost before it began, also over a restart", async () => {
    const config = { worker_lost_after_ms: 300 };
    const first = await setup(config);
    await first.post("/api/v1/jobs", { job_id: "j", kind: "clips" });
    const killed = workerOf(first, "killed");
    const [given] = await killed.poll("&kinds=clips");
    await killed.ack(given.command_id);
    await first.server.close();
    const second = await setup(config, first.data);
    const other = workerOf(second, "other");
    expect(await other.poll("&wait=25&kinds=clips")).toMatchObject([{ verb: "start", job_id: "j" }]);
  });
});
