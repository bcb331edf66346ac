import fc from "fast-check";
import { expect, test } from "vitest";
import { createRecordQueue, type Importance, type NumberedRecord } from "./record-queue.ts";

const record = (n: number): NumberedRecord => ({ type: "log", ts: "", job_id: "j", n, data: {} });

function setup(capacity: number) {
  const dropped: (readonly [number, Importance])[] = [];
  const queue = createRecordQueue({ capacity, onDrop: ({ n }, importance) => dropped.push([n, importance]) });
  let n = 0;
  const add = (importance: Importance) => queue.add(record(++n), importance);
  const numbers = () => queue.take(1_000).map((each) => each.n);
  return { queue, dropped, add, numbers };
}

test("gives back in order, whatever the importance", () => {
  const { add, numbers, queue } = setup(10);
  for (const importance of ["log", "task", "step", "job", "log"] as const) expect(add(importance)).toBe(true);
  expect(queue.size()).toBe(5);
  expect(queue.take(2).map(({ n }) => n)).toEqual([1, 2]);
  expect(numbers()).toEqual([3, 4, 5]);
  expect(queue.size()).toBe(0);
});

test("the oldest log lines make room first, then the oldest changes of step", () => {
  const { add, numbers, dropped } = setup(4);
  for (const importance of ["task", "log", "step", "log", "task", "task", "task"] as const)
    expect(add(importance)).toBe(true);
  expect(dropped).toEqual([
    [2, "log"],
    [4, "log"],
    [3, "step"],
  ]);
  expect(numbers()).toEqual([1, 5, 6, 7]);
});

test("then what is less than a job's fact is refused, and in the end that, too", () => {
  const { add, numbers, dropped } = setup(2);
  expect([add("task"), add("task"), add("task"), add("log"), add("job"), add("job")]).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
  ]);
  expect(dropped).toEqual([
    [3, "task"],
    [4, "log"],
    [6, "job"],
  ]);
  expect(numbers()).toEqual([1, 2, 5]);
});

test("property: each record is taken once or dropped once, in order, and never more than the capacity waits", () => {
  const acts = fc.array(fc.constantFrom<Importance | "take">("job", "task", "step", "log", "take"), { maxLength: 200 });
  fc.assert(
    fc.property(acts, fc.integer({ min: 1, max: 12 }), (sequence, capacity) => {
      const { queue, add, dropped } = setup(capacity);
      const taken: number[] = [];
      let added = 0;
      for (const act of sequence) {
        if (act === "take") taken.push(...queue.take(3).map(({ n }) => n));
        else {
          add(act);
          added += 1;
        }
        expect(queue.size()).toBeLessThanOrEqual(Math.ceil(capacity * 1.5));
      }
      taken.push(...queue.take(1_000).map(({ n }) => n));
      expect(taken).toEqual([...taken].sort((a, b) => a - b));
      expect([...taken, ...dropped.map(([n]) => n)].sort((a, b) => a - b)).toEqual(
        Array.from({ length: added }, (_, i) => i + 1),
      );
    }),
  );
});
