import { expect, test } from "vitest";
import { factEvent, publicationOf, tickEvent } from "../../test/publications.ts";
import { openSocket } from "../../test/socket.ts";
import { startTestGateway as setup, VIEWER } from "../../test/start-gateway.ts";
import type { Viewer } from "./viewer.ts";

test("each client is told now and then where its jobs stand, so that a lost last message is found", async () => {
  const { bus, url } = await setup();
  const socket = openSocket(url, "playhead.v1");
  await socket.until(({ type }) => type === "hello");
  socket.send("subscribe", { ref: "r", job_id: "j" });
  await socket.until(({ type }) => type === "live");
  const first = await socket.until(({ type }) => type === "heads");
  expect(first.data).toEqual({ epoch: "e1", jobs: { j: [6, 0] } });
  bus.publish([publicationOf(factEvent("j", 7)), publicationOf(tickEvent("j", 7, 3))]);
  const next = await socket.until(({ type, data }) => type === "heads" && data.jobs.j[0] === 7);
  expect(next.data.jobs).toEqual({ j: [7, 3] });
});

test("who answers pings stays, and who does not is closed with 4004", async () => {
  const { gateway, url } = await setup();
  const [alive, dead] = [openSocket(`${url}?job_id=j`), openSocket(`${url}?job_id=j`, undefined, { autoPong: false })];
  expect(await dead.closed).toMatchObject({ code: 4004 });
  for (let beat = 0; beat < 2; beat++) await new Promise((resolve) => alive.socket.once("ping", resolve));
  expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  expect(gateway.load().connections).toBe(1);
});

test("what a client says while we look who it is waits its turn", async () => {
  const known = Promise.withResolvers<Viewer>();
  const { url } = await setup({ authenticate: () => known.promise });
  const socket = openSocket(url, "playhead.v1");
  await new Promise((resolve) => socket.socket.once("open", resolve));
  socket.send("subscribe", { ref: "r", job_id: "j" });
  socket.send("ping", {});
  known.resolve(VIEWER);
  await socket.until(({ type }) => type === "live");
  await socket.until(({ type }) => type === "pong");
  expect(socket.types()[0]).toBe("hello");
});

test("a fault of ours sends a client away to come back, and is told to the log", async () => {
  const { errors, url } = await setup();
  const simple = openSocket(`${url}?job_id=broken`);
  expect((await simple.closed).code).toBe(1011);
  const v1 = openSocket(url, "playhead.v1");
  await v1.until(({ type }) => type === "hello");
  v1.send("subscribe", { ref: "list", jobs: {} });
  const { data } = await v1.until(({ type }) => type === "error");
  expect(data).toMatchObject({ ref: "list", error_code: "internal_error", retryable: true, retry_after_ms: 1_000 });
  expect(data.error_message).not.toContain("disk");
  expect(errors.map(String)).toEqual(["Error: the disk is gone", "Error: the disk is gone"]);
});

test("a fault while we look who it is does no harm", async () => {
  const { errors, url } = await setup({
    authenticate: async () => {
      throw new Error("no keys");
    },
  });
  expect((await openSocket(`${url}?job_id=j`).closed).code).toBe(1011);
  expect(errors.map(String)).toEqual(["Error: no keys"]);
});

test("at the end all are told, also those that do not answer, and nobody comes in any more", async () => {
  const { gateway, url, revocations } = await setup();
  const polite = openSocket(`${url}?job_id=j`);
  await polite.until(({ type }) => type === "snapshot");
  const deaf = openSocket(`${url}?job_id=j`);
  await deaf.until(({ type }) => type === "snapshot");
  deaf.socket.pause();
  const closed = gateway.close();
  const late = openSocket(`${url}?job_id=j`);
  expect(await polite.closed).toEqual({ code: 4005, reason: "the server is going away; retry_window_ms=2000" });
  await closed;
  expect(revocations.size).toBe(0);
  expect((await late.closed).code).toBe(1006);
  expect(gateway.load().connections).toBe(0);
});
