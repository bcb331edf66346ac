import fc from "fast-check";
import { expect, test } from "vitest";
import { createScoreReader } from "./score-lines.ts";

const TEXT = `frame:0    pts:0       pts_time:0
lavfi.scd.score=0.000
frame:1    pts:512     pts_time:0.04
lavfi.scd.score=26.423
lavfi.scd.score=99
rubbish
frame:2    pts:1024    pts_time:0.08
lavfi.scd.score=0.016
`;

const SCORES = [
  { timeSec: 0, score: 0 },
  { timeSec: 0.04, score: 26.423 },
  { timeSec: 0.08, score: 0.016 },
];

test("any cut gives the same scores, one a frame", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: TEXT.length }), { maxLength: 10 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), TEXT.length];
      const reader = createScoreReader();
      for (const [i, end] of at.slice(1).entries()) reader.push(TEXT.slice(at[i], end));
      expect(reader.scores()).toEqual(SCORES);
    }),
  );
});
