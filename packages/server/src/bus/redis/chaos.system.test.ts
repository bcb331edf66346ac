import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { startRedisServer } from "../../../../../tests/servers/redis-server.ts";
import { createBusWorld, followJob } from "../../../test/bus-world.ts";
import { layRedisLine } from "../../../test/redis-line.ts";
import { seededRandom } from "../../../test/seeded-random.ts";
import { createKeys } from "./keys.ts";
import { readMessage } from "./message.ts";
import { createRedisPublisher } from "./publisher.ts";
import { createRedisBus } from "./redis-bus.ts";

const JOBS = 40;
const GATEWAYS = 3;
const VIEWERS = 120;
const SEED = 20261122;
/** Without words an outage is what it should be; every one of them is in the log of a server. */
const onError = () => undefined;

/** What everybody would write first: subscribes again by itself, and believes what it hears. */
async function listenPlainly(socket: string, jobIds: readonly string[]) {
  const keys = createKeys(0);
  const heard = new Map<string, Set<number>>(jobIds.map((jobId) => [jobId, new Set()]));
  const redis = new Redis(socket, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on("error", onError);
  onTestFinished(() => redis.disconnect());
  redis.on("message", (channel: string, text: string) => {
    for (const { jobId, seq, tick } of readMessage(text).publications) {
      if (tick === undefined) heard.get(jobId)?.add(seq);
      expect(channel).toBe(keys.channel(jobId));
    }
  });
  await redis.subscribe(...jobIds.map(keys.channel));
  return heard;
}

test.each([
  { name: "that loses its data", isPersistent: false, steps: 500 },
  { name: "that keeps its data", isPersistent: true, steps: 250 },
])("no viewer of three gateways loses or reorders a fact over a Redis $name", async ({ isPersistent, steps }) => {
  const random = seededRandom(SEED);
  const server = await startRedisServer(onTestFinished, { isPersistent });
  const line = await layRedisLine(server.socket);
  onTestFinished(() => line.close());
  const admin = new Redis(server.socket, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  admin.on("error", onError);
  onTestFinished(() => admin.disconnect());

  const world = createBusWorld(JOBS, random);
  const { liveJobs, currentTicks, store } = world;
  const begin = () => createRedisPublisher({ url: line.url, epoch: "e1", onError, liveJobs, currentTicks });
  let publisher = begin();
  onTestFinished(() => publisher.close());
  const buses = await Promise.all(
    Array.from({ length: GATEWAYS }, (_, index) => {
      const url = index === 0 ? server.socket : line.url;
      return createRedisBus({ url, store, onError, checkMs: 250, lingerMs: 0 });
    }),
  );
  onTestFinished(() => {
    for (const bus of buses) bus.close();
  });
  const view = (index: number) =>
    followJob(world, buses[index % GATEWAYS] as (typeof buses)[0], `job-${Math.floor(random() * JOBS)}`);
  const viewers = Array.from({ length: VIEWERS }, (_, index) => view(index));
  const plain = await listenPlainly(
    server.socket,
    world.jobs.map(({ jobId }) => jobId),
  );

  const faults: Readonly<Record<string, () => Promise<unknown> | unknown>> = {
    "viewers' connections killed": () => admin.call("CLIENT", "KILL", "TYPE", "pubsub"),
    "other connections killed": () => admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
    "line cut": line.cut,
    async "engine died with facts stored and not said"() {
      const died = publisher;
      world.happen();
      publisher = begin();
      void died.close(0);
    },
    async "Redis killed and started"() {
      await server.kill();
      for (let count = 0; count < 5; count++) publisher.publish(world.happen());
      await server.start();
    },
  };
  const done: Record<string, number> = {};
  let faultNo = 0;
  for (let step = 0; step < steps; step++) {
    publisher.publish(world.happen());
    // So much happens at a time; nothing is proved by how long it takes.
    await sleep(10);
    if (random() < 0.06) {
      // Each of them in its turn, at random moments.
      const names = Object.keys(faults);
      const name = names[faultNo++ % names.length] as string;
      done[name] = (done[name] ?? 0) + 1;
      await faults[name]?.();
    }
    if (random() < 0.1) {
      // Viewers come and go all the time.
      const index = Math.floor(random() * VIEWERS);
      viewers[index]?.end();
      viewers[index] = view(index);
    }
  }
  for (const job of world.jobs.slice(0, JOBS / 2)) publisher.publish(world.end(job));

  const left = () =>
    viewers.flatMap(({ jobId, seqs, percent }, index) => {
      const job = world.jobs.find((each) => each.jobId === jobId);
      const isRight = seqs.length === job?.seq && (job.ended || percent() === job.percent);
      return isRight ? [] : [{ index, jobId, facts: [seqs.length, job?.seq], percents: [percent(), job?.percent] }];
    });
  await expect.poll(left, { timeout: 20_000 }).toEqual([]);
  for (const { seqs } of viewers) expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  expect(Object.keys(done).toSorted()).toEqual(Object.keys(faults).toSorted());

  // The control: without repair much is lost by then, and nobody knows.
  const facts = world.jobs.reduce((sum, { seq }) => sum + seq, 0);
  const heardPlainly = [...plain.values()].reduce((sum, { size }) => sum + size, 0);
  expect(heardPlainly).toBeGreaterThan(0);
  expect(heardPlainly).toBeLessThan(facts);

  // Nothing is left behind: nothing waits, and nobody is subscribed for viewers that are gone.
  await expect.poll(() => publisher.load().waitingBytes).toBe(0);
  for (const viewer of viewers) viewer.end();
  await expect.poll(async () => (await admin.pubsub("NUMSUB", createKeys(0).channel("job-0")))[1]).toBe(1);
  for (const key of await admin.keys("*")) if (!key.endsWith(":mark")) expect(await admin.pttl(key)).toBeGreaterThan(0);
});

test("a connection that went dead without a word is found, and what it missed is brought", async () => {
  const server = await startRedisServer(onTestFinished);
  const line = await layRedisLine(server.socket);
  onTestFinished(() => line.close());
  const world = createBusWorld(1, seededRandom(SEED));
  const { liveJobs, currentTicks, store } = world;
  const publisher = createRedisPublisher({ url: server.socket, epoch: "e1", onError, liveJobs, currentTicks });
  onTestFinished(() => publisher.close());
  const bus = await createRedisBus({ url: line.url, store, onError });
  onTestFinished(bus.close);
  const viewer = followJob(world, bus, "job-0");
  await bus.opened("job-0");
  publisher.publish(world.happen());
  await expect.poll(() => viewer.seqs.length).toBe(world.jobs[0]?.seq);
  line.freeze();
  const before = viewer.seqs.length;
  for (let count = 0; count < 20; count++) publisher.publish(world.happen());
  await expect.poll(() => publisher.load().waitingBytes).toBe(0);
  expect(viewer.seqs.length).toBe(before);
  await expect.poll(() => viewer.seqs.length).toBe(world.jobs[0]?.seq);
  await expect.poll(viewer.percent).toBe(world.jobs[0]?.percent);
});

test("while Redis is away viewers go on to get what is stored, and all of it once", async () => {
  const server = await startRedisServer(onTestFinished);
  const world = createBusWorld(1, seededRandom(SEED));
  const { liveJobs, currentTicks, store } = world;
  const publisher = createRedisPublisher({ url: server.socket, epoch: "e1", onError, liveJobs, currentTicks });
  onTestFinished(() => publisher.close());
  const bus = await createRedisBus({ url: server.socket, store, onError, checkMs: 100 });
  onTestFinished(bus.close);
  const viewer = followJob(world, bus, "job-0");
  await bus.opened("job-0");
  publisher.publish(world.happen());
  await expect.poll(() => viewer.seqs.length).toBe(world.jobs[0]?.seq);
  await server.kill();
  for (let count = 0; count < 20; count++) publisher.publish(world.happen());
  await expect.poll(() => viewer.seqs.length).toBe(world.jobs[0]?.seq);
  await server.start();
  publisher.publish(world.happen());
  await expect.poll(viewer.percent).toBe(world.jobs[0]?.percent);
  expect(viewer.seqs).toEqual(Array.from({ length: world.jobs[0]?.seq ?? 0 }, (_, index) => index + 1));
});
