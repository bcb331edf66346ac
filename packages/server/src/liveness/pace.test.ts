import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPaceMeter } from "./pace.ts";

/** Follows a job second by second. @returns how it was said to go at each */
function follow(fractions: readonly number[]) {
  const meter = createPaceMeter();
  return fractions.map((fraction, second) => meter.add({ activeMs: second * 1_000, fraction }));
}

const at = (perSecond: (second: number) => number, seconds: number) => {
  let fraction = 0;
  return Array.from({ length: seconds }, (_, second) => {
    fraction += perSecond(second);
    return fraction;
  });
};

describe("the pace", () => {
  test("of even work is steady", () => {
    expect(new Set(follow(at(() => 0.002, 400)))).toEqual(new Set(["steady"]));
  });

  test("that falls to a third is slow within a minute or so, and steady again when it comes back", () => {
    const paces = follow(at((second) => (second > 150 && second < 300 ? 0.0005 : 0.0016), 450));
    expect(paces[150]).toBe("steady");
    const slowAt = paces.indexOf("slow");
    expect(slowAt).toBeGreaterThan(170);
    expect(slowAt).toBeLessThan(225);
    expect(paces[299]).toBe("slow");
    expect(paces[449]).toBe("steady");
  });

  test("is not told before there is a usual one", () => {
    expect(new Set(follow(at((second) => (second < 30 ? 0.01 : 0.0001), 100)))).toEqual(new Set(["steady"]));
    expect(new Set(follow(at((second) => (second < 70 ? 0.0001 : 0), 200)))).toEqual(new Set(["steady"]));
  });

  test("of work that goes unevenly from second to second, but not from minute to minute, is steady", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.8, max: 1.2, noNaN: true }), { minLength: 300, maxLength: 500 }),
        (steps) => {
          expect(new Set(follow(at((second) => (steps[second] as number) * 0.001, steps.length)))).toEqual(
            new Set(["steady"]),
          );
        },
      ),
    );
  });
});
