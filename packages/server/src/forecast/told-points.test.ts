import fc from "fast-check";
import { expect, test } from "vitest";
import { createToldPoints, readPoints, storedPoints, toldBefore } from "./told-points.ts";

const left = (sec: number) => ({ leftSec: sec, lowSec: sec / 2, highSec: sec * 2 });

test("however long a job goes on, at most 200 points are kept, evenly, with the first and about the last", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 10_000 }), (count, everyMs) => {
      const told = createToldPoints();
      for (let at = 0; at < count; at++) told.add(at * everyMs, at / count, left(count - at));
      const points = told.all();
      expect(points.length).toBeLessThanOrEqual(200);
      expect(points.length).toBeGreaterThanOrEqual(Math.min(count, 90));
      expect(points[0]?.at_ms).toBe(0);
      const gaps = points.slice(1).map(({ at_ms }, at) => at_ms - (points[at]?.at_ms as number));
      expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(4 * Math.min(Number.MAX_VALUE, ...gaps));
    }),
    { numRuns: 40 },
  );
});

test("what was told last before a moment; nothing before the first; nothing when the clock was set back", () => {
  const told = createToldPoints();
  told.add(1_000, 10, left(60));
  told.add(3_000, 20, left(50));
  told.add(2_000, 15, left(1));
  expect(toldBefore(told.all(), 999)).toBeNull();
  expect(toldBefore(told.all(), 2_999)).toEqual({
    at_ms: 1_000,
    percent: 10,
    ms: 61_000,
    low_ms: 31_000,
    high_ms: 121_000,
  });
  expect(toldBefore(told.all(), 9_000)?.percent).toBe(20);
});

test("what is kept is read as it was", () => {
  const told = createToldPoints();
  told.add(1_000, 12.34, left(60));
  told.add(2_000, 57.01, left(0.25));
  expect(readPoints(JSON.parse(JSON.stringify(storedPoints(told.all()))))).toEqual(told.all());
  expect(readPoints({})).toEqual([]);
});
