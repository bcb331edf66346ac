import { describe, expect, test } from "vitest";
import { newPace, notePace, secondsAtPace } from "./own-pace.ts";

/** What an item takes in all, as it is foreseen after it has told each of these. */
function foreseen(tellings: readonly (readonly [fraction: number, busySec: number])[]): number {
  const pace = newPace();
  let whole = Number.NaN;
  for (const [fraction, busySec] of tellings) {
    notePace(pace, fraction, busySec);
    whole = secondsAtPace(pace, fraction, busySec);
  }
  return whole;
}

/** One telling a second, until it is so far. */
function steady(secondsInAll: number, upTo: number, { from = 0, startSec = 0 } = {}) {
  const count = Math.round((upTo - from) * secondsInAll);
  return Array.from({ length: count }, (_, at) => [from + (at + 1) / secondsInAll, startSec + at + 1] as const);
}

describe("what an item takes in all, by its own pace", () => {
  test("of one that comes on steadily it is what it takes, from its first telling on", () => {
    for (const upTo of [0.01, 0.1, 0.5, 0.99]) expect(foreseen(steady(100, upTo))).toBeCloseTo(100, 6);
  });

  test("a quick beginning is not believed for long: an encoder has taken in a fifth at once", () => {
    const quick = [0.1, 0.2].map((fraction, at) => [fraction, at + 1] as const);
    const tellings = [...quick, ...steady(100, 0.6, { from: 0.2, startSec: 2 })];
    // By all of its time it would be 70.
    expect(foreseen(tellings)).toBeGreaterThan(85);
    expect(foreseen(tellings)).toBeLessThan(101);
  });

  test("while it stands still it takes ever longer, and what it did before still counts", () => {
    const still = [...steady(100, 0.5), ...[60, 80, 150].map((busySec) => [0.5, busySec] as const)];
    const byAll = 150 / 0.5;
    expect(foreseen(still)).toBeGreaterThanOrEqual(byAll);
    expect(foreseen(still)).toBeLessThanOrEqual(2 * byAll);
  });

  test("one that goes back has begun anew", () => {
    expect(foreseen([...steady(20, 0.9), [0.01, 19], [0.2, 20]])).toBeCloseTo(100, 6);
  });

  test.each([
    { name: "however often it tells", at: (turn: number) => [turn / 100_000, turn] as const, most: 20 },
    { name: "while it stands still", at: (turn: number) => [0.5, turn] as const, most: 100 },
    { name: "before it is at work", at: () => [0.5, 0] as const, most: 1 },
  ])("little is kept $name", ({ at, most }) => {
    const pace = newPace();
    for (let turn = 1; turn <= 100_000; turn++) notePace(pace, ...at(turn));
    expect(pace.marks.length).toBeLessThanOrEqual(most);
  });
});
