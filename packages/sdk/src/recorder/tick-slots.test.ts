import { expect, test } from "vitest";
import { createTickSlot, createTickSlots } from "./tick-slots.ts";

function setup() {
  let last = 0;
  const ticks = createTickSlots({ dueMs: (sentMs) => sentMs + 250, lastNumber: () => last });
  const slot = (name: string) => {
    const value = { percent: 0 };
    const made = createTickSlot(() =>
      value.percent < 0
        ? null
        : { type: "progress.updated", ts: "", job_id: "j", data: { name, percent: value.percent } },
    );
    return { made, value };
  };
  const taken = (n: number) =>
    ticks.takeUpTo(n).map(({ record, after }) => [record.data.name, record.data.percent, after]);
  return {
    ticks,
    slot,
    taken,
    at: (n: number) => {
      last = n;
    },
  };
}

test("leading edge at once, the latest at the trailing edge", () => {
  const { ticks, slot, taken, at } = setup();
  const a = slot("a");
  at(3);
  a.value.percent = 10;
  expect(ticks.offer(a.made, 1_000)).toBe(true);
  expect(taken(3)).toEqual([["a", 10, 3]]);
  a.value.percent = 20;
  expect(ticks.offer(a.made, 1_100)).toBe(false);
  a.value.percent = 30;
  expect(ticks.offer(a.made, 1_200)).toBe(false);
  expect(ticks.nextDueMs()).toBe(1_250);
  ticks.releaseDue(1_249);
  expect(taken(3)).toEqual([]);
  ticks.releaseDue(1_251);
  expect(taken(3)).toEqual([["a", 30, 3]]);
  expect(ticks.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
});

test("a tick that still waits to be sent is replaced, and stands where the later one was made", () => {
  const { ticks, slot, taken, at } = setup();
  const [a, b] = [slot("a"), slot("b")];
  at(1);
  a.value.percent = 10;
  ticks.offer(a.made, 1_000);
  at(2);
  ticks.offer(b.made, 1_100);
  at(3);
  a.value.percent = 20;
  ticks.offer(a.made, 1_300);
  expect(ticks.dueCount()).toBe(2);
  expect(taken(2)).toEqual([["b", 0, 2]]);
  expect(taken(3)).toEqual([["a", 20, 3]]);
});

test("the earliest of many is due next", () => {
  const { ticks, slot } = setup();
  const [a, b] = [slot("a"), slot("b")];
  ticks.offer(a.made, 0);
  ticks.offer(b.made, 100);
  ticks.offer(b.made, 110);
  expect(ticks.nextDueMs()).toBe(350);
  ticks.offer(a.made, 200);
  expect(ticks.nextDueMs()).toBe(250);
  ticks.releaseDue(250);
  expect(ticks.nextDueMs()).toBe(350);
});

test("what waits can be let go, or forgotten, before its time; what is due, too", () => {
  const { ticks, slot, taken } = setup();
  const a = slot("a");
  ticks.offer(a.made, 0);
  ticks.offer(a.made, 10);
  ticks.dropWaiting(a.made);
  expect(ticks.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
  expect(ticks.dueCount()).toBe(1);
  ticks.drop(a.made);
  expect(taken(9)).toEqual([]);
  ticks.offer(a.made, 20);
  a.value.percent = 5;
  ticks.release(a.made, 30);
  ticks.release(a.made, 30);
  expect(taken(9)).toEqual([["a", 5, 0]]);
});

test("a task that has nothing to say any more says nothing", () => {
  const { ticks, slot, taken } = setup();
  const a = slot("a");
  a.value.percent = -1;
  ticks.offer(a.made, 0);
  expect(taken(9)).toEqual([]);
});

test("a clock that was set back holds up nothing", () => {
  const { ticks, slot } = setup();
  const a = slot("a");
  ticks.offer(a.made, 1_000_000);
  expect(ticks.offer(a.made, 5)).toBe(true);
});
