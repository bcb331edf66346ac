import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SeasonalPoint, STRANGE_SCORE, seasonalScores } from "./seasonal-score.ts";

const HOUR_MS = 3_600_000;

/** Hours of weeks in which nights are quick, noons slow, and weekends quicker; with noise of 5 %. */
function hours(days: number, more: (at: number) => number = () => 0): readonly SeasonalPoint[] {
  return Array.from({ length: days * 24 }, (_, at) => {
    const [day, hour] = [Math.floor(at / 24), at % 24];
    const isWeekend = day % 7 >= 5;
    const usual = Math.log(100) - 0.8 * Math.cos((hour / 24) * 2 * Math.PI) - (isWeekend ? 0.5 : 0);
    const noise = ((at * 7919) % 101) / 101 - 0.5;
    return { atMs: at * HOUR_MS, value: usual + 0.1 * noise + more(at), hour, isWeekend };
  });
}

const strange = (points: readonly SeasonalPoint[]) =>
  seasonalScores(points).flatMap((each, at) => (each !== null && Math.abs(each.score) > STRANGE_SCORE ? [at] : []));

describe("after two weeks", () => {
  test("what every day brings is not strange", () => {
    expect(strange(hours(35)).filter((at) => at >= 21 * 24)).toEqual([]);
  });

  test.each([
    { name: "a slow night hour", at: 25 * 24 + 3, by: 0.4 },
    { name: "a quick noon", at: 25 * 24 + 12, by: -0.4 },
  ])("$name is, though another hour is as slow every day", ({ at, by }) => {
    const found = strange(hours(28, (each) => (each === at ? by : 0)));
    expect(found.filter((each) => each >= 21 * 24)).toEqual([at]);
    const score = seasonalScores(hours(28, (each) => (each === at ? by : 0)))[at];
    expect(score?.expected).toBeCloseTo(hours(28)[at]?.value as number, 0);
    expect(Math.sign(score?.score ?? 0)).toBe(Math.sign(by));
  });

  test("a level that stays is not strange any more after a day", () => {
    const from = 24 * 24;
    expect(strange(hours(28, (at) => (at >= from ? 1 : 0))).filter((at) => at >= from + 24)).toEqual([]);
  });
});

test("nothing is said as long as too little came before", () => {
  expect(
    seasonalScores(hours(1))
      .slice(0, 20)
      .every((each) => each === null),
  ).toBe(true);
  expect(seasonalScores([])).toEqual([]);
});

test("property 10: a score goes by what came before, and by no unit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 25, max: 500 }), fc.double({ min: -9, max: 9, noNaN: true }), (at, unit) => {
      const whole = hours(21);
      const before = seasonalScores(whole.slice(0, at + 1))[at];
      expect(seasonalScores(whole)[at]).toEqual(before);
      const scaled = seasonalScores(whole.map((point) => ({ ...point, value: point.value + unit })))[at];
      expect(scaled?.score).toBeCloseTo(before?.score as number, 4);
    }),
    { numRuns: 10 },
  );
});
