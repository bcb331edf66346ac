import fc from "fast-check";
import { expect, test } from "vitest";
import { nearestTime } from "./nearest-time.ts";

test("no other time is nearer", () => {
  const times = fc.uniqueArray(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1 });
  fc.assert(
    fc.property(times, fc.integer({ min: -1_500, max: 1_500 }), (given, atMs) => {
      const sorted = given.toSorted((a, b) => a - b);
      const found = sorted[nearestTime(sorted, atMs)] ?? Number.NaN;
      return sorted.every((each) => Math.abs(each - atMs) >= Math.abs(found - atMs));
    }),
  );
});

test("of none there is none", () => expect(nearestTime([], 5)).toBe(-1));
