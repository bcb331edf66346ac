import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

test.for([
  [1, 0, 50],
  [1, 0.5, 100],
  [1, 1, 200],
  [2, 1, 400],
  [5, 0.5, 1_600],
  [9, 1, 30_000],
  [1_000, 1, 30_000],
] as const)("after %i failures, random %d: %d ms", ([attempt, random, expected]) => {
  expect(backoffMs(attempt, random)).toBe(expected);
});

test("property: never under 50 ms, never over 30 s", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        expect(backoffMs(attempt, random)).toBeGreaterThanOrEqual(50);
        expect(backoffMs(attempt, random)).toBeLessThanOrEqual(30_000);
      },
    ),
  );
});
