import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { startRedisServer } from "../../../../tests/servers/redis-server.ts";
import { oddFolder, startPlayhead } from "../../test/playhead-process.ts";
import { makeSmallVideo } from "../../test/small-video.ts";
import { submitting } from "../../test/submit.ts";

const LIMIT_MS = 240_000;
/** Only two witnesses together end a job before this: a test that ends has heard both. */
const LEASE_MS = 3_600_000;

/** A server that hands out jobs by BullMQ, with a Redis of the test's own, and a video to work on. */
async function setup(videoSec: number) {
  const redis = await startRedisServer(onTestFinished);
  const folder = oddFolder();
  const [data, work, file] = [join(folder, "data"), join(folder, "work"), join(folder, "playhead.config.json")];
  const redisUrl = `unix://${redis.socket}`;
  writeFileSync(
    file,
    JSON.stringify({
      ...{ worker_lost_after_ms: 1_500, worker_lease_ms: LEASE_MS, retry_delay_ms: 200 },
      queue: { engine: "bullmq", redis_url: redisUrl, lock_ms: 1_000 },
    }),
  );
  const serving = startPlayhead([
    ...["serve", "--port", "0", "--data", data, "--config", file, "--no-worker", "--json"],
  ]);
  const [line] = await serving.line(/^.*"type":"serving".*$/);
  const { url, sign_in_url } = JSON.parse(line) as { url: string; sign_in_url: string };
  const key = new URL(sign_in_url).searchParams.get("key") ?? "";
  const { ask, upload, ended } = submitting(url, key);
  const video = join(folder, "talk.mp4");
  await makeSmallVideo(video, videoSec);
  const { upload_id } = await upload(video, "talk.mp4");
  const scenes = [{ start_sec: 0, end_sec: videoSec / 2 }];
  const input = { file: `upload:${upload_id}`, styles: ["original"], scenes };

  return {
    ...{ redis, ask, ended },
    async submit(more: object = {}): Promise<string> {
      return (await ask("POST", "jobs", { kind: "clips", input, ...more })).body.job_id;
    },
    async startWorker() {
      // The lock's length is of the configuration, the Redis of the flag.
      const args = ["worker", "--server", url, "--key", key, "--work", work, "--parallel", "1", "--kinds", "clips"];
      const worker = startPlayhead([...args, "--queue", redisUrl, "--config", file, "--json"], {
        environment: { XDG_STATE_HOME: join(folder, "state") },
      });
      const [said] = await worker.line(/^.*"type":"working".*$/);
      return { ...worker, source: (JSON.parse(said) as { source: string }).source };
    },
    async state(jobId: string): Promise<string> {
      return (await ask("GET", `jobs/${jobId}`)).body.state;
    },
    /** What the queue says of clips. */
    clips: async () =>
      (await ask("GET", "queue")).body.kinds.find(({ kind }: { kind: string }) => kind === "clips") ?? null,
  };
}

test(
  "workers take jobs from BullMQ, the most urgent first; one canceled meanwhile is not begun; Redis may lose all of it",
  async () => {
    const { redis, ask, ended, submit, startWorker, state, clips } = await setup(30);
    const jobs = [await submit(), await submit({ priority: 5 }), await submit({ priority: 9 })];
    const [last = "", second = "", canceled = ""] = jobs;
    await vi.waitFor(async () => expect((await clips()).bullmq).toMatchObject({ waiting: 3, active: 0 }), 20_000);
    expect(await clips()).toMatchObject({ waiting: 3, workers: 0, reason: "no_worker" });
    await ask("POST", `jobs/${canceled}/cancel`);
    const worker = await startWorker();
    await vi.waitFor(async () => expect(await state(second)).toBe("running"), { timeout: 60_000, interval: 50 });
    // While one runs and one waits: what runs goes on, and what waits is stored.
    await redis.kill();
    await vi.waitFor(async () => expect((await ask("GET", "queue")).body.is_connected).toBe(false), 20_000);
    await redis.start();
    const ends = [await ended(last), await ended(second), await ended(canceled)];
    expect(ends.map(({ state: end, worker: by }) => [end, by])).toEqual([
      ["completed", worker.source],
      ["completed", worker.source],
      ["canceled", null],
    ]);
    expect(Date.parse(ends[1].started_at)).toBeLessThan(Date.parse(ends[0].started_at));
    expect((await ask("GET", "jobs?page_size=50")).body.jobs).toHaveLength(3);
    // Nothing is left of them there.
    await vi.waitFor(async () => expect((await ask("GET", "queue")).body.kinds).toEqual([]), 20_000);
    expect(await state(canceled)).toBe("canceled");
    worker.signal("SIGTERM");
    const { code, stderr } = await worker.ended;
    // It may have noticed that Redis was away, and says so once.
    expect([code, stderr.filter((said) => !said.startsWith("the queue's Redis is away: "))]).toEqual([0, []]);
    expect(stderr.length).toBeLessThanOrEqual(1);
  },
  LIMIT_MS,
);

test(
  "a worker that is killed loses its job to another: a new attempt, long before its lease is over; it runs once at a time",
  async () => {
    const { ask, ended, submit, startWorker, state } = await setup(40);
    const workers = [await startWorker(), await startWorker()];
    const first = await submit();
    await vi.waitFor(async () => expect(await state(first)).toBe("running"), { timeout: 60_000, interval: 50 });
    const { worker: source } = (await ask("GET", `jobs/${first}`)).body;
    const killed = workers.find((worker) => worker.source === source);
    const other = workers.find((worker) => worker.source !== source);
    if (killed === undefined || other === undefined) throw new Error(`expected one of two to run it, got ${source}`);
    killed.signal("SIGKILL");
    await killed.ended;
    expect(await ended(first)).toMatchObject({ state: "failed", error: { error_code: "worker_lost" } });
    const tries = async () => (await ask("GET", "jobs?page_size=50")).body.jobs;
    await vi.waitFor(async () => expect(await tries()).toHaveLength(2), 20_000);
    const [again] = (await tries()).filter(({ job_id }: { job_id: string }) => job_id !== first);
    expect(await ended(again.job_id, 120_000)).toMatchObject({
      ...{ state: "completed", retry_of: first, attempt: 2, worker: other.source },
    });
    expect(await tries()).toHaveLength(2);
  },
  LIMIT_MS,
);
