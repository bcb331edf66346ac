import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mannKendall, sampleInflation } from "./mann-kendall.ts";
import { mannWhitney } from "./mann-whitney.ts";
import { twoSidedNormalP } from "./normal-tail.ts";
import { theilSen } from "./theil-sen.ts";

interface Golden {
  readonly ranks: readonly { first: number[]; second: number[]; u: number; p: number; method: string }[];
  readonly trends: readonly {
    readonly xs: number[];
    readonly ys: number[];
    readonly slope: number;
    readonly intercept: number;
    readonly low: number;
    readonly high: number;
    readonly tau_p: number;
  }[];
  readonly normal: readonly { z: number; p: number }[];
}

/** Made by golden.py. */
const golden: Golden = JSON.parse(readFileSync(new URL("./golden.json", import.meta.url), "utf8"));

/** By which share two numbers differ. */
const off = (got: number, expected: number) => Math.abs(got - expected) / Math.max(Math.abs(expected), 1e-300);

describe("what scipy says", () => {
  test.each(golden.ranks)("mannwhitneyu of $first.length and $second.length values, $method", (given) => {
    const told = mannWhitney(given.first, given.second);
    expect(told.u).toBe(given.u);
    expect(told.method).toBe(given.method);
    expect(off(told.pValue, given.p)).toBeLessThan(given.method === "exact" ? 1e-12 : 3e-7);
  });

  test.each(golden.trends)("theilslopes and kendalltau of $xs.length points", ({ xs, ys, tau_p, ...line }) => {
    const told = theilSen(xs, ys);
    for (const key of ["slope", "intercept", "low", "high"] as const) expect(told[key]).toBeCloseTo(line[key], 10);
    const { score, variance } = mannKendall(xs, ys);
    expect(off(twoSidedNormalP(score / Math.sqrt(variance)), tau_p)).toBeLessThan(3e-7);
  });

  test.each(golden.normal)("of a normal value beyond $z", ({ z, p }) => {
    expect(off(twoSidedNormalP(z), p)).toBeLessThan(1.3e-7);
  });
});

const anyValues = (minLength: number, maxLength = 12) =>
  fc.array(fc.integer({ min: -20, max: 20 }), { minLength, maxLength });

describe("property 10: statistics are those of their definitions", () => {
  test("U counts pairs, and does not care about scale, place or order", () => {
    fc.assert(
      fc.property(anyValues(1), anyValues(1), fc.integer({ min: 1, max: 9 }), fc.integer(), (a, b, scale, shift) => {
        const { u, pValue } = mannWhitney(a, b);
        const pairs = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
        expect(u).toBe(pairs.reduce<number>((sum, each) => sum + each, 0));
        expect(pValue).toBeGreaterThan(0);
        expect(pValue).toBeLessThanOrEqual(1);
        const moved = (values: readonly number[]) => values.map((value) => value * scale + shift).reverse();
        expect(mannWhitney(moved(a), moved(b))).toEqual({ u, pValue, method: mannWhitney(a, b).method });
        expect(mannWhitney(b, a)).toMatchObject({ u: a.length * b.length - u, pValue });
      }),
    );
  });

  test("an exact p is the share of all orders that set the samples as far apart", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 9 }), fc.nat(), (values, cut) => {
        const m = 1 + (cut % (values.length - 1));
        const told = mannWhitney(values.slice(0, m), values.slice(m));
        const far = Math.min(told.u, m * (values.length - m) - told.u);
        const us = choices(values.length, m).map((places) => places.reduce((sum, place, i) => sum + place - i, 0));
        const share = us.filter((u) => u <= far).length / us.length;
        expect(told).toMatchObject({ method: "exact", pValue: expect.closeTo(Math.min(1, 2 * share), 12) });
      }),
      { numRuns: 50 },
    );
  });

  test("the slope of a line is found in spite of wild points, and moves with the scale", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.integer({ min: 10, max: 60 }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        (slope, n, wild) => {
          const xs = Array.from({ length: n }, (_, at) => at);
          const ys = xs.map((x) => (x % 7 === 3 ? wild : 3 + slope * x));
          const line = theilSen(xs, ys);
          expect(line.slope).toBeCloseTo(slope, 6);
          expect(line.low).toBeLessThanOrEqual(line.slope);
          expect(line.high).toBeGreaterThanOrEqual(line.slope);
        },
      ),
    );
  });

  test("the score of a trend counts rises less falls, and a straight line that rises is sure", () => {
    fc.assert(
      fc.property(anyValues(15, 40), fc.integer({ min: 1, max: 1_000 }), (values, slope) => {
        const times = values.map((_, at) => at);
        const pairs = values.flatMap((value, at) => values.slice(0, at).map((other) => Math.sign(value - other)));
        expect(mannKendall(times, values).score).toBe(pairs.reduce((sum, each) => sum + each, 0));
        expect(mannKendall(times, values.toReversed()).score + mannKendall(times, values).score).toBe(0);
        // Around another line neighbors may be alike, and then it is less sure.
        const rising = times.map((time) => time * slope);
        expect(mannKendall(times, rising).pValue).toBeLessThan(0.001);
      }),
    );
  });

  test("the inflation of a sample is the sum that it stands for", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.95, noNaN: true }), fc.integer({ min: 2, max: 200 }), (rho, n) => {
        let sum = 1;
        for (let k = 1; k < n; k++) sum += 2 * (1 - k / n) * rho ** k;
        expect(sampleInflation(rho, n)).toBeCloseTo(sum, 8);
      }),
    );
  });
});

/** All ways to choose m of n places, each in order. */
function choices(n: number, m: number, from = 0): readonly (readonly number[])[] {
  if (m === 0) return [[]];
  const found: (readonly number[])[] = [];
  for (let first = from; first <= n - m; first++)
    for (const others of choices(n, m - 1, first + 1)) found.push([first, ...others]);
  return found;
}
