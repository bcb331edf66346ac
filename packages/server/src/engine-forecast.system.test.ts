import { setTimeout as delay } from "node:timers/promises";
import type { JobForecast, JobProgress, JobSnapshot } from "@playhead/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { bodyOf } from "../test/api.ts";
import { tellAll, tellClips } from "../test/clips-job.ts";
import { startTestServer } from "../test/start-server.ts";
import { tempFolder } from "../test/temp-folder.ts";
import { createEngine, type Engine } from "./engine.ts";

const BEGIN_MS = Date.parse("2026-11-21T10:00:00.000Z");
const CLIP_SEC = 20;

/** An engine at a time that the test says. */
async function startEngine(dataFolder = tempFolder()) {
  const clock = { nowMs: BEGIN_MS };
  const complaints: string[] = [];
  const engine = await createEngine({
    dataFolder,
    nowMs: () => clock.nowMs,
    log: (level, message) => void (level === "error" && complaints.push(message)),
  });
  onTestFinished(engine.close);
  onTestFinished(() => expect(complaints).toEqual([]));
  return { engine, clock, dataFolder };
}

/** Asks until it is so: what happens is thought about a moment later. */
async function until<Answer>(ask: () => Answer | Promise<Answer>, isSo: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await delay(20);
  }
}

const isTaught = (engine: Engine) =>
  until(
    () => engine.forecasts.exportHistory("default"),
    (all) => all.length === 1,
  );

async function jobOf(engine: Engine, jobId: string): Promise<JobSnapshot> {
  const job = await engine.readJob("default", jobId);
  if (job === null) throw new Error(`expected a job ${jobId}`);
  return job;
}

const forecastOf = async (engine: Engine, jobId: string) => engine.forecasts.forecastOf(await jobOf(engine, jobId));

function ticksOf(engine: Engine, jobId: string): JobProgress[] {
  const ticks: JobProgress[] = [];
  engine.bus.subscribe(jobId, (publications) => {
    for (const { content } of publications)
      if ("type" in content && content.type === "job.progress") ticks.push(content.data as unknown as JobProgress);
  });
  return ticks;
}

describe("the second job of a kind", () => {
  test("has an ETA from its first tick, with an interval that the first one made", async () => {
    const { engine, clock } = await startEngine();
    await tellAll(engine, { jobId: "first", beganMs: BEGIN_MS, clipSec: CLIP_SEC });
    await isTaught(engine);

    const ticks = ticksOf(engine, "second");
    const second = tellClips(engine, { jobId: "second", beganMs: BEGIN_MS, clipSec: CLIP_SEC });
    await second.next();
    clock.nowMs += 250;
    const [first] = await until(
      () => ticks.filter(({ start_time }) => start_time !== null),
      ({ length }) => length > 0,
    );
    const { eta_ms, eta_low_ms, eta_high_ms } = first as JobProgress & { eta_ms: number };
    // Three turns of twenty seconds.
    expect(Math.abs(Math.log(eta_ms / 60_000))).toBeLessThan(0.35);
    expect(eta_low_ms).toBeLessThan(eta_ms);
    expect(eta_high_ms).toBeGreaterThan(eta_ms);

    const { basis, explanation, finish, tasks } = await forecastOf(engine, "second");
    expect(basis).toEqual({ jobs: 1, items: 6, items_left: 6, items_total: 6, slots: 2 });
    expect(explanation).toBe("based on 6 clips like these; 6 of 6 items left; two at a time");
    expect(finish?.low_ms).toBeLessThan(finish?.ms as number);
    expect(tasks.map(({ task_id }) => task_id).toSorted()).toEqual([0, 1, 2, 3, 4, 5].map((clip) => `clip_${clip}`));
    for (const { start_ms, end } of tasks) {
      expect(start_ms).toBeLessThanOrEqual(end.low_ms);
      expect(end.low_ms).toBeLessThanOrEqual(end.ms);
      expect(end.ms).toBeLessThanOrEqual(end.high_ms);
    }
  });

  test("knows the same after a restart of the server, which is fed again with what happened", async () => {
    const before = await startEngine();
    await tellAll(before.engine, { jobId: "first", beganMs: BEGIN_MS, clipSec: CLIP_SEC });
    await isTaught(before.engine);
    const second = tellClips(before.engine, { jobId: "second", beganMs: BEGIN_MS, clipSec: CLIP_SEC });
    for (let step = 0; step < 4; step++) before.clock.nowMs = (await second.next()).value;
    const known = await forecastOf(before.engine, "second");
    await before.engine.close();

    const after = await startEngine(before.dataFolder);
    after.clock.nowMs = before.clock.nowMs;
    const again = await until(
      () => forecastOf(after.engine, "second"),
      ({ finish }) => finish !== null,
    );
    expect(known.basis.items_left).toBe(4);
    expect(again.basis).toEqual(known.basis);
  });
});

test("a slow job is told to be slower than usual, and its end is expected later", async () => {
  const { engine, clock } = await startEngine();
  for (let past = 1; past <= 5; past++) {
    await tellAll(engine, { jobId: `past_${past}`, beganMs: BEGIN_MS, clipSec: CLIP_SEC });
    await until(
      () => engine.forecasts.exportHistory("default"),
      ([known]) => known?.history.templates.clips?.jobs === past,
    );
  }
  const slow = tellClips(engine, { jobId: "slow", beganMs: BEGIN_MS, clipSec: CLIP_SEC * 4 });
  for (let step = 0; step < 5; step++) clock.nowMs = (await slow.next()).value;
  const { explanation, finish, told } = await until(
    () => forecastOf(engine, "slow"),
    ({ explanation: said }) => said.includes("slower"),
  );
  expect(explanation).toMatch(/2 of 6 items left; two at a time; slower than usual: each takes [2-4]\.\d × as long as in past jobs$/);
  const leftMs = (finish?.ms as number) - clock.nowMs;
  expect(leftMs).toBeGreaterThan(CLIP_SEC * 2_000);
  expect(told.length).toBeLessThanOrEqual(200);
});

test("what was told is kept with the job: its page of then shows the bar and the ETA of then", async () => {
  const { engine, clock } = await startEngine();
  await tellAll(engine, { jobId: "first", beganMs: BEGIN_MS, clipSec: CLIP_SEC });
  await isTaught(engine);
  const second = tellClips(engine, { jobId: "second", beganMs: BEGIN_MS, clipSec: CLIP_SEC });
  for await (const atMs of second) {
    clock.nowMs = atMs;
    // A step of the job is a moment of its life: each is forecast.
    const { state } = await jobOf(engine, "second");
    if (state === "running") await forecastOf(engine, "second");
  }
  const kept = await until(
    () => forecastOf(engine, "second"),
    ({ finish, basis }) => finish === null && basis.items_left === 0,
  );
  expect(kept.told.length).toBeGreaterThan(2);
  const truth = BEGIN_MS + 3 * CLIP_SEC * 1_000;
  for (const { at_ms, low_ms, ms, high_ms } of kept.told) {
    expect(low_ms).toBeLessThanOrEqual(ms);
    expect(ms).toBeLessThanOrEqual(high_ms);
    expect(ms).toBeGreaterThanOrEqual(at_ms);
  }
  expect(kept.told.at(-1)?.ms).toBeLessThan(truth + 10_000);
  const then = await engine.forecasts.toldAt("second", BEGIN_MS + 30_000);
  expect(then?.at_ms).toBeLessThanOrEqual(BEGIN_MS + 30_000);
  expect(await engine.forecasts.toldAt("second", BEGIN_MS - 1)).toBeNull();
});

test("over HTTP: a forecast, the job of then as it was told, and the history to take along", async () => {
  const dataFolder = tempFolder();
  const { engine, clock } = await startEngine(dataFolder);
  await tellAll(engine, { jobId: "first", beganMs: BEGIN_MS, clipSec: CLIP_SEC });
  await isTaught(engine);
  for await (const atMs of tellClips(engine, { jobId: "second", beganMs: BEGIN_MS, clipSec: CLIP_SEC })) {
    clock.nowMs = atMs;
    if ((await jobOf(engine, "second")).state === "running") await forecastOf(engine, "second");
  }
  await engine.close();

  const server = await startTestServer({ dataFolder });
  const forecast: JobForecast = await bodyOf(server.ask("/api/v1/jobs/second/forecast"));
  expect(forecast).toMatchObject({ job_id: "second", finish: null, tasks: [], basis: { jobs: 1, slots: 2 } });
  const atMs = BEGIN_MS + 30_000;
  const told = forecast.told.findLast(({ at_ms }) => at_ms <= atMs);
  const then = await bodyOf(server.ask(`/api/v1/jobs/second?at=${new Date(atMs).toISOString()}`));
  expect(then.progress.eta_ms).toBe(Math.max(0, (told?.ms as number) - atMs));
  expect(then.progress.eta_high_ms).toBe(Math.max(0, (told?.high_ms as number) - atMs));

  const exported = await bodyOf(server.ask("/api/v1/forecast-history"));
  expect(exported.histories).toMatchObject([{ host: "elsewhere", kind: "clips", history: { version: 1 } }]);
  expect(JSON.stringify(exported).length).toBeLessThan(30_000);
  const other = await startTestServer();
  const put = (body: object) =>
    other.ask("/api/v1/forecast-history", {
      method: "PUT",
      headers: { authorization: other.authorization, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  expect(await bodyOf(put(exported))).toEqual({ taken: 1 });
  expect(await bodyOf(other.ask("/api/v1/forecast-history"))).toEqual(exported);
  expect((await put({ histories: [{ host: "elsewhere", kind: "clips", history: { version: 2 } }] })).status).toBe(422);
  expect(await bodyOf(other.ask("/api/v1/forecast-history"))).toEqual(exported);
});
