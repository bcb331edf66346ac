import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHttpTransport, createPlaces, createPlayhead, type StartHandler } from "@playhead/sdk";
import { expect, onTestFinished, test, vi } from "vitest";
import { startRedisServer } from "../../../../tests/servers/redis-server.ts";
import { oddFolder, startPlayhead } from "../../test/playhead-process.ts";
import { submitting } from "../../test/submit.ts";
import { consumeQueue } from "./queue-consumer.ts";

const LIMIT_MS = 180_000;
const ENDS_WITHIN_MS = 120_000;

/** A server that hands out jobs by BullMQ, and a Redis of the test's own. */
async function setup(settings: object = {}) {
  const redis = await startRedisServer(onTestFinished);
  const redisUrl = `unix://${redis.socket}`;
  const folder = oddFolder();
  const file = join(folder, "playhead.config.json");
  writeFileSync(file, JSON.stringify({ ...settings, queue: { engine: "bullmq", redis_url: redisUrl } }));
  const data = join(folder, "data");
  async function serve(port: string) {
    const process = startPlayhead(["serve", "--port", port, "--data", data, "--config", file, "--no-worker", "--json"]);
    const [line] = await process.line(/^.*"type":"serving".*$/);
    return { process, ...(JSON.parse(line) as { url: string; sign_in_url: string }) };
  }
  let { process, url, sign_in_url } = await serve("0");
  const apiKey = new URL(sign_in_url).searchParams.get("key") ?? "";
  const { ask } = submitting(url, apiKey);

  return {
    ...{ redis, ask },
    /** Ends the server as a power cut would, and starts it again where it was. */
    async restartServer(): Promise<void> {
      process.signal("SIGKILL");
      await process.ended;
      ({ process, url, sign_in_url } = await serve(new URL(url).port));
    },
    async announce(count: number, kind = "count"): Promise<readonly string[]> {
      const jobs = Array.from({ length: count }, (_, at) => ask("POST", "jobs", { kind, priority: at % 5 }));
      return (await Promise.all(jobs)).map(({ body }) => body.job_id);
    },
    /** A worker in this process, as `playhead worker --queue` makes one. */
    work(parallel: number, work: StartHandler, kinds: readonly string[] = ["count"]) {
      const transport = createHttpTransport({ url, apiKey, spool: false });
      const playhead = createPlayhead({ transport, warn: () => undefined });
      const places = createPlaces(parallel);
      for (const kind of kinds) playhead.handle(kind, work, { parallel: places, asks: false });
      const consumer = consumeQueue({
        ...{ redisUrl, tenantId: "default", kinds, parallel, lockMs: 30_000 },
        claim: playhead.claim,
        complain: () => undefined,
      });
      onTestFinished(async () => {
        consumer.stop();
        await consumer.close();
        await playhead.close();
      });
      return consumer;
    },
    async untilAll(jobIds: readonly string[], states: readonly string[]): Promise<void> {
      const open = async () => {
        const { body } = await ask("GET", "jobs?page_size=200");
        const ended = new Set(
          body.jobs.flatMap(({ job_id, state }: { job_id: string; state: string }) =>
            states.includes(state) ? [job_id] : [],
          ),
        );
        return jobIds.filter((jobId) => !ended.has(jobId));
      };
      await vi.waitFor(async () => expect(await open()).toEqual([]), { timeout: ENDS_WITHIN_MS, interval: 200 });
    },
  };
}

/** Work that takes a moment, and notes what ran, and how much of it at a time. */
function countingWork() {
  const runs = new Map<string, number>();
  let running = 0;
  let mostRunning = 0;
  const work: StartHandler = async ({ job }) => {
    runs.set(job.job_id, (runs.get(job.job_id) ?? 0) + 1);
    running += 1;
    mostRunning = Math.max(mostRunning, running);
    await new Promise((resolve) => setTimeout(resolve, 30));
    running -= 1;
    if (runs.size % 7 === 0) throw new Error("it went wrong");
  };
  return { work, runs, mostRunning: () => mostRunning };
}

test(
  "whatever becomes of Redis meanwhile, each job is begun once, and no more run at a time than may",
  async () => {
    const { redis, announce, work, untilAll } = await setup({ kinds: { count: { max_running: 5 } } });
    const counting = countingWork();
    for (let at = 0; at < 3; at++) work(4, counting.work);
    const jobIds = [...(await announce(40))];
    await vi.waitFor(() => expect(counting.runs.size).toBeGreaterThan(5), { timeout: ENDS_WITHIN_MS });
    await redis.kill();
    jobIds.push(...(await announce(20)));
    await redis.start();
    await vi.waitFor(() => expect(counting.runs.size).toBeGreaterThan(45), { timeout: ENDS_WITHIN_MS });
    await redis.kill();
    await redis.start();
    await untilAll(jobIds, ["completed", "failed"]);
    expect([...counting.runs.keys()].sort()).toEqual([...jobIds].sort());
    expect(new Set(counting.runs.values())).toEqual(new Set([1]));
    expect(counting.mostRunning()).toBeLessThanOrEqual(5);
  },
  LIMIT_MS,
);

test(
  "a server that dies while it hands out jobs goes on where it was: none is begun twice, none is left",
  async () => {
    const { restartServer, announce, work, untilAll } = await setup();
    const counting = countingWork();
    for (let at = 0; at < 2; at++) work(2, counting.work);
    const jobIds = await announce(40);
    await vi.waitFor(() => expect(counting.runs.size).toBeGreaterThan(5), { timeout: ENDS_WITHIN_MS });
    await restartServer();
    await untilAll(jobIds, ["completed", "failed"]);
    expect([...counting.runs.keys()].sort()).toEqual([...jobIds].sort());
    expect(new Set(counting.runs.values())).toEqual(new Set([1]));
  },
  LIMIT_MS,
);

test(
  "places are shared by kinds: what there is no place for goes to another worker, in its turn",
  async () => {
    const { announce, work, untilAll } = await setup();
    const [one, other] = [countingWork(), countingWork()];
    work(1, one.work, ["count", "merge"]);
    work(1, other.work, ["count", "merge"]);
    const jobIds = [...(await announce(10, "count")), ...(await announce(10, "merge"))];
    await untilAll(jobIds, ["completed", "failed"]);
    expect([one.mostRunning(), other.mostRunning()]).toEqual([1, 1]);
    expect([...one.runs.keys(), ...other.runs.keys()].sort()).toEqual([...jobIds].sort());
  },
  LIMIT_MS,
);
