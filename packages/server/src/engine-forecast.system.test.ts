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
  const onTime = (nowMs: number) => {
    clock.nowMs = nowMs;
  };
  const past = (jobId: string) => tellAll(engine, { jobId, beganMs: BEGIN_MS, clipSec: CLIP_SEC, onTime });
  /** The job that is looked at, in the test's time. */
  const told = (jobId: string, clipSec = CLIP_SEC) =>
    tellClips(engine, { jobId, beganMs: clock.nowMs, clipSec, onTime });
  return { engine, clock, dataFolder, past, told };
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
    const { engine, clock, past, told } = await startEngine();
    await past("first");
    await isTaught(engine);

    const ticks = ticksOf(engine, "second");
    const second = told("second");
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
    await before.past("first");
    await isTaught(before.engine);
    const second = before.told("second");
    for (let step = 0; step < 4; step++) await second.next();
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
    expect(again.told.length).toBeGreaterThanOrEqual(known.told.length);
  });
});

test("a slow job is told to be slower than usual, and its end is expected later", async () => {
  const { engine, clock, past, told } = await startEngine();
  for (let count = 1; count <= 5; count++) {
    await past(`past_${count}`);
    await until(
      () => engine.forecasts.exportHistory("default"),
      ([known]) => known?.history.templates.clips?.jobs === count,
    );
  }
  const slow = told("slow", CLIP_SEC * 4);
  for (let step = 0; step < 5; step++) await slow.next();
  const { explanation, finish } = await forecastOf(engine, "slow");
  expect(explanation).toMatch(
    /^based on 30 clips like these; 2 of 6 items left; two at a time; slower than usual: each takes [2-4]\.\d × as long/,
  );
  expect((finish?.ms as number) - clock.nowMs).toBeGreaterThan(CLIP_SEC * 2_000);
});

test("what was told is kept with the job: its page of then shows the bar and the ETA of then", async () => {
  const dataFolder = tempFolder();
  const { engine, past, told } = await startEngine(dataFolder);
  await past("first");
  await isTaught(engine);
  let beganMs = 0;
  for await (const _ of told("second")) {
    const { state, start_time } = { ...(await jobOf(engine, "second")), ...(await jobOf(engine, "second")).progress };
    beganMs = Date.parse(start_time ?? "");
    if (state === "running") await forecastOf(engine, "second");
  }
  await engine.close();

  const server = await startTestServer({ dataFolder });
  const forecast: JobForecast = await bodyOf(server.ask("/api/v1/jobs/second/forecast"));
  expect(forecast).toMatchObject({ job_id: "second", finish: null, tasks: [], basis: { jobs: 1, slots: 2 } });
  expect(forecast.told.length).toBeGreaterThan(2);
  for (const { at_ms, low_ms, ms, high_ms } of forecast.told) {
    expect(at_ms).toBeLessThanOrEqual(low_ms);
    expect(low_ms).toBeLessThanOrEqual(ms);
    expect(ms).toBeLessThanOrEqual(high_ms);
  }
  const asOf = (atMs: number) => bodyOf(server.ask(`/api/v1/jobs/second?at=${new Date(atMs).toISOString()}`));
  for (const sec of [25, 45]) {
    const atMs = beganMs + sec * 1_000;
    const said = forecast.told.findLast(({ at_ms }) => at_ms <= atMs);
    const { progress } = await asOf(atMs);
    expect(progress.eta_ms).toBe(Math.max(0, (said?.ms as number) - atMs));
    expect(progress.eta_high_ms).toBe(Math.max(0, (said?.high_ms as number) - atMs));
  }
});

test("what past jobs taught can be taken along, and what is no history is refused", async () => {
  const dataFolder = tempFolder();
  const { engine, past } = await startEngine(dataFolder);
  await past("first");
  await isTaught(engine);
  await engine.close();

  const server = await startTestServer({ dataFolder });
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
  expect((await put({ histories: [{ host: "h", kind: "clips", history: { version: 2 } }] })).status).toBe(422);
  expect(await bodyOf(other.ask("/api/v1/forecast-history"))).toEqual(exported);
});
