import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { startRedisServer } from "../../../../../tests/servers/redis-server.ts";
import { createRedisSignals } from "./redis-signals.ts";

const onError = () => undefined;

async function setup(isPersistent: boolean) {
  const server = await startRedisServer(onTestFinished, { isPersistent });
  const join = async () => {
    const signals = await createRedisSignals({ url: server.socket, onError });
    onTestFinished(signals.close);
    const heard: string[] = [];
    let missed = 0;
    signals.on("revoked", (body) => heard.push(body));
    signals.onMissed(() => {
      missed += 1;
    });
    return { ...signals, heard, missed: () => missed };
  };
  const admin = new Redis(server.socket);
  onTestFinished(() => admin.disconnect());
  admin.on("error", onError);
  return { server, join, admin };
}

test("a signal reaches all who listen for its name, once, in order; nobody hears what was before", async () => {
  const { join } = await setup(false);
  const [a, b] = [await join(), await join()];
  await a.send("revoked", "1");
  await b.send("another", "x");
  await b.send("revoked", "2");
  await expect
    .poll(() => [a.heard, b.heard])
    .toEqual([
      ["1", "2"],
      ["1", "2"],
    ]);
  const late = await join();
  await a.send("revoked", "3");
  await expect.poll(() => late.heard).toEqual(["3"]);
  expect([a.missed(), b.missed(), late.missed()]).toEqual([0, 0, 0]);
});

test("who was cut off hears what was sent meanwhile", async () => {
  const { join, admin } = await setup(false);
  const [a, b] = [await join(), await join()];
  await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
  await a.send("revoked", "1");
  await expect.poll(() => [a.heard, b.heard]).toEqual([["1"], ["1"]]);
  expect(b.missed()).toBe(0);
});

test.each([true, false])(
  "what nobody could be told is told as missed; Redis has its data: %s",
  async (isPersistent) => {
    const { join, server } = await setup(isPersistent);
    const [a, b] = [await join(), await join()];
    await a.send("revoked", "1");
    await expect.poll(() => b.heard).toEqual(["1"]);
    await server.kill();
    await expect(a.send("revoked", "2")).rejects.toMatchObject({ code: "service_unavailable", retryable: true });
    await server.start();
    await expect.poll(() => a.missed() > 0 && b.missed() > 0).toBe(true);
    await b.send("revoked", "3");
    await expect
      .poll(() => [a.heard, b.heard])
      .toEqual([
        ["1", "3"],
        ["1", "3"],
      ]);
  },
);
