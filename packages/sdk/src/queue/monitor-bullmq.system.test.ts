import { DelayedError, type Job, Queue, QueueEvents, Worker, type WorkerOptions } from "bullmq";
import { Redis } from "ioredis";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startRedis } from "../../../../tests/servers/redis-server.ts";
import { currentJob } from "../context.ts";
import { monitor } from "../monitor/monitor.ts";
import { createPlayhead } from "../playhead.ts";
import { createMemoryEngine } from "../testing/memory-engine.ts";
import { createLocalTransport } from "../transport/local-transport.ts";
import { type MonitorBullMQOptions, monitorBullMQ } from "./monitor-bullmq.ts";

let socket: string;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  socket = await startRedis((stop) => stops.push(stop));
  return async () => {
    for (const stop of stops) await stop();
  };
});

/** A Redis connection of its own, as bullmq wants it. */
function connect(): Redis {
  const redis = new Redis(socket, { maxRetriesPerRequest: null });
  onTestFinished(() => redis.disconnect());
  return redis;
}

type Processor = (job: Job, token: string | undefined, signal: AbortSignal | undefined) => Promise<unknown>;
let queues = 0;

/** A queue with a worker that is monitored: by one line, as anybody would. */
async function setup(processor: Processor, options: MonitorBullMQOptions & Partial<WorkerOptions> = {}) {
  const name = `queue ${++queues}`;
  const engine = createMemoryEngine();
  const playhead = createPlayhead({ transport: createLocalTransport(engine) });
  const queue = new Queue(name, { connection: connect() });
  const events = new QueueEvents(name, { connection: connect() });
  // Declared with three parameters: only then does bullmq give a signal.
  const bare = new Worker(name, (job, token, signal) => processor(job, token, signal), {
    connection: connect(),
    ...options,
  });
  const worker = monitorBullMQ(bare, playhead, options);
  await Promise.all([worker.waitUntilReady(), events.waitUntilReady()]);
  onTestFinished(async () => {
    await Promise.all([worker.close(), events.close(), queue.close(), playhead.close()]);
  });
  return {
    ...{ name, engine, playhead, queue, worker },
    /** Adds a job, and waits for how it ends. */
    async run(data: object = {}, jobOptions: object = {}): Promise<unknown> {
      const job = await queue.add("transcode", data, jobOptions);
      return job.waitUntilFinished(events).finally(() => playhead.flush());
    },
    jobs: () => engine.jobIds().map((jobId) => engine.job(jobId)),
    /** Asks something of the job that runs, once Playhead knows it. */
    async control(verb: "pause" | "resume" | "cancel", reason: string | null = null): Promise<void> {
      await expect.poll(() => engine.jobIds().some((jobId) => engine.job(jobId).state !== "pending")).toBe(true);
      await engine.control(engine.jobIds()[0] ?? "", verb, reason);
    },
  };
}

describe("a job of bullmq", () => {
  test("is shown while it runs, with its progress, its log, and the calls of what is monitored in it", async () => {
    const probe = monitor(function probe(file: string) {
      return file.length;
    });
    const inside: (string | undefined)[] = [];
    const { run, jobs, engine, name } = await setup(
      async (job) => {
        inside.push(currentJob()?.kind);
        await job.log(`probing ${job.data.file}`);
        await job.updateProgress(25);
        probe(job.data.file);
        await job.updateProgress({ percent: 75, fps: 31 });
        return { frames: 250 };
      },
      { titleOf: ({ data }) => `Transcode ${(data as { file: string }).file}`, metadataOf: () => ({ team: "web" }) },
    );
    expect(await run({ file: "a.mp4" })).toEqual({ frames: 250 });
    expect(inside).toEqual([name]);
    const [shown] = jobs();
    expect(shown).toMatchObject({
      ...{ kind: name, title: "Transcode a.mp4", state: "completed", attempt: 1, retry_of: null },
      metadata: { queue: name, bullmq_id: "1", team: "web" },
    });
    const id = shown?.job_id ?? "";
    expect(engine.shown(id).map(({ percent }) => percent)).toEqual(expect.arrayContaining([75, 100]));
    expect(engine.logs(id).map(({ message }) => message)).toEqual(["probing a.mp4"]);
    const calls = engine.observations.filter(({ type }) => type === "function.completed");
    expect(calls).toMatchObject([{ job_id: id, data: { name: "probe" } }]);
  });

  test("that fails is tried again by bullmq: each try is an attempt, of the one before", async () => {
    const { run, jobs } = await setup(async ({ attemptsMade }) => {
      if (attemptsMade < 2) throw new RangeError(`try ${attemptsMade + 1}`);
      return null;
    });
    await run({}, { attempts: 3 });
    const [first, second, third] = jobs();
    expect([first, second, third]).toMatchObject([
      { state: "failed", attempt: 1, retry_of: null, error: { error_message: "try 1" } },
      { state: "failed", attempt: 2, retry_of: first?.job_id },
      { state: "completed", attempt: 3, retry_of: second?.job_id },
    ]);
  });

  test("that its processor puts off is not said to have failed, and goes on", async () => {
    const { run, jobs } = await setup(async (job, token) => {
      if (job.data.step === 2) return "done";
      await job.updateData({ step: 2 });
      await job.moveToDelayed(Date.now() + 1, token);
      throw new DelayedError();
    });
    expect(await run({ step: 1 })).toBe("done");
    expect(jobs()).toMatchObject([
      { state: "canceled", reason: "put off by its processor; it goes on later" },
      { state: "completed" },
    ]);
  });
});

describe("what is asked in Playhead", () => {
  test("cancel aborts the processor's signal, and bullmq does not try it again", async () => {
    const { run, jobs, control } = await setup(async (_job, _token, signal) => {
      const aborted = new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
      await control("cancel", "wrong file");
      await aborted;
    });
    await expect(run({}, { attempts: 5 })).rejects.toThrow("canceled: wrong file");
    expect(jobs()).toMatchObject([{ state: "canceled", reason: "wrong file" }]);
  });

  test("pause holds the job up where it tells its progress, and resume lets it go on", async () => {
    const passed: string[] = [];
    const { run, jobs, control } = await setup(async (job) => {
      await control("pause");
      const told = job.updateProgress(50).then(() => passed.push("told"));
      await expect.poll(() => jobs()[0]?.state).toBe("paused");
      passed.push("paused");
      await control("resume");
      await told;
    });
    await run();
    expect(passed).toEqual(["paused", "told"]);
    expect(jobs()).toMatchObject([{ state: "completed" }]);
  });
});

test("a processor that ends well although it was canceled has done its work, as far as bullmq goes", async () => {
  const { run, jobs, control } = await setup(async () => {
    await control("cancel");
    return "done";
  });
  expect(await run()).toBe("done");
  expect(jobs()).toMatchObject([{ state: "canceled" }]);
});

test("what is no worker of bullmq is refused, and a worker is monitored once", async () => {
  const { playhead, worker, run, jobs } = await setup(async () => null);
  expect(() => monitorBullMQ({ name: "q", on: () => undefined }, playhead)).toThrow(
    "expected a Worker of the package bullmq",
  );
  expect(monitorBullMQ(worker, playhead)).toBe(worker);
  await run();
  expect(jobs()).toHaveLength(1);
});
