import { describe, expect, test } from "vitest";
import { createGrowth } from "./growth.ts";

const AT_FIRST = 40;

/** The factor by which what is left is expected to grow yet. */
function factorOf(growth: ReturnType<typeof createGrowth>, known: number, done: number): number {
  return Math.exp(growth.estimate(known, done)?.mean ?? 0);
}

describe("without past jobs", () => {
  test("nothing is said before something was found", () => {
    expect(createGrowth(null, () => AT_FIRST).estimate(AT_FIRST, 5)).toBeNull();
  });

  test("what was found may be found once more, and the less so, the longer nothing is", () => {
    const growth = createGrowth(null, () => AT_FIRST);
    growth.found(10);
    const factors = [10, 15, 20, 30, 50].map((done) => factorOf(growth, 60, done));
    // Between nothing more, and as much as was found.
    expect(factors[0]).toBeGreaterThan(1);
    expect(factors[0]).toBeLessThan(1 + 20 / 50);
    const chances = [10, 15, 20, 30, 50].map(
      (done) => (growth.estimate(60, done)?.mean ?? 0) / Math.log(1 + 20 / (60 - done)),
    );
    expect(chances).toEqual(chances.toSorted((a, b) => b - a));
    expect(chances[0]).toBeCloseTo(0.5, 9);
    expect(chances.at(-1)).toBeLessThan(0.05);
  });

  test("what is found together is one discovery; each makes another one likelier", () => {
    const once = createGrowth(null, () => AT_FIRST);
    for (let item = 0; item < 20; item++) once.found(10);
    const twice = createGrowth(null, () => AT_FIRST);
    twice.found(5);
    twice.found(10);
    const chanceOf = (growth: typeof once, size: number) =>
      (growth.estimate(60, 10)?.mean ?? 0) / Math.log(1 + size / 50);
    expect(chanceOf(once, 20)).toBeCloseTo(1 / 2, 9);
    expect(chanceOf(twice, 10)).toBeCloseTo(2 / 3, 9);
  });

  test("a job that is told one item at a time is never expected to last as long again", () => {
    const growth = createGrowth(null, () => 1);
    for (let done = 1; done <= 1_000; done++) {
      growth.found(done);
      // One is left, and one more may come.
      expect(factorOf(growth, done + 1, done)).toBeLessThan(2);
    }
  });

  test("a job whose first item finds all others has found what there is", () => {
    const growth = createGrowth(null, () => 1);
    for (let item = 0; item < 30; item++) growth.found(1);
    expect(factorOf(growth, 31, 1)).toBeLessThan(1 + 1 / 30);
  });

  test("items that turn out not to have ended are no reason for more", () => {
    const growth = createGrowth(null, () => AT_FIRST);
    growth.found(1_000);
    expect(factorOf(growth, 1_100, 0)).toBeLessThan(1.04);
  });
});

test("what past jobs taught comes first", () => {
  let known = createGrowth(null, () => AT_FIRST).learn(null, 80);
  for (let job = 0; job < 4; job++) {
    const growth = createGrowth(known, () => AT_FIRST);
    growth.seen(AT_FIRST, 0);
    known = growth.learn(known, 80);
  }
  const growth = createGrowth(known, () => AT_FIRST);
  growth.seen(AT_FIRST, 0);
  expect(factorOf(growth, AT_FIRST, 0)).toBeGreaterThan(1.4);
  expect(factorOf(growth, AT_FIRST, 0)).toBeLessThan(2);
});
