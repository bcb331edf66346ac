import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { type RedisServer, startRedisServer } from "../../../../../tests/servers/redis-server.ts";
import { connectRedis, parseRedisUrl } from "../../bus/redis/connect.ts";
import type { QueuedJob, QueuePace } from "../job-queue.ts";
import { createBullMQQueue } from "./bullmq-queue.ts";
import { QUEUE_PREFIX, type QueuedData, queueNameOf } from "./names.ts";

const SECOND_MS = 1_000;
const NAME = queueNameOf("t", "clips");

/** What waits in an engine, and the queue that hands it out by a Redis of this test's own. */
async function setup(pace: Partial<QueuePace> = {}) {
  const server = await startRedisServer(onTestFinished);
  const waiting = new Map<string, QueuedJob>();
  const open = new Set<string>();
  let limits: QueuePace = { agingMs: SECOND_MS, maxRunning: new Map(), maxPerMinute: new Map(), ...pace };
  const errors: unknown[] = [];
  const queue = createBullMQQueue({
    redis: connectRedis(parseRedisUrl(server.socket), "queue", () => undefined),
    waiting: () => waiting.values(),
    findWaiting: (jobId) => waiting.get(jobId) ?? null,
    isOpen: (jobId) => open.has(jobId),
    pace: () => limits,
    nowMs: Date.now,
    onError: (error) => errors.push(error),
  });
  onTestFinished(queue.close);
  const seen = connect(server);
  const bull = new Queue<QueuedData>(NAME, { connection: seen, prefix: QUEUE_PREFIX });
  bull.on("error", () => undefined);

  return {
    ...{ server, queue, waiting, bull, seen, errors },
    setPace(next: Partial<QueuePace>): void {
      limits = { ...limits, ...next };
      queue.notePace();
    },
    /** A job comes to wait. */
    add(jobId: string, fields: Partial<QueuedJob> = {}): void {
      waiting.set(jobId, { jobId, tenantId: "t", kind: "clips", priority: 0, sinceMs: Date.now(), ...fields });
      open.add(jobId);
      queue.noteChange(jobId);
    },
    /** It does not wait any more, and does not run either. */
    cancel(jobId: string): void {
      waiting.delete(jobId);
      open.delete(jobId);
      queue.noteChange(jobId);
    },
    /** Waits until so many are there that nobody has begun. */
    async holds(count: number): Promise<void> {
      const held = async () =>
        (await queue.readCounts("t"))?.reduce((sum, each) => sum + each.waiting + each.delayed, 0);
      await expect.poll(held, { timeout: 20_000 }).toBe(count);
    },
    /** A worker that notes in which order jobs come to it, as one that begins them all would. */
    work() {
      const taken: { readonly jobId: string; readonly atMs: number }[] = [];
      const worker = new Worker<QueuedData>(
        NAME,
        async ({ data: { job_id: jobId } }) => {
          taken.push({ jobId, atMs: Date.now() });
          waiting.delete(jobId);
          queue.noteChange(jobId);
        },
        { connection: seen, prefix: QUEUE_PREFIX },
      );
      worker.on("error", () => undefined);
      onTestFinished(() => worker.close());
      return {
        taken: async (count: number) => {
          await expect.poll(() => taken.length, { timeout: 20_000 }).toBe(count);
          return taken.map(({ jobId }) => jobId);
        },
        times: () => taken.map(({ atMs }) => atMs),
      };
    },
  };
}

function connect({ socket }: RedisServer): Redis {
  const redis = new Redis(socket, { maxRetriesPerRequest: null });
  redis.on("error", () => undefined);
  onTestFinished(() => redis.disconnect());
  return redis;
}

test("jobs come to workers by priority, and who has waited counts for more: as much as the built-in queue says", async () => {
  const { add, holds, work } = await setup();
  const nowMs = Date.now();
  add("new");
  add("urgent", { priority: 10 });
  add("least", { priority: -100 });
  add("aged", { priority: -100, sinceMs: nowMs - 150 * SECOND_MS });
  add("42", { priority: 5 });
  await holds(5);
  expect(await work().taken(5)).toEqual(["aged", "urgent", "42", "new", "least"]);
});

test("one for later comes when its time has come", async () => {
  const { add, holds, work } = await setup();
  const sinceMs = Date.now() + 1_500;
  add("later", { sinceMs, priority: 100 });
  add("now");
  await holds(2);
  const worker = work();
  expect(await worker.taken(2)).toEqual(["now", "later"]);
  expect(worker.times()[1]).toBeGreaterThanOrEqual(sinceMs);
});

test("one that is canceled while it waits goes, wherever it stands", async () => {
  const { add, cancel, holds, work } = await setup();
  for (const jobId of ["a", "b", "c"]) add(jobId);
  add("later", { sinceMs: Date.now() + 600_000 });
  await holds(4);
  cancel("b");
  cancel("later");
  await holds(2);
  expect(await work().taken(2)).toEqual(["a", "c"]);
});

test("a kind's limits are BullMQ's own: how many run, and how many begin in a minute", async () => {
  const { add, holds, bull, work } = await setup({
    maxRunning: new Map([["clips", 3]]),
    maxPerMinute: new Map([["clips", 2]]),
  });
  for (const jobId of ["a", "b", "c"]) add(jobId);
  await holds(3);
  expect([await bull.getGlobalConcurrency(), await bull.getGlobalRateLimit()]).toEqual([
    3,
    { max: 2, duration: 60_000 },
  ]);
  expect(await work().taken(2)).toEqual(["a", "b"]);
  await expect.poll(() => bull.getRateLimitTtl(2)).toBeGreaterThan(50_000);
  await holds(1);
});

test("after Redis was away all that waits is there, also when it comes back empty, and nothing else", async () => {
  const { server, queue, add, cancel, holds, waiting, work } = await setup();
  for (let at = 0; at < 1_200; at++) add(`j${at}`, { priority: at % 7 });
  await holds(1_200);
  await server.kill();
  await expect.poll(() => queue.isConnected()).toBe(false);
  expect(await queue.readCounts("t")).toBeNull();
  cancel("j1");
  add("new");
  for (let at = 3; at < 1_200; at++) waiting.delete(`j${at}`);
  await server.start();
  await holds(3);
  expect((await work().taken(3)).sort()).toEqual(["j0", "j2", "new"]);
});

test("what is told of a kind is what BullMQ has of it, also that somebody stopped it", async () => {
  const { queue, add, holds, bull } = await setup();
  add("a");
  add("b");
  add("later", { sinceMs: Date.now() + 600_000 });
  await holds(3);
  await bull.pause();
  expect(await queue.readCounts("t")).toEqual([
    { kind: "clips", waiting: 2, delayed: 1, active: 0, failed: 0, isPaused: true },
  ]);
  expect([await queue.readCounts("other"), (await queue.readCounts(null))?.length]).toEqual([[], 1]);
});

test("what goes wrong while Redis is there is said once, and done when it can be", async () => {
  const { add, holds, seen, errors } = await setup();
  await seen.config("SET", "maxmemory", "1");
  add("a");
  await expect.poll(() => errors.length).toBe(1);
  // Tried again and again meanwhile.
  const refusals = async () => Number(/errorstat_OOM:count=(\d+)/.exec(await seen.info("errorstats"))?.[1]);
  await expect.poll(refusals, { timeout: 20_000 }).toBeGreaterThan(2);
  expect(String(errors)).toContain("OOM");
  await seen.config("SET", "maxmemory", "0");
  await holds(1);
  expect(errors).toHaveLength(1);
});

test("it ends while Redis is away, whatever it was about to do", async () => {
  const { server, queue, add } = await setup();
  add("a");
  await server.kill();
  add("b", { kind: "merge" });
  await queue.close();
  expect(queue.isConnected()).toBe(false);
});

test("what somebody removed from Redis, or made fail there, is put back at the next look", async () => {
  const { queue, add, holds, bull, work } = await setup();
  for (const jobId of ["a", "b"]) add(jobId);
  await holds(2);
  await bull.remove("a");
  await holds(1);
  queue.notePace();
  await holds(2);
  expect((await work().taken(2)).sort()).toEqual(["a", "b"]);
});

test("when the aging is another, all that waits is ranked anew", async () => {
  const { setPace, add, holds, bull, work } = await setup();
  add("old", { sinceMs: Date.now() - 30 * SECOND_MS });
  add("urgent", { priority: 10 });
  await holds(2);
  const ranks = async () => Promise.all(["old", "urgent"].map(async (id) => (await bull.getJob(id))?.priority ?? 0));
  const [old = 0, urgent = 0] = await ranks();
  expect(old).toBeLessThan(urgent);
  setPace({ agingMs: 60 * SECOND_MS });
  await expect
    .poll(async () => (await ranks()).every((rank) => rank > 0 && rank !== old && rank !== urgent))
    .toBe(true);
  expect(await work().taken(2)).toEqual(["urgent", "old"]);
});
