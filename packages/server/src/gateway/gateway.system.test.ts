import { randomInt } from "node:crypto";
import { type EventFrame, foldAll, isEventType, type Job, jobFromSnapshot, positionOf } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { openSocket } from "../../test/socket.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

/** A job with two clips, to its end, step by step. */
async function* runJob({ record, send }: TestServer, jobId: string): AsyncGenerator<void> {
  const steps = [
    [record(jobId, "job.created", { kind: "clips", title: "Episode 12" })],
    [record(jobId, "job.state_changed", { new_state: "running" })],
    [
      record(jobId, "task.created", { task_id: "s", kind: "scene", title: "Scene" }),
      record(jobId, "task.created", { task_id: "c1", parent_id: "s", kind: "clip", title: "One" }),
      record(jobId, "task.created", { task_id: "c2", parent_id: "s", kind: "clip", title: "Two" }),
    ],
    [
      record(jobId, "scene.started", { task_id: "s" }),
      record(jobId, "clip.progress", { task_id: "c1", step: "rendering" }),
    ],
    [record(jobId, "log", { level: "info", message: "rendering" })],
    [{ ...record(jobId, "clip.progress", { task_id: "c1", percent_complete: 50 }), n: undefined as never }],
    [record(jobId, "clip.uploaded", { task_id: "c1", artifact: { type: "video", name: "1.mp4" } })],
    [
      record(jobId, "clip.progress", { task_id: "c1", step: "complete" }),
      record(jobId, "clip.progress", { task_id: "c2", step: "rendering" }),
    ],
    [
      record(jobId, "clip.progress", { task_id: "c2", step: "complete" }),
      record(jobId, "scene.completed", { task_id: "s" }),
    ],
    [record(jobId, "job.completed", { summary: { clips: 2 } })],
  ];
  for (const records of steps) {
    await send(...records.map(({ n, ...others }) => (n === undefined ? others : { ...others, n })));
    yield;
  }
}

const finish = async (steps: AsyncGenerator<void>) => {
  for await (const _ of steps);
};

const isEvent = (frame: { type: string }): frame is EventFrame => isEventType(frame.type) && frame.type !== "log";

describe("the simple mode", () => {
  test("brings a snapshot, then each fact once in order, the bar and the log, one frame each", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    await steps.next();
    const socket = openSocket(server.socketUrl("job_id=j"));
    const snapshot = await socket.until(({ type }) => type === "snapshot");
    expect(snapshot).toMatchObject({ job_id: "j", seq: 1, data: { state: "pending", title: "Episode 12", tasks: [] } });
    await finish(steps);
    await socket.until(({ type }) => type === "session.completed");
    expect(socket.types()[0]).toBe("snapshot");
    expect(socket.facts().map(({ type, seq }) => [seq, type])).toEqual([
      [2, "job.state_changed"],
      [3, "session.started"],
      [4, "task.created"],
      [5, "task.created"],
      [6, "task.created"],
      [7, "scene.started"],
      [8, "clip.progress"],
      [9, "clip.uploaded"],
      [10, "clip.progress"],
      [11, "clip.progress"],
      [12, "clip.progress"],
      [13, "scene.completed"],
      [14, "job.state_changed"],
      [15, "job.state_changed"],
      [16, "job.completed"],
      [17, "session.completed"],
    ]);
    const log = await socket.until(({ type }) => type === "log");
    expect(log.data).toMatchObject({ job_id: "j", level: "info", message: "rendering", log_id: expect.any(Number) });
    const progress = socket.frames.filter(({ type }) => type === "job.progress");
    expect(progress.at(-1)?.data).toMatchObject({ percent_complete: 100, items_completed: 2, eta_ms: 0 });
    expect(socket.frames.every(({ type }) => type !== "batch" && type !== "hello")).toBe(true);
  });

  test("is spoken at /ws as well", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const socket = openSocket(server.socketUrl("job_id=j").replace("/?", "/ws?"));
    expect(await socket.until(({ type }) => type === "snapshot")).toMatchObject({
      seq: 17,
      data: { state: "completed" },
    });
  });

  test("with after= brings what was missed and nothing else, then where the progress stands", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const socket = openSocket(server.socketUrl("job_id=j&after=14"));
    await socket.until(({ type }) => type === "job.progress");
    expect(socket.frames.map(({ type, seq }) => [type, seq])).toEqual([
      ["job.state_changed", 15],
      ["job.completed", 16],
      ["session.completed", 17],
      ["job.progress", 17],
    ]);
  });

  test("with an after= that is ahead of the job says so, and begins anew", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const socket = openSocket(server.socketUrl("job_id=j&after=99"));
    await socket.until(({ type }) => type === "snapshot");
    expect(socket.types()).toEqual(["reset", "snapshot"]);
  });

  test("over any disconnects, coming back with after= gets every fact once, in order", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    await steps.next();
    const first = openSocket(server.socketUrl("job_id=j&after=0"));
    await first.until(({ seq }) => seq === 1);
    const got = [...first.facts()];
    first.socket.terminate();
    const running = finish(steps);
    for (let visit = 0; got.at(-1)?.seq !== 17; visit++) {
      const socket = openSocket(server.socketUrl(`job_id=j&after=${got.at(-1)?.seq}`));
      const wanted = visit > 20 ? 17 : (got.at(-1)?.seq ?? 0) + randomInt(1, 4);
      await socket.until(
        ({ type, seq, tick }) => type !== "log" && tick === undefined && (seq ?? 0) >= Math.min(17, wanted),
      );
      socket.socket.terminate();
      got.push(...socket.facts());
    }
    await running;
    expect(got.map(({ seq }) => seq)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
    expect(new Set(got.map(({ epoch }) => epoch)).size).toBe(1);
  });
});

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
    socket.send("subscribe", { ref: "2", job_id: "b", logs: true });
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
      expect(frames.filter(({ type }) => type === "log")).toHaveLength(jobId === "b" ? 1 : 0);
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
    const { epoch } = socket.frames[0]?.data;
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

describe("who may not come in is told why", () => {
  const CASES = [
    { name: "a wrong token", url: "/?job_id=j&token=wrong", code: 4500 },
    { name: "no token", url: "/?job_id=j", code: 4500 },
    { name: "a wrong token at playhead.v1", url: "/?token=wrong", protocol: "playhead.v1", code: 4500 },
  ];
  test.each(CASES)("$name: $code", async ({ url, protocol, code }) => {
    const { server } = await startTestServer();
    const socket = openSocket(server.url.replace("http", "ws") + url, protocol);
    expect(await socket.closed).toMatchObject({ code, reason: expect.stringContaining("token") });
    expect(socket.frames).toEqual([]);
  });

  test("a job that is not there: 4502, the address being without one or wrong: 4503", async () => {
    const server = await startTestServer();
    expect(await openSocket(server.socketUrl("job_id=none")).closed).toMatchObject({
      code: 4502,
      reason: "there is no job none",
    });
    expect(await openSocket(server.socketUrl("x=1")).closed).toMatchObject({ code: 4503 });
    expect(await openSocket(server.socketUrl("job_id=j&after=x")).closed).toMatchObject({ code: 4503 });
  });

  test("a session's cookie opens a socket for a page of ours, and for no other", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const { url, accessKey } = server.server;
    const signedIn = await server.ask("/api/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ key: accessKey }),
    });
    const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
    const address = `${url.replace("http", "ws")}/?job_id=j`;
    const ours = openSocket(address, undefined, { headers: { cookie }, origin: url });
    await ours.until(({ type }) => type === "snapshot");
    const theirs = openSocket(address, undefined, { headers: { cookie }, origin: "http://evil.example" });
    expect(await theirs.closed).toMatchObject({ code: 4500 });
  });

  test.each(["{", '{"type":"shout","data":{}}', '{"type":"subscribe","data":{"ref":"é"}}', "7"])(
    "a client that sends %s: 4503",
    async (text) => {
      const server = await startTestServer();
      const socket = openSocket(server.socketUrl(""), "playhead.v1");
      await socket.until(({ type }) => type === "hello");
      socket.socket.send(text);
      expect((await socket.closed).code).toBe(4503);
    },
  );

  test("frames that are too large, binary, or too many; nobody else is harmed", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const bystander = openSocket(server.socketUrl("job_id=j"));
    await bystander.until(({ type }) => type === "snapshot");
    const open = async () => {
      const socket = openSocket(server.socketUrl(""), "playhead.v1");
      await socket.until(({ type }) => type === "hello");
      return socket;
    };
    const large = await open();
    large.socket.send("x".repeat(17 * 1024));
    expect((await large.closed).code).toBe(1009);
    const binary = await open();
    binary.socket.send(Buffer.from("{}"), { binary: true });
    expect((await binary.closed).code).toBe(4503);
    const chatty = await open();
    for (let at = 0; at < 601; at++) chatty.send("ping", {});
    expect((await chatty.closed).code).toBe(4003);
    await server.send(server.record("j2", "job.created", { kind: "clips" }));
    expect(bystander.socket.readyState).toBe(bystander.socket.OPEN);
  });

  test.each(["//", "/elsewhere", "/api/v1/jobs", "/..%2f", "/\\"])(
    "an upgrade of %s is refused, and the server lives",
    async (path) => {
      const server = await startTestServer();
      const socket = openSocket(`${server.server.url.replace("http", "ws")}/x`, undefined, {
        // As no browser would send it.
        createConnection: undefined,
        finishRequest: (request) => {
          request.path = path;
          request.end();
        },
      });
      await socket.closed;
      expect((await server.ask("/api/v1/monitoring/health/live")).status).toBe(200);
    },
  );
});

describe("a slow client", () => {
  test("is closed with 4002, others get everything, and coming back it gets what it missed", async () => {
    const server = await startTestServer();
    const { record, send } = server;
    await send(record("j", "job.created", { kind: "clips" }));
    const [slow, quick] = [openSocket(server.socketUrl("job_id=j")), openSocket(server.socketUrl("job_id=j"))];
    await Promise.all([slow.until(({ type }) => type === "snapshot"), quick.until(({ type }) => type === "snapshot")]);
    slow.socket.pause();
    const title = "x".repeat(20_000);
    let sent = 1;
    // More than the network's own buffers hold, and then more than may wait.
    for (let time = 0; time < 150 && slow.socket.readyState === slow.socket.OPEN; time++) {
      const records = Array.from({ length: 10 }, () => record("j", "job.updated", { title: `${title}${++sent}` }));
      await send(...records);
      await quick.until(({ seq, type }) => type === "job.updated" && seq === sent);
    }
    slow.socket.resume();
    expect(await slow.closed).toMatchObject({ code: 4002 });
    expect(quick.facts().map(({ seq }) => seq)).toEqual(Array.from({ length: sent - 1 }, (_, index) => index + 2));
    const last = slow.facts().at(-1)?.seq ?? 1;
    expect(slow.facts().map(({ seq }) => seq)).toEqual(Array.from({ length: last - 1 }, (_, index) => index + 2));
    const again = openSocket(server.socketUrl(`job_id=j&after=${last}`));
    await again.until(({ seq, type }) => type === "job.updated" && seq === sent);
    expect(again.facts()[0]?.seq).toBe(last + 1);
    expect(quick.socket.readyState).toBe(quick.socket.OPEN);
  });

  test("may take its time for a large snapshot and a long replay, as long as it reads", async () => {
    const server = await startTestServer();
    const { record, send } = server;
    await send(record("j", "job.created", { kind: "clips" }));
    for (let time = 0; time < 20; time++) {
      const tasks = Array.from({ length: 200 }, (_, index) =>
        record("j", "task.created", { task_id: `t${time}-${index}`, kind: "clip", title: "x".repeat(200) }),
      );
      await send(...tasks);
    }
    const replay = openSocket(server.socketUrl("job_id=j&after=1"));
    await replay.until(({ type }) => type === "job.progress");
    expect(replay.facts()).toHaveLength(4_000);
    const snapshot = openSocket(server.socketUrl("job_id=j"));
    const { data } = await snapshot.until(({ type }) => type === "snapshot");
    expect([data.tasks.length, data.tasks_total, data.open_tasks_omitted]).toEqual([500, 4_000, 3_500]);
    await send(record("j", "job.updated", { title: "after" }));
    for (const socket of [replay, snapshot]) await socket.until(({ type }) => type === "job.updated");
  });
});

test("when the server ends, clients hear the last facts, then that it is going away", async () => {
  const server = await startTestServer();
  const steps = runJob(server, "j");
  await steps.next();
  const simple = openSocket(server.socketUrl("job_id=j"));
  await simple.until(({ type }) => type === "snapshot");
  const v1 = openSocket(server.socketUrl(""), "playhead.v1");
  await v1.until(({ type }) => type === "hello");
  v1.send("subscribe", { ref: "r", job_id: "j" });
  await v1.until(({ type }) => type === "live");
  const last = server.send(server.record("j", "job.updated", { title: "the last word" }));
  const closed = server.server.close();
  expect(await last).toEqual({ accepted: 1, refused: [] });
  for (const socket of [simple, v1]) {
    expect(await socket.closed).toMatchObject({ code: 4005 });
    expect(socket.frames.filter(({ type }) => type === "job.updated")).toHaveLength(1);
  }
  await closed;
});
