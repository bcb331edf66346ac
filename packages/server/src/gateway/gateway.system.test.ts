import { beforeAll, describe, expect, test } from "vitest";
import { atFileEnd } from "../../test/file-end.ts";
import { finish, runJob } from "../../test/run-job.ts";
import { openSocket } from "../../test/socket.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

describe("who may not come in is told why", () => {
  const atEnd = atFileEnd();
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ atEnd });
  });

  const CASES = [
    { name: "a wrong token", url: "/?job_id=j&token=wrong", code: 4500 },
    { name: "no token", url: "/?job_id=j", code: 4500 },
    { name: "a wrong token at playhead.v1", url: "/?token=wrong", protocol: "playhead.v1", code: 4500 },
  ];
  test.each(CASES)("$name: $code", async ({ url, protocol, code }) => {
    const socket = openSocket(server.server.url.replace("http", "ws") + url, protocol);
    expect(await socket.closed).toMatchObject({ code, reason: expect.stringContaining("token") });
    expect(socket.frames).toEqual([]);
  });

  test("a job that is not there: 4502, the address being without one or wrong: 4503", async () => {
    expect(await openSocket(server.socketUrl("job_id=none")).closed).toMatchObject({
      code: 4502,
      reason: "there is no job none",
    });
    expect(await openSocket(server.socketUrl("x=1")).closed).toMatchObject({ code: 4503 });
    expect(await openSocket(server.socketUrl("job_id=j&after=x")).closed).toMatchObject({ code: 4503 });
  });

  test("a session's cookie opens a socket for a page of ours, and for no other", async () => {
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
      const socket = openSocket(server.socketUrl(""), "playhead.v1");
      await socket.until(({ type }) => type === "hello");
      socket.socket.send(text);
      expect((await socket.closed).code).toBe(4503);
    },
  );

  test("frames that are too large, binary, or too many; nobody else is harmed", async () => {
    await finish(runJob(server, "j1"));
    const bystander = openSocket(server.socketUrl("job_id=j1"));
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
    // More than the network's own buffers hold, and then more than may wait. Given up, it has five seconds to read why.
    for (let givenUpFor = 0; givenUpFor < 2; ) {
      const records = Array.from({ length: 10 }, () => record("j", "job.updated", { title: `${title}${++sent}` }));
      await send(...records);
      await quick.until(({ seq, type }) => type === "job.updated" && seq === sent);
      const { waitingBytes, unreadBytes } = server.server.load();
      givenUpFor = unreadBytes > 64 * 1_024 && waitingBytes < 64 * 1_024 ? givenUpFor + 1 : 0;
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
  expect(await last).toEqual({ accepted: 1, refused: [], followed: expect.any(Boolean) });
  for (const socket of [simple, v1]) {
    expect(await socket.closed).toMatchObject({ code: 4005 });
    expect(socket.frames.filter(({ type }) => type === "job.updated")).toHaveLength(1);
  }
  await closed;
});
