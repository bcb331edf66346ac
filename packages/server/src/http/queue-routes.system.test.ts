import { describe, expect, test } from "vitest";
import { bodyOf, expectError, line } from "../../test/api.ts";
import { asHolder, makeKey } from "../../test/credentials.ts";
import { startTestServer, type TestServer, type TestServerOptions } from "../../test/start-server.ts";

const setup = (config: NonNullable<TestServerOptions["config"]> = {}) => startTestServer({ config });

const announce = (server: TestServer, jobId: string, kind = "clips") =>
  server.post("/api/v1/jobs", { job_id: jobId, kind });

/** What a worker of the server's tenant gets that claims a job. */
const claim = (server: TestServer, jobId: string, source: string) =>
  bodyOf(server.post(`/api/v1/jobs/${jobId}/claim`, { source }));

const begin = (server: TestServer, jobId: string, source: string) =>
  server.report([
    { ...line(1, "job.state_changed", jobId, { new_state: "running" }, source), ts: new Date().toISOString() },
  ]);

describe("a job that is claimed", () => {
  test("is given to one worker of many that ask at once, and to that one again", async () => {
    const server = await setup();
    await announce(server, "j");
    const sources = Array.from({ length: 20 }, (_, at) => `w${at}`);
    const answers = await Promise.all(sources.map((source) => claim(server, "j", source)));
    const given = answers.flatMap(({ command }, at) => (command === null ? [] : [{ command, source: sources[at] }]));
    expect(given).toHaveLength(1);
    const [{ command, source } = { command: null, source: "" }] = given;
    expect(command).toMatchObject({ verb: "start", job_id: "j", job: { kind: "clips", attempt: 1 } });
    expect(answers.filter(({ reason }) => reason === "taken")).toHaveLength(19);
    expect((await claim(server, "j", source ?? "")).command).toEqual(command);
    // Nor is it offered to who asks for anything.
    expect(await bodyOf(server.ask("/api/v1/commands?source=asks&kinds=clips"))).toEqual({ commands: [] });
  });

  test("and has begun, or ended, is nobody's any more", async () => {
    const server = await setup();
    await announce(server, "runs");
    await announce(server, "canceled");
    await claim(server, "runs", "w1");
    await begin(server, "runs", "w1");
    await server.post("/api/v1/jobs/canceled/cancel");
    expect(await claim(server, "runs", "w2")).toEqual({
      ...{ command: null, reason: "begun" },
      retry_after_ms: expect.any(Number),
    });
    expect(await claim(server, "canceled", "w2")).toEqual({ command: null, reason: "ended", retry_after_ms: null });
  });

  test("ends at once when its worker is not heard of, either, long before the lease is over", async () => {
    const server = await setup({ worker_lost_after_ms: 300, worker_lease_ms: 3_600_000 });
    await announce(server, "j");
    await server.post("/api/v1/workers/w1/heartbeat", { jobs: [] });
    await claim(server, "j", "w1");
    await begin(server, "j", "w1");
    const early = await claim(server, "j", "w2");
    expect(early.reason).toBe("begun");
    await expect.poll(() => claim(server, "j", "w2"), { timeout: 10_000 }).toMatchObject({ reason: "ended" });
    const { state, error } = await bodyOf(server.ask("/api/v1/jobs/j"));
    expect([state, error.error_code]).toEqual(["failed", "worker_lost"]);
    // What the lost one still says of it is refused.
    const late = { ...line(2, "job.completed", "j", {}, "w1"), ts: new Date().toISOString() };
    expect((await bodyOf(server.report([late]))).refused).toHaveLength(1);
  });

  test("has to wait for its kind's limits, whoever asks", async () => {
    const server = await setup({ kinds: { clips: { max_running: 1 }, scan: { max_per_minute: 1 } } });
    for (const [jobId, kind] of [
      ["a", "clips"],
      ["b", "clips"],
      ["s1", "scan"],
      ["s2", "scan"],
    ] as const) {
      await announce(server, jobId, kind);
    }
    expect((await claim(server, "a", "w1")).command).not.toBeNull();
    expect(await claim(server, "b", "w2")).toMatchObject({ command: null, reason: "kind_limit" });
    expect((await claim(server, "s1", "w1")).command).not.toBeNull();
    const { reason, retry_after_ms } = await claim(server, "s2", "w2");
    expect([reason, retry_after_ms > 50_000 && retry_after_ms <= 60_000]).toEqual(["rate_limit", true]);
    expect(await bodyOf(server.ask("/api/v1/commands?source=asks&kinds=clips,scan"))).toEqual({ commands: [] });
    const { waiting } = await bodyOf(server.ask("/api/v1/jobs/s2"));
    // Who asks would take the clip that waits, too, and that came first.
    expect(waiting).toEqual({
      ...{ reason: "rate_limit", position: 2 },
      message: "2nd in line: as many scan jobs have begun as may in a minute",
    });
  });

  test("is of the worker's tenant, or not there", async () => {
    const server = await setup();
    await announce(server, "j");
    const { key } = await makeKey(server, "worker", "other");
    const answer = await asHolder(server, key).post("/api/v1/jobs/j/claim", { source: "w" });
    await expectError(answer, 404, "not_found");
  });
});

test("how jobs wait is told by kind, the longest wait first, of one's own tenant alone", async () => {
  const server = await setup({ kinds: { clips: { max_running: 2, max_per_minute: 30 } } });
  await announce(server, "a");
  await announce(server, "b");
  await announce(server, "m", "merge");
  await claim(server, "a", "w1");
  await begin(server, "a", "w1");
  await server.ask("/api/v1/commands?source=w1&kinds=&offers=clips");
  const queue = await bodyOf(server.ask("/api/v1/queue"));
  expect(queue).toMatchObject({ engine: "built_in", is_connected: null, waiting: 2 });
  expect(queue.oldest_wait_ms).toBe(queue.kinds[0].oldest_wait_ms);
  expect(queue.kinds).toMatchObject([
    {
      ...{ kind: "clips", waiting: 1, later: 0, running: 1, workers: 1, reason: "in_line" },
      ...{ max_running: 2, max_per_minute: 30, bullmq: null },
    },
    { kind: "merge", waiting: 1, running: 0, workers: 0, reason: "no_worker", max_running: null },
  ]);
  const { key } = await makeKey(server, "viewer", "other");
  expect(await bodyOf(asHolder(server, key).ask("/api/v1/queue"))).toMatchObject({ waiting: 0, kinds: [] });
  const text = await (await server.ask("/metrics")).text();
  for (const sample of [
    'playhead_queue_jobs{kind="clips",state="ready"} 1',
    'playhead_queue_jobs{kind="merge",state="ready"} 1',
    'playhead_queue_jobs{kind="merge",state="later"} 0',
  ]) {
    expect(text).toContain(`${sample}\n`);
  }
  expect(Number(/^playhead_queue_oldest_wait_seconds\{kind="clips"\} (\S+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(
    0,
  );
  expect(text).not.toMatch(/^playhead_queue_bullmq_up /m);
});
