import { expect, test } from "vitest";
import { compareSamples } from "./compare-samples.ts";

const around = (level: number, count: number) => Array.from({ length: count }, (_, at) => level + (at % 5) / 10);

test.each([
  { name: "half as long again", before: around(10, 24), after: around(15, 24), change: 0.49, sure: true },
  { name: "the same", before: around(10, 24), after: around(10, 24), change: 0, sure: false },
  { name: "quicker, of seven days", before: around(10, 7), after: around(8, 7), change: -0.2, sure: true },
])("what is $name", ({ before, after, change, sure }) => {
  const told = compareSamples(before, after);
  expect(told?.change).toBeCloseTo(change, 1);
  expect((told?.pValue ?? 1) < 0.01).toBe(sure);
});

test("of a few values nothing is said", () => {
  expect(compareSamples(around(1, 4), around(9, 50))).toBeNull();
});
