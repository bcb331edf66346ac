import { createSketch } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addTo, addUnsent, createTotalsBook, dataOf } from "./totals.ts";

const call = fc.record({ ms: fc.double({ min: 0, max: 1e6, noNaN: true }), errors: fc.nat(1), weight: fc.nat(64) });

test("property: totals that come back unsent, at any time, leave the same as if they had never gone", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ call, isSent: fc.boolean() }), { minLength: 1 }), (steps) => {
      const whole = createTotalsBook();
      const parted = createTotalsBook();
      for (const { call: each, isSent } of steps) {
        for (const book of [whole, parted]) {
          addTo(book.open("probe", "function", 0), each.ms, each.errors, each.weight + 1);
        }
        if (!isSent) continue;
        const unsent = parted.takeBefore(1).map(dataOf);
        for (const data of unsent) addUnsent(parted.open("probe", "function", 0), data);
      }
      const [expected, got] = [whole, parted].map((book) => book.takeBefore(1).map(dataOf)[0]);
      expect(got).toEqual({ ...expected, duration_sum_ms: expect.closeTo(expected?.duration_sum_ms ?? 0, 3) });
    }),
  );
});

test("a book is full before it takes more memory than a program can spare", () => {
  const book = createTotalsBook();
  for (let minute = 0; !book.isFull(); minute++) book.open("probe", "function", minute * 60_000);
  expect(book.takeBefore(Number.POSITIVE_INFINITY)).toEqual([]);
  expect(book.isFull()).toBe(false);
  const empty = createTotalsBook().open("probe", "function", 0);
  addUnsent(empty, { ...dataOf(empty), sketch: createSketch().encode() });
  expect(empty).toMatchObject({ count: 0, minMs: Number.POSITIVE_INFINITY });
});
