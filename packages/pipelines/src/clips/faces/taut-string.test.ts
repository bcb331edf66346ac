import fc from "fast-check";
import { expect, test } from "vitest";
import { type Gate, tautString } from "./taut-string.ts";

const gate = fc
  .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 30 }))
  .map(([lo, room]): Gate => ({ lo, hi: lo + room }));
const gates = fc.array(gate, { minLength: 1, maxLength: 40 });

const movement = (values: readonly number[]) =>
  values.slice(1).reduce((sum, value, i) => sum + Math.abs(value - (values[i] ?? 0)), 0);
const energy = (values: readonly number[]) =>
  values.slice(1).reduce((sum, value, i) => sum + (value - (values[i] ?? 0)) ** 2, 0);

test("it goes through all gates, and no other way moves less, or more evenly", () => {
  fc.assert(
    fc.property(gates, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (given, places) => {
      const values = tautString(given, 0);
      expect(values).toHaveLength(given.length);
      for (const [i, { lo, hi }] of given.entries()) {
        expect(values[i]).toBeGreaterThanOrEqual(lo - 1e-9);
        expect(values[i]).toBeLessThanOrEqual(hi + 1e-9);
      }
      const other = given.map(({ lo, hi }) => lo + (hi - lo) * Number(places.next().value));
      // Any way between the string and another one goes through the gates, too: also those near by are no better.
      for (const part of [1, 0.1, 0.001]) {
        const mixed = values.map((value, i) => value + ((other[i] ?? 0) - value) * part);
        expect(movement(values)).toBeLessThanOrEqual(movement(mixed) + 1e-9);
        expect(energy(values)).toBeLessThanOrEqual(energy(mixed) + 1e-9);
      }
    }),
  );
});

const at = (lo: number, hi: number, count: number) => Array.from({ length: count }, () => ({ lo, hi }));

test.each([
  { name: "where it is wanted, if that is everywhere inside", given: at(0, 10, 3), wanted: 4, expected: [4, 4, 4] },
  { name: "as near to that as it may", given: at(0, 10, 2), wanted: 14, expected: [10, 10] },
  {
    name: "still, then straight up, then still",
    given: [...at(0, 2, 2), { lo: 0, hi: 99 }, ...at(10, 12, 2)],
    wanted: 0,
    expected: [2, 2, 6, 10, 10],
  },
  {
    name: "around a corner",
    given: [...at(0, 0, 1), ...at(0, 1, 2), ...at(4, 4, 1)],
    wanted: 0,
    expected: [0, 0.5, 1, 4],
  },
  { name: "a single gate", given: at(3, 5, 1), wanted: 0, expected: [3] },
])("$name", ({ given, wanted, expected }) => {
  expect(tautString(given, wanted)).toEqual(expected);
});
