import { expect, test } from "vitest";
import { currentJob, currentTask } from "./context.ts";
import { setup } from "./testing/setup.ts";

test("the current job and task follow await, timers, callbacks and nesting", async () => {
  const { playhead } = setup();
  const job = playhead.job({ kind: "demo" });
  expect([currentJob(), currentTask()]).toEqual([undefined, undefined]);
  await job.run(async () => {
    expect(currentJob()).toBe(job);
    expect(currentTask()).toBeUndefined();
    await job.each(["a", "b"], { parallel: 2, id: (item) => item }, async (item, task) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(currentTask()).toBe(task);
      await new Promise((resolve) => process.nextTick(resolve));
      await task.task({ id: `${item}-inner` }, async (inner) => {
        await new Promise((resolve) => setImmediate(resolve));
        expect(currentTask()).toBe(inner);
        expect(currentTask()?.task_id).toBe(`${item}-inner`);
        expect(currentJob()).toBe(job);
      });
      await task.step("rendering", async () => {
        await Promise.resolve();
        expect(currentTask()).toBe(task);
      });
      expect(currentTask()?.task_id).toBe(item);
    });
    expect(currentTask()).toBeUndefined();
  });
  expect(currentJob()).toBeUndefined();
});

test("jobs that run side by side do not mix", async () => {
  const { playhead } = setup();
  const jobs = ["x", "y", "z"].map((id) => playhead.job({ kind: "demo", id }));
  await Promise.all(
    jobs.map((job) =>
      job.run(async () => {
        for (let i = 0; i < 5; i += 1) {
          await new Promise((resolve) => setImmediate(resolve));
          expect(currentJob()).toBe(job);
        }
      }),
    ),
  );
});

test("a job within a task of another: each has its own context, and log lines go where they belong", async () => {
  const { playhead, engine, clock } = setup();
  const outer = playhead.job({ kind: "demo", id: "outer" });
  const inner = playhead.job({ kind: "demo", id: "inner" });
  await outer.run(() =>
    outer.task({ id: "t" }, async () => {
      await inner.run(() => {
        expect(currentJob()).toBe(inner);
        expect(currentTask()).toBeUndefined();
        outer.log.info("from within");
      });
      outer.log.info("from outside");
    }),
  );
  await clock.advance(20);
  expect(engine.logs("outer")).toEqual([
    { level: "info", message: "from within" },
    { level: "info", message: "from outside", task_id: "t" },
  ]);
});
