import fc from "fast-check";
import { expect, test } from "vitest";
import { type CutOptions, decideCuts } from "./decide-cuts.ts";
import type { SceneScore } from "./score-lines.ts";

/** Scores at 10 frames a second: all `calm` but for those given by time. */
function scoresOf(durationSec: number, peaks: Readonly<Record<number, number>>, calm = 0.5): readonly SceneScore[] {
  return Array.from({ length: durationSec * 10 }, (_, i) => ({ timeSec: i / 10, score: peaks[i / 10] ?? calm }));
}

interface Case {
  readonly name: string;
  readonly scores: readonly SceneScore[];
  readonly durationSec: number;
  readonly options?: CutOptions;
  /** Where scenes begin. */
  readonly expected: readonly number[];
}

const CASES: readonly Case[] = [
  {
    name: "cuts where the picture changes",
    scores: scoresOf(20, { 5: 40, 12: 35 }),
    durationSec: 20,
    expected: [0, 5, 12],
  },
  { name: "no cuts in a calm video", scores: scoresOf(20, {}), durationSec: 20, expected: [0] },
  {
    name: "a long video without cuts is divided evenly",
    scores: scoresOf(100, {}),
    durationSec: 100,
    expected: [0, 25, 50, 75],
  },
  { name: "exactly the longest length is not divided", scores: scoresOf(30, {}), durationSec: 30, expected: [0] },
  {
    name: "only what is too long is divided",
    scores: scoresOf(80, { 10: 30 }),
    durationSec: 80,
    expected: [0, 10, 33.333333, 56.666667],
  },
  { name: "fast motion is no cut", scores: scoresOf(10, { 5: 24 }, 20), durationSec: 10, expected: [0] },
  { name: "a cut in motion stands out", scores: scoresOf(10, { 5: 60 }, 12), durationSec: 10, expected: [0, 5] },
  { name: "a small change is no cut", scores: scoresOf(10, { 5: 7 }, 0), durationSec: 10, expected: [0] },
  {
    name: "flicker is no cut",
    scores: scoresOf(10, { 5: 40, 5.1: 38, 5.2: 41, 5.3: 39, 5.4: 40, 5.5: 38 }),
    durationSec: 10,
    expected: [0],
  },
  {
    name: "of two that are too close the stronger stays",
    scores: scoresOf(20, { 8: 30, 9: 50 }),
    durationSec: 20,
    expected: [0, 9],
  },
  { name: "none too close to the start", scores: scoresOf(20, { 1: 40 }), durationSec: 20, expected: [0] },
  { name: "none too close to the end", scores: scoresOf(20, { 19: 40 }), durationSec: 20, expected: [0] },
  { name: "a video shorter than a scene is one", scores: scoresOf(1, { 0.5: 40 }), durationSec: 1, expected: [0] },
  {
    name: "other lengths",
    scores: scoresOf(6, { 1: 40, 2: 40 }),
    durationSec: 6,
    options: { minSceneSec: 0.5, maxSceneSec: 2 },
    expected: [0, 1, 2, 4],
  },
  { name: "no frames", scores: [], durationSec: 45, expected: [0, 22.5] },
  { name: "one frame", scores: [{ timeSec: 0, score: 0 }], durationSec: 0.04, expected: [0] },
  { name: "no video", scores: [], durationSec: 0, expected: [] },
];

test.each(CASES)("$name", ({ scores, durationSec, options, expected }) => {
  expect(decideCuts(scores, durationSec, options).map((cut) => cut.startSec)).toEqual(expected);
});

test("tells why each begins", () => {
  expect(decideCuts(scoresOf(80, { 40: 30 }), 80)).toMatchObject([
    { startSec: 0, endSec: 20, durationSec: 20, startedBy: "start", score: null },
    { startSec: 20, startedBy: "length", score: null },
    { startSec: 40, startedBy: "cut", score: 30 },
    { startSec: 60, endSec: 80, startedBy: "length", score: null },
  ]);
});

test("refuses lengths that contradict each other", () => {
  for (const options of [{ minSceneSec: 0 }, { minSceneSec: 20 }, { minSceneSec: Number.NaN }]) {
    expect(() => decideCuts([], 10, options)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  }
});

test("whatever the scores, the scenes cover the video, in order, within the lengths", () => {
  const score = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(score, { maxLength: 300 }),
      fc.double({ min: 0.01, max: 60, noNaN: true }),
      (values, durationSec) => {
        const [minSceneSec, maxSceneSec] = [1, 5];
        const scores = values.map((value, i) => ({ timeSec: i / 10, score: value }));
        const cuts = decideCuts(scores, durationSec, { minSceneSec, maxSceneSec });
        expect(cuts[0]?.startSec).toBe(0);
        expect(cuts.at(-1)?.endSec).toBe(durationSec);
        for (const [i, cut] of cuts.entries()) {
          if (i > 0) expect(cut.startSec).toBe(cuts[i - 1]?.endSec);
          expect(cut.durationSec).toBeLessThanOrEqual(maxSceneSec + 1e-5);
          expect(cut.durationSec).toBeGreaterThanOrEqual(Math.min(minSceneSec, durationSec) - 1e-5);
        }
      },
    ),
  );
});
