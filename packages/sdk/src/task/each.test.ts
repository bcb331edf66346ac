import { expect, test } from "vitest";
import { createSlots } from "../control/slots.ts";
import { setup } from "../testing/setup.ts";

test("what each declares is known before the first item runs, and what was declared is run once", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  const gate = Promise.withResolvers<void>();
  const running = job.run(() => job.each([1, 2, 3], { parallel: 2 }, () => gate.promise));
  await clock.advance(20);
  const states = () => [...engine.job(job.job_id).tasks.values()].map(({ state }) => state);
  expect(states()).toEqual(["processing", "processing", "pending"]);
  gate.resolve();
  expect(await running).toEqual([
    { state: "completed", task_id: "t1", value: undefined },
    { state: "completed", task_id: "t2", value: undefined },
    { state: "completed", task_id: "t3", value: undefined },
  ]);
  await clock.advance(20);
  expect(states()).toEqual(["completed", "completed", "completed"]);
});

test("each with onError fail: stops the others, cancels the rest, rejects with the first error once all have ended", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  const error = new Error("broken");
  const aborted: boolean[] = [];
  const running = job.run(() =>
    job.each([1, 2, 3], { parallel: 2 }, async (item, task) => {
      if (item === 1) throw error;
      await new Promise((resolve) => task.signal.addEventListener("abort", resolve));
      aborted.push(task.signal.aborted, job.signal.aborted);
    }),
  );
  await expect(running).rejects.toBe(error);
  expect(aborted).toEqual([true, false]);
  await clock.advance(20);
  const tasks = [...engine.job(job.job_id).tasks.values()];
  expect(tasks.map(({ state, reason }) => [state, reason])).toEqual([
    ["failed", null],
    ["completed", null],
    ["canceled", "not started, since another one failed"],
  ]);
  expect(engine.job(job.job_id).state).toBe("failed");
});

test("each with onError continue: tells how each ended", async () => {
  const { playhead } = setup();
  const job = playhead.job({ kind: "demo" });
  const error = new Error("broken");
  const outcomes = await job.run(() =>
    job.each([1, 2, 3, 4], { onError: "continue", steps: [{ step: "only", weight: 1 }] }, async (item, task) => {
      if (item === 1) throw error;
      if (item === 2) task.skip("there already");
      if (item === 3) task.fail(error);
      return item * 10;
    }),
  );
  expect(outcomes).toEqual([
    { state: "failed", task_id: "t1", error },
    { state: "skipped", task_id: "t2", reason: "there already" },
    { state: "failed", task_id: "t3", error },
    { state: "completed", task_id: "t4", value: 40 },
  ]);
});

test.for([0, -1, 1.5, Number.NaN])("each refuses to run %s at a time", async (parallel) => {
  const { playhead } = setup();
  const job = playhead.job({ kind: "demo" });
  await expect(job.run(() => job.each([1], { parallel }, () => 1))).rejects.toMatchObject({ code: "validation_error" });
});

test("each of nothing is nothing", async () => {
  const { playhead } = setup();
  expect(await playhead.job({ kind: "demo" }).run(({ job }) => job.each([], {}, () => 1))).toEqual([]);
});

test("a throw in what each asks of an item declares nothing", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  const error = new Error("no title");
  const title = () => {
    throw error;
  };
  await expect(job.run(() => job.each([1], { title }, () => 1))).rejects.toBe(error);
  await clock.advance(20);
  expect(engine.job(job.job_id).tasks.size).toBe(0);
});

test("clips declared up front run under shared slots", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "clips" });
  const slots = createSlots(2);
  let now = 0;
  let most = 0;
  await job.run(async () => {
    const scenes = ["s1", "s2", "s3"].map((id) => {
      const scene = job.create({ kind: "scene", id });
      const clips = ["original", "split"].map((style) =>
        scene.create({ kind: "clip", id: `${id}-${style}`, fields: { style } }),
      );
      return { scene, clips };
    });
    await clock.advance(20);
    expect(engine.job(job.job_id).tasks.size).toBe(9);
    const render = async () => {
      now += 1;
      most = Math.max(most, now);
      await clock.settle();
      now -= 1;
    };
    await Promise.all(
      scenes.map(({ scene, clips }) => scene.run(() => Promise.all(clips.map((clip) => clip.run(render, { slots }))))),
    );
  });
  await clock.advance(20);
  expect(most).toBe(2);
  expect(refused).toEqual([]);
  const ended = engine.facts(job.job_id).filter(({ type }) => type === "scene.completed");
  expect(ended.map(({ data }) => [data.scene_id, data.clips_completed])).toEqual([
    ["s1", 2],
    ["s2", 2],
    ["s3", 2],
  ]);
  const started = engine.facts(job.job_id).filter(({ type }) => type === "scene.started");
  expect(started.map(({ data }) => data.style_count)).toEqual([2, 2, 2]);
});

test("more items than the recorder has room for, which end as soon as they start: nothing is lost", async () => {
  const { playhead, engine, clock, warnings } = setup({ capacity: 3_000 });
  const job = playhead.job({ kind: "demo", id: "j" });
  let ended = false;
  const running = job
    .run(() => job.each(Array(6_000).keys(), { parallel: 4 }, () => undefined))
    .finally(() => {
      ended = true;
    });
  while (!ended) await clock.advance(20);
  await running;
  await clock.advance(100);
  expect(engine.job("j")).toMatchObject({
    state: "completed",
    progress: { items_total: 6_000, items_completed: 6_000 },
  });
  expect(engine.logs("j")).toEqual([]);
  expect(engine.refused).toEqual([]);
  expect(warnings).toEqual([]);
});
