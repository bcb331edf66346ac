import { describe, expect, test } from "vitest";
import { faster, LIVE, type Playhead, played, readMoment, SPEED_RATIOS, seek, toggled } from "./playhead.ts";

const RANGE = { startMs: 1_000, endMs: 61_000, isOpen: true };
const at = (atMs: number, speedRatio = 0): Playhead => ({ atMs, speedRatio });

describe("where it may stand", () => {
  test.each([
    { name: "between the ends", atMs: 30_000, expected: at(30_000) },
    { name: "before the start", atMs: -5, expected: at(1_000) },
    { name: "at the right end it is live", atMs: 61_000, expected: LIVE },
    { name: "beyond it, too", atMs: 90_000, expected: LIVE },
  ])("$name", ({ atMs, expected }) => {
    expect(seek(LIVE, atMs, RANGE)).toEqual(expected);
  });
});

describe("playing", () => {
  test("each wish for more is faster, and the other direction begins anew", () => {
    let playhead = at(30_000);
    for (const speedRatio of [...SPEED_RATIOS, 100]) {
      playhead = faster(playhead, 1, RANGE);
      expect(playhead.speedRatio).toBe(speedRatio);
    }
    expect(faster(playhead, -1, RANGE).speedRatio).toBe(-1);
    expect(faster(at(30_000, -5), -1, RANGE).speedRatio).toBe(-10);
  });

  test("live there is nothing to go on to; back it goes from the end", () => {
    expect(faster(LIVE, 1, RANGE)).toBe(LIVE);
    expect(faster(LIVE, -1, RANGE)).toEqual(at(60_999, -1));
  });

  test.each([
    { name: "goes on as fast as it was asked to", given: at(10_000, 20), passedMs: 500, expected: at(20_000, 20) },
    { name: "goes back", given: at(10_000, -2), passedMs: 500, expected: at(9_000, -2) },
    { name: "is live when it gets to the end", given: at(60_000, 100), passedMs: 16, expected: LIVE },
    { name: "rests at the start", given: at(1_100, -100), passedMs: 16, expected: at(1_000) },
    { name: "that rests stays", given: at(10_000), passedMs: 500, expected: at(10_000) },
  ])("$name", ({ given, passedMs, expected }) => {
    expect(played(given, passedMs, RANGE)).toEqual(expected);
  });

  test("rests and goes on", () => {
    expect(toggled(at(5_000, -10), RANGE)).toEqual(at(5_000));
    expect(toggled(at(5_000), RANGE)).toEqual(at(5_000, 1));
    expect(toggled(LIVE, RANGE)).toEqual(at(60_999));
    expect(toggled(LIVE, { ...RANGE, isOpen: false })).toEqual(at(1_000, 1));
  });
});

test("an address says the moment, or none", () => {
  expect(readMoment("2026-11-21T10:42:13.000Z")).toBe(Date.UTC(2026, 10, 21, 10, 42, 13));
  expect(readMoment("yesterday")).toBeNull();
  expect(readMoment(null)).toBeNull();
});
