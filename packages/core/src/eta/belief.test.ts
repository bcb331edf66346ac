import fc from "fast-check";
import { expect, test } from "vitest";
import { type Belief, createBelief } from "./belief.ts";

const NAMES = ["base", "slope", "style"];
const PRIOR = { means: [1.5, 1, 0], variances: [6.25, 0.09, 0.49] };

const observation = fc.record({
  weights: fc.tuple(...NAMES.map(() => fc.double({ min: -2, max: 2, noNaN: true }))),
  value: fc.double({ min: -5, max: 5, noNaN: true }),
  noise: fc.double({ min: 0.05, max: 2, noNaN: true }),
});

function primed(): Belief {
  const belief = createBelief();
  for (const [at, name] of NAMES.entries())
    belief.placeOf(name, PRIOR.means[at] as number, PRIOR.variances[at] as number);
  return belief;
}

/** Solves A·x = b by elimination, for what is written twice to be right twice. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at] as number]);
  for (let pivot = 0; pivot < rows.length; pivot++) {
    const best = rows.reduce(
      (top, row, at) =>
        at >= pivot && Math.abs(row[pivot] as number) > Math.abs(rows[top]?.[pivot] as number) ? at : top,
      pivot,
    );
    [rows[pivot], rows[best]] = [rows[best] as number[], rows[pivot] as number[]];
    for (let at = 0; at < rows.length; at++) {
      if (at === pivot) continue;
      const factor = (rows[at]?.[pivot] as number) / (rows[pivot]?.[pivot] as number);
      rows[at] = (rows[at] as number[]).map((cell, column) => cell - factor * (rows[pivot]?.[column] as number));
    }
  }
  return rows.map((row, at) => (row.at(-1) as number) / (row[at] as number));
}

test("what is seen one by one is believed as Bayes' rule has it for all at once", () => {
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 12 }), (seen) => {
      const belief = primed();
      for (const { weights, value, noise } of seen) belief.observe({ places: [0, 1, 2], weights }, value, noise);
      // Ridge regression: (Σ wwᵀ/noise + V⁻¹) x = Σ w·y/noise + V⁻¹ m
      const precision = NAMES.map((_, a) =>
        NAMES.map((_, b) =>
          seen.reduce(
            (sum, { weights, noise }) => sum + ((weights[a] as number) * (weights[b] as number)) / noise,
            a === b ? 1 / (PRIOR.variances[a] as number) : 0,
          ),
        ),
      );
      const right = NAMES.map((_, a) =>
        seen.reduce(
          (sum, { weights, value, noise }) => sum + ((weights[a] as number) * value) / noise,
          (PRIOR.means[a] as number) / (PRIOR.variances[a] as number),
        ),
      );
      for (const [place, mean] of solve(precision, right).entries()) expect(belief.mean(place)).toBeCloseTo(mean, 6);
    }),
  );
});

test("it is kept as JSON, copied without a tie, and forgets what it is told to", () => {
  const belief = primed();
  belief.observe({ places: [0, 1], weights: [1, 0.5] }, 3, 0.2);
  const read = createBelief(JSON.parse(JSON.stringify(belief.stored())));
  const copy = belief.copy();
  copy.observe({ places: [2], weights: [1] }, 9, 0.1);
  const sum = { places: [0, 1, 2], weights: [1, 1, 1] };
  expect(read.predict(sum)).toEqual(belief.predict(sum));
  expect(copy.predict(sum)).not.toEqual(belief.predict(sum));
  belief.keep((name) => name !== "slope");
  expect(belief.stored()).toMatchObject({ names: ["base", "style"] });
  expect(belief.mean(belief.find("base") as number)).toBe(read.mean(0));
});

test("numbers that are drawn vary together as they are believed to", () => {
  const belief = primed();
  belief.observe({ places: [0, 1], weights: [1, 1] }, 3, 0.01);
  const draw = belief.sampler();
  const into = new Float64Array(3);
  const units = [0, 1, 2].map((at) => {
    draw(
      Float64Array.from({ length: 3 }, (_, place) => Number(place === at)),
      into,
    );
    return [...into].map((value, place) => value - belief.mean(place));
  });
  // The sum of outer products of the root's columns is the covariance.
  const { covariance } = belief.stored();
  for (let a = 0; a < 3; a++)
    for (let b = 0; b <= a; b++) {
      const product = units.reduce((sum, column) => sum + (column[a] as number) * (column[b] as number), 0);
      expect(product).toBeCloseTo(covariance[a]?.[b] as number, 9);
    }
});
