import fc from "fast-check";
import { expect, test } from "vitest";
import { findChangePoints } from "./change-points.ts";
import { bestSplit, distancesOf } from "./e-divisive.ts";

/** Always the same numbers, 0 ≤ … < 1. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** So many values around each level, as logarithms, no two neighbours the same. */
const series = (blocks: readonly (readonly [count: number, level: number])[]) =>
  blocks.flatMap(([count, level], block) =>
    Array.from({ length: count }, (_, at) => Math.log(level) + (((at * 7 + block * 3) % 10) - 4.5) / 150),
  );

test("property 10: the best split is the one that the energy distance says", () => {
  const meanDistance = (a: readonly number[], b: readonly number[], pairs: number) =>
    a.flatMap((x) => b.map((y) => Math.abs(x - y))).reduce((sum, each) => sum + each, 0) / pairs;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 20 }), (values) => {
      const divergences = values.flatMap((_, at) => {
        const [a, b] = [values.slice(0, at), values.slice(at)];
        const [m, n] = [a.length, b.length];
        if (m < 2 || n < 2) return [];
        const within = meanDistance(a, a, m * (m - 1)) + meanDistance(b, b, n * (n - 1));
        return { at, divergence: ((m * n) / (m + n)) * (2 * meanDistance(a, b, m * n) - within) };
      });
      const best = Math.max(...divergences.map(({ divergence }) => divergence));
      const told = bestSplit(distancesOf(values), 2);
      expect(told.divergence).toBeCloseTo(best, 9);
      expect(divergences.find(({ at }) => at === told.at)?.divergence).toBeCloseTo(best, 9);
    }),
  );
});

test.each([
  {
    name: "one step",
    blocks: [
      [30, 10],
      [30, 16],
    ],
    expected: [30],
  },
  {
    name: "a step and the way back",
    blocks: [
      [40, 10],
      [30, 16],
      [40, 10],
    ],
    expected: [40, 70],
  },
  {
    name: "steps far apart, in a long series",
    blocks: [
      [130, 10],
      [200, 13],
      [170, 9],
    ],
    expected: [130, 330],
  },
  {
    name: "a step of less than a tenth",
    blocks: [
      [30, 10],
      [30, 10.8],
    ],
    expected: [],
  },
  { name: "nothing", blocks: [[200, 10]], expected: [] },
  {
    name: "values that are all but the same, and few",
    blocks: [
      [5, 10],
      [4, 20],
    ],
    expected: [],
  },
] as const)("finds $name", ({ blocks, expected }) => {
  const found = findChangePoints(series(blocks), seeded());
  expect(found.map(({ at }) => at)).toEqual(expected);
  for (const [place, { before, after, pValue }] of found.entries()) {
    const levels = blocks.map(([, level]) => level);
    expect(Math.exp(before)).toBeCloseTo(levels[place] as number, 0);
    expect(Math.exp(after)).toBeCloseTo(levels[place + 1] as number, 0);
    expect(pValue).toBeLessThan(0.001);
  }
});

test("of the same values and the same random numbers the same comes out", () => {
  const values = series([
    [25, 10],
    [40, 14],
  ]);
  expect(findChangePoints(values, seeded())).toEqual(findChangePoints(values, seeded()));
});
