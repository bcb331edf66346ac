import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createDispatcher } from "./dispatcher.ts";

function setup({ atOnce = 3, atOncePerLane = 2 } = {}) {
  const started: string[] = [];
  const running = new Map<string, (againMs: number | null) => void>();
  const timers = new Set<{ readonly delayMs: number; readonly run: () => void }>();
  const dispatcher = createDispatcher({
    work(id) {
      started.push(id);
      return new Promise((resolve) => running.set(id, resolve));
    },
    after(delayMs, run) {
      const timer = { delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    atOnce,
    atOncePerLane,
  });
  return {
    dispatcher,
    started,
    running,
    timers,
    async finish(id: string, againMs: number | null = null) {
      running.get(id)?.(againMs);
      running.delete(id);
      await nextTurn();
    },
    fire() {
      for (const timer of [...timers]) {
        timers.delete(timer);
        timer.run();
      }
    },
  };
}

test("so many at once, and so many of one lane; the others have their turn when it comes", async () => {
  const { dispatcher, started, finish } = setup();
  for (const id of ["a1", "a2", "a3", "a4"]) dispatcher.add("a", id, 0);
  for (const id of ["b1", "b2"]) dispatcher.add("b", id, 0);
  expect(started).toEqual(["a1", "a2", "b1"]);
  await finish("a1");
  expect(started).toEqual(["a1", "a2", "b1", "b2"]);
  await finish("b1");
  expect(started.at(-1)).toBe("a3");
  for (const id of ["a2", "a3", "b2"]) await finish(id);
  expect(started).toEqual(["a1", "a2", "b1", "b2", "a3", "a4"]);
});

test("one is entered once, however often it is added", async () => {
  const { dispatcher, started, timers, finish, fire } = setup({ atOnce: 1 });
  dispatcher.add("a", "x", 0);
  dispatcher.add("a", "x", 0);
  dispatcher.add("a", "y", 0);
  dispatcher.add("a", "y", 0);
  dispatcher.add("a", "z", 100);
  dispatcher.add("a", "z", 0);
  expect([started, timers.size]).toEqual([["x"], 1]);
  await finish("x");
  await finish("y");
  fire();
  expect(started).toEqual(["x", "y", "z"]);
});

test("one that wants another turn gets it after its delay", async () => {
  const { dispatcher, started, timers, finish, fire } = setup();
  dispatcher.add("a", "x", 0);
  await finish("x", 5_000);
  expect([...timers].map(({ delayMs }) => delayMs)).toEqual([5_000]);
  fire();
  expect(started).toEqual(["x", "x"]);
});

test("after its end nothing starts; what is under way is waited for", async () => {
  const { dispatcher, started, timers, finish, fire } = setup({ atOnce: 1 });
  dispatcher.add("a", "x", 0);
  dispatcher.add("a", "y", 0);
  dispatcher.add("a", "z", 100);
  let isClosed = false;
  const closing = dispatcher.close().then(() => {
    isClosed = true;
  });
  dispatcher.add("a", "late", 0);
  fire();
  await nextTurn();
  expect([isClosed, timers.size]).toEqual([false, 0]);
  await finish("x", 1_000);
  await closing;
  expect([started, timers.size]).toEqual([["x"], 0]);
});
