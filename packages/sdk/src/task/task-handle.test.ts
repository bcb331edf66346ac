import { PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { setup } from "../testing/setup.ts";

test("settle tells how a task ended without throwing; a task is run once", async () => {
  const { playhead } = setup();
  const job = playhead.job({ kind: "demo" });
  await job.run(async () => {
    const error = new Error("broken");
    const task = job.create({});
    expect(await task.settle(() => Promise.reject(error))).toEqual({ state: "failed", task_id: "t1", error });
    await expect(task.run(() => 1)).rejects.toMatchObject({ code: "conflict" });
    expect(task.state).toBe("failed");
  });
});

test("children that nobody runs end with their parent", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  const scene = job.create({ kind: "scene", id: "s1" });
  const clip = scene.create({ kind: "clip", id: "c1" });
  await job.run(async () => {
    await expect(scene.run(() => Promise.reject(new Error("no frames")))).rejects.toThrow("no frames");
    expect(clip.state).toBe("canceled");
    await expect(clip.run(() => 1)).rejects.toMatchObject({ code: "canceled" });
  });
  await clock.advance(20);
  expect(engine.job(job.job_id).tasks.get("c1")).toMatchObject({ state: "canceled", reason: "its scene failed" });
});

test("a task with planned steps can be skipped until its first step; then it is canceled", async () => {
  const { playhead, engine, clock, refused } = setup();
  const steps = [{ step: "rendering", weight: 10 }];
  const job = playhead.job({ kind: "demo" });
  await job.run(async () => {
    await job.task({ id: "a", steps }, (task) => task.skip("rendered already"));
    await job.task({ id: "b", steps }, (task) => {
      task.step("rendering");
      task.skip("too late");
    });
    job.create({ id: "c" }).skip("not wanted");
    await job.task({ id: "d", steps }, () => undefined);
  });
  await clock.advance(20);
  const { tasks } = engine.job(job.job_id);
  expect([...tasks.values()].map(({ task_id, state, reason }) => [task_id, state, reason])).toEqual([
    ["a", "skipped", "rendered already"],
    ["b", "canceled", "too late"],
    ["c", "skipped", "not wanted"],
    ["d", "completed", null],
  ]);
  expect(refused).toEqual([]);
});

test("a task with an empty plan starts with its first child, without one with its callback", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  const turn = Promise.withResolvers<void>();
  const running = job.run(async () => {
    const scenes = [job.create({ kind: "scene", id: "late", steps: [] }), job.create({ kind: "scene", id: "now" })];
    await Promise.all(
      scenes.map((scene) =>
        scene.run(async () => {
          const clip = scene.create({ kind: "clip" });
          await turn.promise;
          await clip.run(() => undefined);
        }),
      ),
    );
  });
  await clock.advance(20);
  const state = (id: string) => engine.job(job.job_id).tasks.get(id)?.state;
  expect([state("late"), state("now")]).toEqual(["pending", "processing"]);
  turn.resolve();
  await running;
  await clock.advance(20);
  expect([state("late"), state("now")]).toEqual(["completed", "completed"]);
});

test("a retry keeps the task processing and starts its bar anew; within a step it goes on with that step", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo" });
  const steps = [
    { step: "rendering", weight: 3 },
    { step: "uploading", weight: 1 },
  ];
  await job.run(() =>
    job.task({ id: "a", steps }, async (task) => {
      await task.step("rendering", () => undefined);
      await task.step("uploading", async (step) => {
        step.progress(0.9);
        task.retry(new PlayheadError("network_failed", "the line broke"));
        expect(task.attempt).toBe(2);
        await clock.advance(300);
        expect(engine.job(job.job_id).tasks.get("a")).toMatchObject({
          attempt: 2,
          step: "uploading",
          percent_complete: 75,
          state: "processing",
        });
        step.progress(0.4);
        await clock.advance(300);
        expect(engine.job(job.job_id).tasks.get("a")).toMatchObject({ percent_complete: 85 });
      });
      task.retry(new Error("checksum"));
      await clock.advance(300);
      expect(engine.job(job.job_id).tasks.get("a")).toMatchObject({ attempt: 3, step: null, percent_complete: 0 });
    }),
  );
  await clock.advance(20);
  expect(refused).toEqual([]);
  const retried = engine.facts(job.job_id).filter(({ type }) => type === "task.retried");
  expect(retried.map(({ data }) => [data.attempt, data.error_code, data.failed_step])).toEqual([
    [2, "network_failed", "uploading"],
    [3, "task_failed", "uploading"],
  ]);
});

test("log lines are bound to the job, and to the task of the code that writes", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  await job.run(async () => {
    job.log.info("begun", { input: "in.mp4", size: 12n });
    await job.task({ id: "a" }, async (task) => {
      await Promise.resolve();
      job.log.debug("in the task");
      task.warn("careful");
      task.log.error("broken", { at: 3 });
    });
  });
  job.log.critical("afterwards");
  await clock.advance(20);
  expect(engine.logs(job.job_id)).toEqual([
    { level: "info", message: "begun", fields: { input: "in.mp4", size: "12" } },
    { level: "debug", message: "in the task", task_id: "a" },
    { level: "warning", message: "careful", task_id: "a" },
    { level: "error", message: "broken", task_id: "a", fields: { at: 3 } },
    { level: "critical", message: "afterwards" },
  ]);
});

test("weights by kind stand in for tasks that have none", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo", weights: { clip: 30 } });
  job.create({ kind: "clip", id: "a" });
  job.create({ kind: "clip", id: "b", weight: 5 });
  job.create({ kind: "other", id: "c", weight: Number.NaN });
  await clock.advance(20);
  const { tasks } = engine.job(job.job_id);
  expect([...tasks.values()].map(({ weight }) => weight)).toEqual([30, 5, null]);
});

test("an id that is given twice is changed, and said so", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo" });
  for (let i = 0; i < 3; i += 1) job.create({ id: "same" });
  job.create({ id: "t5" });
  job.create({});
  await clock.advance(20);
  expect([...engine.job(job.job_id).tasks.keys()]).toEqual(["same", "same~2", "same~3", "t5", "t5~2"]);
  expect(engine.logs(job.job_id)).toHaveLength(2);
  expect(refused).toEqual([]);
});

test("whatever users hand over, nothing throws and nothing is refused", async () => {
  const { playhead, engine, clock, refused } = setup();
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const hostile = {
    get bad() {
      throw new Error("getter");
    },
    toJSON() {
      throw new Error("toJSON");
    },
    symbol: Symbol("s"),
    nan: Number.NaN,
    deep: { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } },
    bytes: Buffer.alloc(100_000),
    long: "x".repeat(100_000),
    proxy: new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("proxy");
        },
      },
    ),
  };
  const job = playhead.job({ kind: "", title: "", metadata: { cyclic, hostile } });
  await job.run(async () => {
    await job.task({ kind: "", title: "t".repeat(9_999), id: "i".repeat(999), fields: hostile }, async (task) => {
      task.progress(Number.NaN);
      task.progress(-5, hostile);
      task.progress(Number.POSITIVE_INFINITY, cyclic);
      await task.step("", (step) => step.details(hostile), cyclic);
      task.artifact({ type: "", metadata: hostile });
      task.log.info("m".repeat(99_999), hostile);
      task.retry(null);
      task.retry(hostile);
      task.complete(hostile);
      task.progress(0.1);
      task.step("late");
      task.fail(undefined);
    });
  });
  await clock.advance(1_000);
  expect(refused).toEqual([]);
  expect(engine.job(job.job_id).state).toBe("completed");
  expect(engine.job(job.job_id).tasks.size).toBe(1);
});
