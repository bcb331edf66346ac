import { expect, onTestFinished, test, vi } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { createEngine, type Engine } from "../engine.ts";
import { DEFAULT_JOB_LIMITS } from "../engine-job-watch.ts";
import { nextAttemptId } from "./attempts.ts";

const LIMITS = {
  ...DEFAULT_JOB_LIMITS,
  attempts: { firstDelayMs: 1, maxAttempts: 3, maxAttemptsOf: new Map<string, number>() },
};

function setup() {
  const dataFolder = tempFolder();
  let n = 0;
  const open: Engine[] = [];
  onTestFinished(async () => {
    for (const engine of open) await engine.close();
  });
  return {
    /** Another process on the same data. */
    async start(): Promise<Engine> {
      for (const engine of open.splice(0)) await engine.close();
      const engine = await createEngine({ dataFolder, limits: LIMITS, log: () => undefined });
      open.push(engine);
      await engine.attempts.catchUp();
      return engine;
    },
    /** As `POST /jobs` does. */
    async announce(engine: Engine, jobId: string, max_attempts: number) {
      await engine.attempts.keep("default", jobId);
      await engine.ingest.report("default", {
        type: "job.created",
        job_id: jobId,
        data: { kind: "clips", max_attempts },
      });
    },
    report: (engine: Engine, type: "job.state_changed" | "job.failed", jobId: string, data: Record<string, string>) =>
      engine.local.ingest({
        source: `w${++n}`,
        records: [{ type, job_id: jobId, n: 1, ts: new Date().toISOString(), data }],
      }),
  };
}

const jobsOf = async ({ store }: Engine) =>
  (await store.listJobs({ tenantId: "default", sort: "created_at", order: "asc", limit: 50 })).items;
const notesOf = async ({ store }: Engine) => store.listDocuments({ collection: "attempts", limit: 50 });
/** What comes, comes at once where the machine has nothing else to do. */
const PATIENTLY = { timeout: 60_000 };
const transient = { error_code: "network_failed", error_class: "transient", error_message: "gone" };

test("a job whose process dies each time is tried as often as it may be, each time once", async () => {
  const { start, announce, report } = setup();
  let engine = await start();
  await announce(engine, "job_first", 3);
  let jobId = "job_first";
  for (const attempt of [1, 2, 3]) {
    await report(engine, "job.state_changed", jobId, { new_state: "running" });
    // Twice: what one process has done is not done again by the next.
    engine = await start();
    engine = await start();
    await vi.waitFor(async () => {
      const jobs = await jobsOf(engine);
      expect(jobs.length).toBe(Math.min(3, attempt + 1));
      expect(await notesOf(engine)).toHaveLength(attempt === 1 ? 1 : 0);
    }, PATIENTLY);
    jobId = nextAttemptId(jobId);
  }
  expect(
    (await jobsOf(engine)).map(({ state, attempt, first_attempt, error }) => [
      state,
      attempt,
      first_attempt,
      error?.error_code,
    ]),
  ).toEqual([
    ["failed", 1, undefined, "worker_lost"],
    ["failed", 2, "job_first", "worker_lost"],
    ["failed", 3, "job_first", "worker_lost"],
  ]);
});

test("one that ended unheard is tried again by the next process, and by no one twice", async () => {
  const { start, announce, report } = setup();
  let engine = await start();
  await announce(engine, "job_a", 2);
  await report(engine, "job.state_changed", "job_a", { new_state: "running" });
  // The process dies between the end of the job and its next try.
  await engine.attempts.close();
  await report(engine, "job.failed", "job_a", transient);
  expect(await jobsOf(engine)).toHaveLength(1);
  engine = await start();
  await Promise.all([engine.attempts.catchUp(), engine.attempts.catchUp()]);
  await vi.waitFor(async () => expect(await notesOf(engine)).toEqual([]), PATIENTLY);
  const [, again, ...others] = await jobsOf(engine);
  expect(others).toEqual([]);
  expect(again).toMatchObject({ job_id: nextAttemptId("job_a"), retry_of: "job_a", attempt: 2, max_attempts: 2 });
  // Nor by somebody who asks for it while that one waits.
  await expect(engine.retry("default", "job_a")).rejects.toMatchObject({
    code: "conflict",
    detail: { retry_job_id: nextAttemptId("job_a") },
  });
});

test("what would not go well another time is not tried again; what was given back is, at no cost", async () => {
  const { start, announce, report } = setup();
  const engine = await start();
  const fail = async (jobId: string, error: Record<string, string>) => {
    await announce(engine, jobId, 2);
    await report(engine, "job.failed", jobId, { error_message: "it was so", ...error });
  };
  await fail("job_input", { error_code: "input_not_media", error_class: "input" });
  await fail("job_disk", { error_code: "disk_full", error_class: "environment" });
  await fail("job_back", { error_code: "worker_stopped", error_class: "transient" });
  await vi.waitFor(
    async () => expect((await notesOf(engine)).map(({ id }) => id)).toEqual([nextAttemptId("job_back")]),
    PATIENTLY,
  );
  const [again, ...others] = (await jobsOf(engine)).filter(({ retry_of }) => retry_of !== null);
  expect(others).toEqual([]);
  expect(again).toMatchObject({ retry_of: "job_back", attempt: 2, max_attempts: 3 });
  expect(again?.not_before).toBeUndefined();
});
