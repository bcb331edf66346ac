import fc from "fast-check";
import { expect, test } from "vitest";
import { isStill, maxJerkOf, pieceAt, planPath, positionAt, stillPath } from "./camera-path.ts";

const LIMITS = { stepSec: 0.5, maxJerk: 300 };

/** Places that someone jumps between, as wildly as can be. */
const places = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 });
const seconds = fc.double({ min: 0.04, max: 60, noNaN: true });

test("whatever it follows, it stays within the range, its jerk is bounded, and it moves without a jump or a kink", () => {
  fc.assert(
    fc.property(places, seconds, fc.double({ min: 0, max: 400, noNaN: true }), (wild, endSec, slack) => {
      const gateAt = (timeSec: number) => {
        const value = wild[Math.min(wild.length - 1, Math.floor((timeSec / endSec) * wild.length))] ?? 0;
        return { lo: Math.max(0, value - slack), hi: Math.min(1000, value + slack) };
      };
      const path = planPath({ startSec: 0, endSec }, gateAt, 500, LIMITS);
      expect(maxJerkOf(path)).toBeLessThanOrEqual(LIMITS.maxJerk);
      const count = path.points.length - 1;
      expect(path.stepSec * count).toBeCloseTo(endSec, 6);
      let before = { value: path.points[0] ?? 0, speed: 0, acceleration: Number.NaN };
      for (let k = 0; k < count; k++) {
        const [a, b, c, d] = pieceAt(path, k);
        if (k > 0) {
          expect(a).toBeCloseTo(before.value, 6);
          expect(2 * c).toBeCloseTo(before.acceleration, 6);
        }
        // At rest where the shot begins.
        expect(b).toBeCloseTo(before.speed, 6);
        before = { value: a + b + c + d, speed: b + 2 * c + 3 * d, acceleration: 2 * c + 6 * d };
        for (const u of [0, 0.3, 0.5, 0.9]) {
          const value = positionAt(path, (k + u) * path.stepSec);
          expect(value).toBeGreaterThanOrEqual(-1e-6);
          expect(value).toBeLessThanOrEqual(1000 + 1e-6);
        }
      }
      // … and where it ends.
      expect(before.speed).toBeCloseTo(0, 6);
    }),
  );
});

test("it stands still where it can", () => {
  const path = planPath({ startSec: 2, endSec: 5 }, (timeSec) => ({ lo: 10 - timeSec, hi: 20 + timeSec }), 14, LIMITS);
  expect(isStill(path)).toBe(true);
  expect([1, 2, 3.3, 5, 9].map((timeSec) => positionAt(path, timeSec))).toEqual([14, 14, 14, 14, 14]);
});

test("it follows what goes evenly, and is at rest before and after", () => {
  const target = (timeSec: number) => 100 + 60 * Math.min(6, Math.max(0, timeSec - 2));
  const gateAt = (timeSec: number) => ({ lo: target(timeSec) - 20, hi: target(timeSec) + 20 });
  const path = planPath({ startSec: 0, endSec: 10 }, gateAt, 0, LIMITS);
  for (let timeSec = 0; timeSec <= 10; timeSec += 0.1) {
    expect(Math.abs(positionAt(path, timeSec) - target(timeSec))).toBeLessThan(25);
  }
  expect(positionAt(path, 0)).toBeCloseTo(120, 3);
  expect(positionAt(path, 10)).toBeCloseTo(440, 3);
});

test("a still one has no jerk", () => {
  expect(maxJerkOf(stillPath(0, 0.04, 7))).toBe(0);
  expect(positionAt(stillPath(0, 0.04, 7), 0.02)).toBe(7);
});
