import fc from "fast-check";
import { expect, test } from "vitest";
import { normalCdf, normalDraw, normalQuantile, seedOf, uniformDraw } from "./normal.ts";

// scipy.stats.norm.cdf
test.each([
  [-3, 0.0013498980316301],
  [-1, 0.158655253931457],
  [0, 0.5],
  [0.5, 0.691462461274013],
  [1.959963984540054, 0.975],
  [4, 0.999968328758167],
])("P(Z ≤ %d) = %d", (z, p) => {
  expect(normalCdf(z)).toBeCloseTo(p, 6);
  expect(normalQuantile(p)).toBeCloseTo(z, 6);
});

test("draws are the same for the same seed and round, and as many seeds of one round are normal", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(1_000), (name, round) => {
      expect(normalDraw(seedOf(name), round)).toBe(normalDraw(seedOf(name), round));
      expect(normalCdf(normalDraw(seedOf(name), round))).toBeCloseTo(uniformDraw(seedOf(name), round), 6);
    }),
  );
  const draws = Array.from({ length: 5_000 }, (_, item) => normalDraw(seedOf(`${item}#render`), 3));
  const mean = draws.reduce((sum, z) => sum + z, 0) / draws.length;
  const variance = draws.reduce((sum, z) => sum + (z - mean) ** 2, 0) / draws.length;
  expect(Math.abs(mean)).toBeLessThan(0.1);
  expect(Math.abs(variance - 1)).toBeLessThan(0.1);
});
