import { expect, test } from "vitest";
import { createStore } from "./store.ts";

test("listeners are called on a change, and on a change only", () => {
  const store = createStore(1);
  let calls = 0;
  const stop = store.subscribe(() => calls++);
  store.set(1);
  store.set(2);
  stop();
  store.set(3);
  expect([calls, store.getSnapshot()]).toEqual([1, 3]);
});

test("the first listener wakes it, the last one lets it rest, and the same function may listen twice", () => {
  const told: string[] = [];
  const store = createStore(1, { onActive: () => told.push("active"), onIdle: () => told.push("idle") });
  const listener = () => {};
  const stops = [store.subscribe(listener), store.subscribe(listener)];
  stops[0]?.();
  stops[0]?.();
  expect(told).toEqual(["active"]);
  stops[1]?.();
  expect(told).toEqual(["active", "idle"]);
});

test("a listener that comes or goes while others are called is no trouble", () => {
  const store = createStore(1);
  const told: string[] = [];
  const stopSecond = { call: () => {} };
  store.subscribe(() => {
    told.push("first");
    stopSecond.call();
    store.subscribe(() => told.push("late"));
  });
  stopSecond.call = store.subscribe(() => told.push("second"));
  store.set(2);
  expect(told).toEqual(["first", "second"]);
});
