import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { type RedisServer, startRedisServer } from "../../../../../tests/servers/redis-server.ts";
import { createMemoryStore } from "../../../test/bus-store.ts";
import { factEvent, lineOf, publicationOf, tickEvent } from "../../../test/publications.ts";
import { createKeys, ENDED_TTL_MS, MAX_FACTS, MAX_SLOTS } from "./keys.ts";
import { createRedisPublisher, type RedisPublisherDeps } from "./publisher.ts";
import { createRedisBus } from "./redis-bus.ts";

const keys = createKeys(0);
let server: RedisServer;
let admin: Redis;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startRedisServer((stop) => stops.push(stop));
  admin = new Redis(server.socket, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  admin.on("error", () => undefined);
});
beforeEach(async () => {
  await admin.flushall();
});
afterAll(async () => {
  admin.disconnect();
  for (const stop of stops) await stop();
});

function setup(deps: Partial<RedisPublisherDeps> = {}) {
  const errors: unknown[] = [];
  const publisher = createRedisPublisher({
    ...{ url: server.socket, epoch: "e1", liveJobs: () => [], currentTicks: () => [] },
    onError: (error) => errors.push(error),
    ...deps,
  });
  onTestFinished(() => publisher.close());
  const said = () => expect.poll(() => publisher.load().waitingBytes).toBe(0);
  return {
    publisher,
    errors,
    said,
    say: (...events: ReturnType<typeof factEvent>[]) => publisher.publish(events.map((each) => publicationOf(each))),
  };
}

const headOf = (jobId: string) => admin.hgetall(keys.head(jobId));
const factIds = async (jobId: string) => (await admin.xrange(keys.facts(jobId), "-", "+")).map(([id]) => id);

test("a job's state is its position, the latest tick of each slot, and its facts", async () => {
  const { say, said, publisher } = setup();
  say(factEvent("a", 1), tickEvent("a", 1, 1, "x"), tickEvent("a", 1, 2, "y"), tickEvent("a", 1, 3, "x"));
  publisher.publish([lineOf("a", 8)]);
  await said();
  const { 't:"x"': x, 't:"y"': y, ...rest } = await headOf("a");
  expect(rest).toEqual({ epoch: "e1", tenant: '"default"', seq: "1", tick: "3", log: "8" });
  expect([x, y].map((frame) => JSON.parse(frame ?? "").tick)).toEqual([3, 2]);
  expect(await factIds("a")).toEqual(["1-0"]);
});

test("what is said twice is there once", async () => {
  const { say, said } = setup();
  say(factEvent("a", 1), factEvent("a", 2), tickEvent("a", 2, 4));
  await said();
  const before = await headOf("a");
  say(factEvent("a", 1), factEvent("a", 2), tickEvent("a", 2, 4));
  await said();
  expect([await headOf("a"), await factIds("a")]).toEqual([before, ["1-0", "2-0"]]);
});

test("another history begins anew", async () => {
  const { say, said } = setup();
  say(factEvent("a", 1), factEvent("a", 2));
  await said();
  const restored = setup({ epoch: "e2" });
  restored.say(factEvent("a", 1));
  await restored.said();
  expect([(await headOf("a")).epoch, await factIds("a")]).toEqual(["e2", ["1-0"]]);
});

test("a job's room is bounded, however much happens, and for how long", async () => {
  const { say, said } = setup();
  const sizes: (number | null)[] = [];
  for (let seq = 1; seq <= 4_000; seq++) {
    say(factEvent("a", seq), tickEvent("a", seq, seq, `task ${seq}`));
    if (seq % 2_000 > 0) continue;
    await said();
    sizes.push((await admin.memory("USAGE", keys.head("a"))) as number, await admin.xlen(keys.facts("a")));
  }
  const [early, earlyFacts, late, lateFacts] = sizes as [number, number, number, number];
  expect(late).toBeLessThan(early * 1.1);
  for (const facts of [earlyFacts, lateFacts]) {
    expect(facts).toBeGreaterThanOrEqual(MAX_FACTS);
    expect(facts).toBeLessThanOrEqual(MAX_FACTS + 100);
  }
  expect(await admin.hlen(keys.head("a"))).toBeLessThanOrEqual(MAX_SLOTS + 10);
  expect(await admin.pttl(keys.head("a"))).toBeGreaterThan(ENDED_TTL_MS);
  say({ ...factEvent("a", 4_001), type: "job.completed" });
  say({ ...factEvent("a", 4_002), type: "job.updated" });
  await said();
  for (const key of [keys.head("a"), keys.facts("a")]) {
    const ttlMs = await admin.pttl(key);
    expect(ttlMs).toBeGreaterThan(0);
    expect(ttlMs).toBeLessThanOrEqual(ENDED_TTL_MS);
  }
});

test("a task that has ended leaves no tick behind", async () => {
  const { say, said } = setup();
  say(factEvent("a", 1), tickEvent("a", 1, 1, "x"), tickEvent("a", 1, 2, "y"));
  say({ ...factEvent("a", 2), type: "task.completed", data: { task_id: "x" } });
  await said();
  expect(Object.keys(await headOf("a")).filter((name) => name.startsWith("t:"))).toEqual(['t:"y"']);
});

test("a fact that is very large is said, and not kept", async () => {
  const { say, said } = setup();
  say(factEvent("a", 1), { ...factEvent("a", 2), data: { text: "x".repeat(10_000) } }, factEvent("a", 3));
  await said();
  expect([(await headOf("a")).seq, await factIds("a")]).toEqual(["3", ["1-0", "3-0"]]);
});

test("what waits while Redis is away is bounded; what was dropped is told as a position, and found in the store", async () => {
  const store = createMemoryStore();
  const { publisher, said, errors } = setup({ maxWaitingBytes: 50_000 });
  const bus = await createRedisBus({ url: server.socket, store, onError: () => undefined, checkMs: 100 });
  onTestFinished(bus.close);
  const seqs: number[] = [];
  const lines: number[] = [];
  bus.subscribe("a", (run) => {
    for (const { seq, tick, content } of run) {
      if ("log_id" in content) lines.push(content.log_id);
      else if (tick === undefined) seqs.push(seq);
    }
  });
  await bus.opened("a");
  const say = (from: number, to: number) => {
    for (let seq = from; seq <= to; seq++) {
      const group = [publicationOf(factEvent("a", seq)), publicationOf(tickEvent("a", seq, seq)), lineOf("a", seq)];
      store.commit(group);
      publisher.publish(group);
    }
  };
  say(1, 10);
  await expect.poll(() => seqs.length).toBe(10);
  await server.kill();
  say(11, 2_000);
  const { dropped, waitingBytes } = publisher.load();
  expect(dropped).toBeGreaterThan(3_000);
  expect(waitingBytes).toBeLessThanOrEqual(50_000);
  await server.start();
  await said();
  say(2_001, 2_010);
  await expect.poll(() => [seqs.length, lines.length]).toEqual([2_010, 2_010]);
  const all = Array.from({ length: 2_010 }, (_, index) => index + 1);
  expect([seqs, lines]).toEqual([all, all]);
  // One outage is one word in the log, however often it was tried.
  expect(errors.length).toBeLessThanOrEqual(2);
});

test("over a new connection it is said again where everything under way stands", async () => {
  const ticks: Record<string, number> = { a: 5, b: 7 };
  const { say, said } = setup({
    liveJobs: () => ["a", "b"].map((jobId) => ({ tenantId: "default", jobId })),
    currentTicks: (jobId) => {
      ticks[jobId] = (ticks[jobId] ?? 0) + 1;
      return [JSON.stringify({ ...tickEvent(jobId, 3, ticks[jobId]), epoch: "e1" })];
    },
  });
  say(tickEvent("a", 3, 5), tickEvent("b", 3, 7));
  await said();
  await server.kill();
  await server.start();
  await expect.poll(async () => (await headOf("b")).tick).toBeDefined();
  const [a, b] = [await headOf("a"), await headOf("b")];
  expect([a.seq, JSON.parse(a['t:"t"'] ?? "").tick]).toEqual(["3", ticks.a]);
  expect([b.seq, JSON.parse(b['t:"t"'] ?? "").tick]).toEqual(["3", ticks.b]);
});

test("scripts that Redis forgot are loaded again", async () => {
  const { say, said } = setup();
  say(factEvent("a", 1));
  await said();
  await admin.script("FLUSH");
  say(factEvent("a", 2));
  await said();
  expect(await factIds("a")).toEqual(["1-0", "2-0"]);
});

test("a Redis that is full is asked again, and takes it once there is room", async () => {
  const { say, said, errors, publisher } = setup();
  say(factEvent("a", 1));
  await said();
  await admin.config("SET", "maxmemory", "1");
  say(factEvent("a", 2));
  await expect.poll(() => errors.map(String).join()).toContain("OOM");
  expect(publisher.load().waitingBytes).toBeGreaterThan(0);
  await admin.config("SET", "maxmemory", "0");
  await said();
  expect(await factIds("a")).toEqual(["1-0", "2-0"]);
});
