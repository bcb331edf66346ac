import { describe, expect, test } from "vitest";
import { createStepDetector, type FoundStep } from "./step-detector.ts";

/** mulberry32: 0 ≤ … < 1, the same from the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LIKENESS = 0.25;
const OUTLIERS = 0.04;

/** Logarithms of durations as jobs have them: each a little like the one before, some far off; from `stepAt` on longer. */
function simulate({ seed, sigma, step = 0, stepAt = 0, count }: Simulated): readonly number[] {
  const random = randomOf(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let noise = normal();
  return Array.from({ length: count }, (_, at) => {
    noise = LIKENESS * noise + Math.sqrt(1 - LIKENESS ** 2) * normal();
    const wild = random() < OUTLIERS ? 4 * normal() : 0;
    return (noise + wild) * sigma + (at >= stepAt ? Math.log1p(step) : 0);
  });
}

interface Simulated {
  readonly seed: number;
  readonly sigma: number;
  readonly step?: number;
  readonly stepAt?: number;
  readonly count: number;
}

function run(values: readonly number[]): readonly { readonly at: number; readonly found: FoundStep }[] {
  const detector = createStepDetector();
  return values.flatMap((value, at) => {
    const found = detector.push(value);
    return found === null ? [] : [{ at, found }];
  });
}

const SERIES = 100;
const seeds = Array.from({ length: SERIES }, (_, seed) => seed + 1);

describe("on simulated jobs", () => {
  test.each([0.1, 0.25, 0.5])("at a noise of %d there are at most 0.3 false alarms in 100 jobs", (sigma) => {
    const alarms = seeds.flatMap((seed) => run(simulate({ seed, sigma, count: 150 })));
    expect(alarms.length / (1.5 * SERIES)).toBeLessThanOrEqual(0.3);
  });

  test.each([
    { step: 0.6, sigma: 0.25, least: 0.85 },
    { step: 0.3, sigma: 0.1, least: 0.95 },
    { step: -0.4, sigma: 0.25, least: 0.85 },
  ])("a step of $step among noise of $sigma is found within 20 jobs in $least of series", ({ step, sigma, least }) => {
    const stepAt = 60;
    const firsts = seeds.flatMap((seed) => {
      const alarms = run(simulate({ seed, sigma, step, stepAt, count: stepAt + 20 }));
      return alarms.find(({ at, found }) => at >= stepAt && Math.sign(found.shift) === Math.sign(step)) ?? [];
    });
    expect(firsts.length / SERIES).toBeGreaterThanOrEqual(least);
    // And it is told about where it was, and how large.
    const off = firsts.map(({ at, found }) => Math.abs(at + 1 - found.ago - stepAt)).toSorted((a, b) => a - b);
    expect(off[SERIES >> 1]).toBeLessThanOrEqual(2);
    const shifts = firsts.map(({ found }) => found.shift).toSorted((a, b) => a - b);
    expect(Math.abs((shifts[firsts.length >> 1] as number) - Math.log1p(step))).toBeLessThan(0.1);
  });

  test("a step of 15 % among noise of 25 % is mostly not seen, as is said", () => {
    const seen = seeds.filter((seed) =>
      run(simulate({ seed, sigma: 0.25, step: 0.15, stepAt: 60, count: 80 })).some(({ at }) => at >= 60),
    );
    expect(seen.length / SERIES).toBeLessThan(0.35);
  });
});

describe("a step", () => {
  const series = (counts: readonly (readonly [number, number])[]) =>
    counts.flatMap(([count, level], block) =>
      Array.from({ length: count }, (_, at) => Math.log(level) + (((at * 7 + block) % 10) - 5) / 200),
    );

  test("is told once, and so is the way back", () => {
    const alarms = run(
      series([
        [40, 10],
        [40, 15],
        [40, 10],
      ]),
    );
    expect(alarms.map(({ at, found }) => [at < 60 ? "first" : "second", Math.sign(found.shift)])).toEqual([
      ["first", 1],
      ["second", -1],
    ]);
    expect(alarms[0]?.found.shift).toBeCloseTo(Math.log(1.5), 1);
  });

  test.each([
    {
      name: "smaller than a tenth",
      given: series([
        [40, 10],
        [40, 10.8],
      ]),
    },
    {
      name: "of a few values",
      given: series([
        [40, 10],
        [6, 20],
        [40, 10],
      ]),
    },
    {
      name: "after too few values to know what is normal",
      given: series([
        [7, 10],
        [10, 20],
      ]),
    },
    { name: "of none", given: series([[100, 10]]) },
  ])("that is $name is not told", ({ given }) => {
    expect(run(given)).toEqual([]);
  });

  test("is found whatever the unit", () => {
    const values = simulate({ seed: 7, sigma: 0.2, step: 0.8, stepAt: 60, count: 90 });
    const scaled = values.map((value) => value + Math.log(1_000));
    expect(run(scaled).map(({ at }) => at)).toEqual(run(values).map(({ at }) => at));
  });
});
