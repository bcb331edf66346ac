import { randomInt } from "node:crypto";
import { foldAll, type Job, jobFromSnapshot, positionOf } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { finish, isEvent, runJob } from "../../test/run-job.ts";
import { openSocket } from "../../test/socket.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

describe("playhead.v1", () => {
  const open = async (server: TestServer) => {
    const socket = openSocket(server.socketUrl(""), "playhead.v1");
    await socket.until(({ type }) => type === "hello");
    return socket;
  };

  test("greets, and brings jobs and their ends over one socket, events that are due together in one frame", async () => {
    const server = await startTestServer();
    const [a, b] = [runJob(server, "a"), runJob(server, "b")];
    await Promise.all([a.next(), b.next()]);
    const socket = await open(server);
    expect(socket.frames[0]?.data).toMatchObject({
      connection_id: expect.any(String),
      epoch: expect.any(String),
      heartbeat_ms: 25_000,
      retry_window_ms: expect.any(Number),
      limits: { subscriptions: 64, frame_bytes: 16_384 },
    });
    socket.send("subscribe", { ref: "1", job_id: "a" });
    socket.send("subscribe", { ref: "2", job_id: "b" });
    await socket.until(({ type, data }) => type === "live" && data.ref === "2");
    await Promise.all([finish(a), finish(b)]);
    for (const jobId of ["a", "b"])
      await socket.until(({ type, job_id }) => type === "session.completed" && job_id === jobId);
    for (const jobId of ["a", "b"]) {
      const frames = socket.frames.filter(({ job_id, data }) => job_id === jobId || data.job_id === jobId);
      const subscribed = frames.find(({ type }) => type === "subscribed");
      expect(subscribed?.data).toMatchObject({ recovered: false, snapshot: { job_id: jobId, seq: 1 }, jobs: null });
      const job = foldAll(jobFromSnapshot(subscribed?.data.snapshot), frames.filter(isEvent));
      expect(job).toMatchObject({ state: "completed", seq: 17 });
      expect(frames.filter(({ type }) => type === "log")).toEqual([]);
    }
    expect(socket.raw.length).toBeLessThan(socket.frames.length);
    const control = ["hello", "subscribed", "live"];
    for (const frame of socket.raw.map((text) => JSON.parse(text)).filter(({ type }) => type === "batch")) {
      for (const { type } of frame.data.events) expect(control).not.toContain(type);
    }
  });

  test("resumes from a position: what was missed, where the progress stands, then live", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    for (let step = 0; step < 6; step++) await steps.next();
    const socket = await open(server);
    const { epoch } = socket.frames[0]?.data ?? {};
    socket.send("subscribe", { ref: "r", job_id: "j", since: { epoch, seq: 5, tick: 0 } });
    await socket.until(({ type }) => type === "live");
    expect(socket.frames.slice(1).map(({ type, seq, data }) => [type, seq ?? data.recovered ?? null])).toEqual([
      ["subscribed", true],
      ["task.created", 6],
      ["scene.started", 7],
      ["clip.progress", 8],
      ["progress.updated", 8],
      ["progress.updated", 8],
      ["job.progress", 8],
      ["live", null],
    ]);
    expect(
      socket.frames.find(({ type, data }) => type === "progress.updated" && data.task_id === "c1")?.data,
    ).toMatchObject({
      percent_complete: 50,
      step: "rendering",
    });
    await finish(steps);
    await socket.until(({ type }) => type === "session.completed");
    expect(socket.facts().map(({ seq }) => seq)).toEqual(Array.from({ length: 12 }, (_, index) => index + 6));
  });

  test("of another history gets a snapshot", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const socket = await open(server);
    socket.send("subscribe", { ref: "r", job_id: "j", since: { epoch: "another", seq: 5, tick: 0 } });
    const { data } = await socket.until(({ type }) => type === "subscribed");
    expect(data).toMatchObject({ recovered: false, snapshot: { seq: 17 } });
  });

  test("ends a subscription when asked to, also one that is not open yet, and its ref may be used again", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    await steps.next();
    const socket = await open(server);
    socket.send("subscribe", { ref: "r", job_id: "j" });
    socket.send("unsubscribe", { ref: "r" });
    socket.send("subscribe", { ref: "r", job_id: "j" });
    await socket.until(({ type }) => type === "live");
    socket.send("unsubscribe", { ref: "r" });
    socket.send("ping", {});
    await socket.until(({ type }) => type === "pong");
    const before = socket.frames.length;
    await finish(steps);
    socket.send("ping", {});
    await socket.until(({ type }) => type === "pong", before);
    expect(socket.frames.slice(before).map(({ type }) => type)).toEqual(["pong"]);
    expect(socket.types().filter((type) => type === "subscribed")).toHaveLength(1);
  });

  test("answers what it cannot serve with an error, and goes on", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const socket = await open(server);
    socket.send("subscribe", { ref: "r", job_id: "none" });
    const missing = await socket.until(({ type }) => type === "error");
    expect(missing.data).toMatchObject({ ref: "r", error_code: "not_found", retryable: false, retry_after_ms: null });
    socket.send("subscribe", { ref: "r", job_id: "j" });
    await socket.until(({ type }) => type === "live");
    socket.send("subscribe", { ref: "r", job_id: "j" });
    const twice = await socket.until(({ type, data }) => type === "error" && data.error_code === "conflict");
    expect(twice.data.ref).toBe("r");
    for (let at = 0; at < 64; at++) socket.send("subscribe", { ref: `more ${at}`, job_id: "j" });
    const tooMany = await socket.until(({ type, data }) => type === "error" && data.error_code === "rate_limited");
    expect(tooMany.data).toMatchObject({ ref: "more 63", retryable: false });
    await socket.until(({ type, data }) => type === "live" && data.ref === "more 62");
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  });

  test("follows a list: its jobs, then how those that change stand", async () => {
    const server = await startTestServer();
    const [a, b] = [runJob(server, "a"), runJob(server, "b")];
    await Promise.all([a.next(), b.next()]);
    await server.send(server.record("other", "job.created", { kind: "bulk" }));
    const socket = await open(server);
    socket.send("subscribe", { ref: "list", jobs: { kind: ["clips"] } });
    const { data } = await socket.until(({ type }) => type === "subscribed");
    expect(data.jobs.map(({ job_id }: Job) => job_id).sort()).toEqual(["a", "b"]);
    expect(data.jobs[0]).not.toHaveProperty("tasks");
    await finish(a);
    await server.send(server.record("other", "job.state_changed", { new_state: "running" }));
    const changed = await socket.until(
      ({ type, data: { job } }) => type === "jobs.changed" && job.state === "completed",
    );
    expect(changed.data).toMatchObject({ ref: "list", job: { job_id: "a", progress: { percent_complete: 100 } } });
    await finish(b);
    await socket.until(
      ({ type, data: { job } }) => type === "jobs.changed" && job.job_id === "b" && job.state === "completed",
    );
    expect(
      socket.frames.filter(({ type, data: { job } }) => type === "jobs.changed" && job.job_id === "other"),
    ).toEqual([]);
  });

  test("whatever a client misses and whenever it comes back, the fold of what it got is the job", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    await steps.next();
    let job: Job | null = null;
    let epoch = "";
    let isOver = false;
    const running = finish(steps).then(() => {
      isOver = true;
    });
    while (job === null || job.seq < 17) {
      const socket = await open(server);
      const known: Job | null = job;
      const since = known === null ? {} : { since: { epoch, seq: known.seq, tick: known.tick } };
      socket.send("subscribe", { ref: "r", job_id: "j", ...since });
      await socket.until(({ type }) => type === "live");
      if (!isOver) await Promise.race([running, socket.until(isEvent, socket.frames.length + randomInt(4))]);
      socket.socket.terminate();
      await socket.closed;
      const subscribed = socket.frames.find(({ type }) => type === "subscribed");
      epoch = subscribed?.data.epoch;
      let next: Job = subscribed?.data.snapshot ? jobFromSnapshot(subscribed.data.snapshot) : (known as Job);
      for (const frame of socket.frames.filter(isEvent)) {
        expect(positionOf(next, frame)).not.toBe("gap");
        if (frame.tick === undefined) expect(frame.seq).toBe(next.seq + 1);
        next = foldAll(next, [frame]);
      }
      job = next;
    }
    await running;
    expect(job).toMatchObject({ state: "completed", progress: { percent_complete: 100, items_completed: 2 } });
    expect([...job.tasks.values()].map(({ state }) => state)).toEqual(["completed", "completed", "completed"]);
  });
});
