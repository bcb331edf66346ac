import { describe, expect, test } from "vitest";
import { openSocket } from "../../test/socket.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

async function setup() {
  const server = await startTestServer();
  await server.send(server.record("j", "job.created", { kind: "clips" }));
  let written = 0;
  return {
    ...server,
    /** Writes so many lines, each with its number. */
    async write(count: number, level = "info", padding = "") {
      for (let left = count; left > 0; left -= 1_000) {
        const records = Array.from({ length: Math.min(left, 1_000) }, () =>
          server.record("j", "log", { level, message: `${++written}${padding}` }),
        );
        await server.send(...records);
      }
    },
    open: (logs: object) => openLog(server, logs),
  };
}

async function openLog(server: Pick<TestServer, "socketUrl">, logs: object) {
  const socket = openSocket(server.socketUrl(""), "playhead.v1");
  await socket.until(({ type }) => type === "hello");
  socket.send("subscribe", { ref: "l", logs: { job_id: "j", ...logs } });
  return {
    ...socket,
    lines: () =>
      socket.frames.filter(({ type }) => type === "log").map(({ data }) => Number.parseInt(data.message, 10)),
    ids: () => socket.frames.filter(({ type }) => type === "log").map(({ data }) => Number(data.log_id)),
  };
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const isLine = (number: number) => (frame: { type: string; data: { message?: string } }) =>
  frame.type === "log" && Number.parseInt(frame.data.message ?? "", 10) === number;

describe("a log tail", () => {
  test("from a line on brings what is stored in order, says that it is live, and then what comes", async () => {
    const { write, open } = await setup();
    await write(1_234);
    const tail = await open({ after: 0 });
    await tail.until(({ type }) => type === "live");
    expect(tail.frames.find(({ type }) => type === "subscribed")?.data).toMatchObject({
      ref: "l",
      job_id: "j",
      recovered: true,
      snapshot: null,
      jobs: null,
    });
    expect(tail.lines()).toEqual(upTo(1_234));
    expect(tail.types().slice(1, 3)).toEqual(["subscribed", "log"]);
    await write(10);
    await tail.until(isLine(1_244));
    expect(tail.lines()).toEqual(upTo(1_244));
    const again = await open({ after: tail.ids()[1_000] });
    await again.until(isLine(1_244));
    expect(again.lines()).toEqual(upTo(1_244, 1_002));
  });

  test("without a line brings only what comes", async () => {
    const { write, open } = await setup();
    await write(5);
    const tail = await open({});
    await tail.until(({ type }) => type === "live");
    await write(2);
    await tail.until(isLine(7));
    expect(tail.lines()).toEqual([6, 7]);
  });

  test("of a level brings that and worse, from the store and live", async () => {
    const { write, open } = await setup();
    await write(300, "info");
    await write(2, "warning");
    const tail = await open({ after: 0, level: "warning" });
    await tail.until(({ type }) => type === "live");
    await write(1, "info");
    await write(1, "critical");
    await tail.until(isLine(304));
    expect(tail.lines()).toEqual([301, 302, 304]);
  });

  test("ends when it is unsubscribed, and is not had of no job", async () => {
    const { write, open, socketUrl } = await setup();
    const tail = await open({});
    await tail.until(({ type }) => type === "live");
    tail.send("unsubscribe", { ref: "l" });
    tail.send("ping", {});
    await tail.until(({ type }) => type === "pong");
    await write(1);
    tail.send("subscribe", { ref: "none", logs: { job_id: "none" } });
    expect((await tail.until(({ type }) => type === "error")).data).toMatchObject({
      ref: "none",
      error_code: "not_found",
    });
    expect(tail.lines()).toEqual([]);
    expect(socketUrl("")).toContain("token");
  });

  test("50,000 lines to a slow reader: none is lost or doubled, it is not closed, and memory is bounded", async () => {
    const { write, open, server } = await setup();
    const padding = "x".repeat(300);
    await write(20_000, "info", padding);
    const tail = await open({ after: 0 });
    let mostWaiting = 0;
    let mostUnread = 0;
    const look = () => {
      const { waitingBytes, unreadBytes } = server.load();
      mostWaiting = Math.max(mostWaiting, waitingBytes);
      mostUnread = Math.max(mostUnread, unreadBytes);
    };
    await tail.until(({ type }) => type === "log");
    // It reads for a moment, and then not, while lines go on coming.
    for (let time = 0; time < 30; time++) {
      tail.socket.pause();
      await write(1_000, "info", padding);
      look();
      tail.socket.resume();
      await tail.until(({ type }) => type === "log", tail.frames.length);
      look();
    }
    await tail.until(isLine(50_000));
    expect(tail.lines()).toEqual(upTo(50_000));
    expect(tail.socket.readyState).toBe(tail.socket.OPEN);
    // A page of lines at most waits beside what is on its way.
    expect(mostWaiting).toBeLessThan(200 * 1_024);
    expect(mostUnread).toBeLessThan(256 * 1_024);
  });
});

test("in the simple mode log lines close nobody: they are left out while the client does not read", async () => {
  const { write, socketUrl, server, record, send } = await setup();
  const socket = openSocket(socketUrl("job_id=j"));
  await socket.until(({ type }) => type === "snapshot");
  await write(1);
  await socket.until(isLine(1));
  socket.socket.pause();
  for (let time = 0; time < 40; time++) await write(1_000, "info", "x".repeat(500));
  const { waitingBytes } = server.load();
  await send(record("j", "job.updated", { title: "after" }));
  socket.socket.resume();
  await socket.until(({ type }) => type === "job.updated");
  expect(waitingBytes).toBeLessThan(256 * 1_024);
  const lines = socket.frames.filter(({ type }) => type === "log");
  expect(lines.length).toBeLessThan(40_001);
  expect(socket.socket.readyState).toBe(socket.socket.OPEN);
});
