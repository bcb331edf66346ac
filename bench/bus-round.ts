// One run of bench/bus.ts: publishes, and waits until the gateway in another process has it all.
import { setTimeout as sleep } from "node:timers/promises";
import type { PlayheadEvent } from "@playhead/core";
import { createRedisPublisher, publishEvent } from "@playhead/server";
import { Redis } from "ioredis";
import { startFile } from "./child.ts";
import { preciseNowMs } from "./latency-clock.ts";

interface RoundSettings {
  readonly socket: string;
  readonly jobs: number;
  readonly facts: number;
  /** Facts of one flush, each of another job. */
  readonly batch: number;
  /** 0 for as fast as Redis takes them. */
  readonly perSecond: number;
  readonly isPlain: boolean;
}

type Frames = readonly ReturnType<typeof publishEvent>[];

const settings: RoundSettings = JSON.parse(process.argv[2] ?? "{}");
const { socket, jobs, facts, batch, perSecond, isPlain } = settings;
/** What waits is kept at what a flush or two of the engine bring. */
const MAX_WAITING_BYTES = 500_000;
const MAX_WAITING_PLAIN = 1_000;
const TEXT = "x".repeat(100);

const admin = new Redis(socket);
await admin.flushall();
const gateway = startFile("./bus-gateway.ts", settings);
await gateway.answer();
const publish = isPlain ? plainPublisher() : ourPublisher();
const startMs = preciseNowMs();
for (let sent = 0; sent < facts; ) {
  const due = perSecond === 0 ? facts : Math.min(facts, Math.floor(((preciseNowMs() - startMs) * perSecond) / 1_000));
  for (; sent < due; sent += batch) {
    publish.say(Array.from({ length: batch }, (_, index) => factOf(sent + index)));
    if (publish.isBusy()) await publish.room();
  }
  if (sent < facts) await sleep(1);
}
await publish.room(true);
const publishedSeconds = (preciseNowMs() - startMs) / 1_000;
const { endMs, p50Ms, p99Ms } = await gateway.answer<{ endMs: number; p50Ms: number; p99Ms: number }>();
const head = (await admin.memory("USAGE", "playhead:{job-1}:head")) ?? 0;
const stream = (await admin.memory("USAGE", "playhead:{job-1}:facts")) ?? 0;
console.log(
  JSON.stringify({
    published_per_second: facts / publishedSeconds,
    delivered_per_second: facts / ((endMs - startMs) / 1_000),
    bytes_per_job: head + stream,
    p50_ms: p50Ms,
    p99_ms: p99Ms,
  }),
);
await publish.close();
await gateway.end();
admin.disconnect();

function factOf(index: number): Frames[number] {
  const event: PlayheadEvent = {
    ...{ type: "task.step_changed", ts: new Date().toISOString(), job_id: `job-${index % jobs}` },
    ...{ seq: Math.floor(index / jobs) + 1, correlation_id: "c" },
    data: { task_id: "t", at_ms: preciseNowMs(), text: TEXT },
  };
  return publishEvent("e1", "default", event, null);
}

function ourPublisher() {
  const publisher = createRedisPublisher({
    ...{ url: socket, epoch: "e1", onError: console.error, liveJobs: () => [], currentTicks: () => [] },
  });
  const isOver = (bytes: number) => !publisher.load().isConnected || publisher.load().waitingBytes > bytes;
  return {
    say: (frames: Frames) => publisher.publish(frames),
    isBusy: () => isOver(MAX_WAITING_BYTES),
    async room(isAll = false): Promise<void> {
      while (isOver(isAll ? 0 : MAX_WAITING_BYTES)) await sleep(1);
    },
    close: () => publisher.close(),
  };
}

function plainPublisher() {
  const redis = new Redis(socket);
  let waiting = 0;
  return {
    say(frames: Frames): void {
      const pipeline = redis.pipeline();
      for (const each of frames) pipeline.publish(each.jobId, each.frame());
      waiting += 1;
      void pipeline.exec().then(() => {
        waiting -= 1;
      });
    },
    isBusy: () => waiting > MAX_WAITING_PLAIN,
    async room(isAll = false): Promise<void> {
      while (waiting > (isAll ? 0 : MAX_WAITING_PLAIN)) await sleep(1);
    },
    close: async () => redis.disconnect(),
  };
}
