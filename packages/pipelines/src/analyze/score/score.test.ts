import type { MediaAnalysis } from "@playhead/ffmpeg";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ramp, saturating } from "./curves.ts";
import { lengthPart } from "./length-part.ts";
import { mediaParts } from "./media-parts.ts";
import { metadataParts } from "./metadata-parts.ts";
import { DEFAULT_WEIGHTS, type PartName, type ScorePart, scoreOf, weightsOf } from "./score.ts";

const NAMES = Object.keys(DEFAULT_WEIGHTS) as PartName[];
const NOW_MS = Date.parse("2026-11-21T12:00:00Z");
const DAY_MS = 86_400_000;

const share = fc.double({ min: 0, max: 1, noNaN: true });
const part = fc.record({ part: fc.constantFrom(...NAMES), value: share, reason: fc.constant("") });
const parts = fc.uniqueArray(part, { selector: (each) => each.part, minLength: 1 });
const weights = fc.record(
  Object.fromEntries(NAMES.map((name) => [name, fc.double({ min: 0, max: 10, noNaN: true })])) as Record<
    PartName,
    fc.Arbitrary<number>
  >,
);

describe("the score", () => {
  test("is 0 to 100, whatever the parts and weights", () => {
    fc.assert(
      fc.property(parts, weights, (given, weighed) => {
        const { score } = scoreOf("media", given, weighed);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
      }),
    );
  });

  test("never falls when a part gets better, and rises to 100 when all are the best", () => {
    fc.assert(
      fc.property(parts, fc.nat(), share, weights, (given, at, better, weighed) => {
        const index = at % given.length;
        const raised = given.map((each, i) => (i === index ? { ...each, value: Math.max(each.value, better) } : each));
        expect(scoreOf("media", raised, weighed).score).toBeGreaterThanOrEqual(scoreOf("media", given, weighed).score);
        const best = given.map((each) => ({ ...each, value: 1 }));
        expect(scoreOf("media", best, DEFAULT_WEIGHTS).score).toBe(100);
      }),
    );
  });

  test("is the mean of the parts by their weights; without any it is 0", () => {
    const given: ScorePart[] = [
      { part: "motion", value: 1, reason: "" },
      { part: "pace", value: 0, reason: "" },
    ];
    expect(scoreOf("media", given, weightsOf({ motion: 3, pace: 1 })).score).toBe(75);
    expect(scoreOf("metadata", [], DEFAULT_WEIGHTS)).toEqual({ score: 0, basis: "metadata", parts: [] });
  });
});

describe("weights", () => {
  test.each([
    [{ emotion: 1 }, /there is no part "emotion"/],
    [{ motion: -1 }, /expected the weight of motion to be a number from 0, got -1/],
    [{ motion: Number.NaN }, /got NaN/],
    [{ motion: 0, pace: 0, loudness: 0, sound: 0, picture: 0, length: 0 }, /expected one of motion, .* over 0/],
  ])("%j are refused", (given, message) => {
    expect(() => weightsOf(given)).toThrow(
      expect.objectContaining({ code: "validation_error", message: expect.stringMatching(message) }),
    );
  });
  test("are the usual ones unless others are given", () => {
    expect(weightsOf({ motion: 0 })).toEqual({ ...DEFAULT_WEIGHTS, motion: 0 });
  });
});

/** Neither calm nor wild. */
const CLIP: MediaAnalysis = {
  durationSec: 20,
  shots: Array.from({ length: 3 }, (_, i) => ({
    startSec: i,
    endSec: i + 1,
    durationSec: 1,
    startedBy: "cut",
    score: 20,
  })),
  motionPercentPerSec: 10,
  black: [],
  loudness: { integratedLufs: -23, rangeLu: 5, samplePeakDbfs: -3 },
  silence: [],
};
const CALM: MediaAnalysis = { ...CLIP, shots: CLIP.shots.slice(0, 1) };
const partValue = (found: MediaAnalysis, name: PartName) =>
  mediaParts(found).find((each) => each.part === name)?.value ?? -1;

describe("parts of the media", () => {
  test("are all 0 to 1, for any measurement", () => {
    const any = fc.double({ min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(
        any,
        any,
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.nat(2_000),
        (motion, lufs, durationSec, cuts) => {
          const shots = Array.from({ length: cuts + 1 }, () => CLIP.shots[0]).flatMap((shot) => shot ?? []);
          const loudness = { integratedLufs: lufs, rangeLu: 0, samplePeakDbfs: null };
          for (const { value } of mediaParts({ ...CLIP, motionPercentPerSec: motion, durationSec, shots, loudness })) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  const BETTER: readonly { readonly name: PartName; readonly than: MediaAnalysis; readonly is: MediaAnalysis }[] = [
    { name: "motion", than: CLIP, is: { ...CLIP, motionPercentPerSec: 20 } },
    { name: "pace", than: CALM, is: CLIP },
    {
      name: "loudness",
      than: { ...CLIP, loudness: { integratedLufs: -35, rangeLu: 0, samplePeakDbfs: null } },
      is: CLIP,
    },
    { name: "loudness", than: { ...CLIP, loudness: null }, is: CLIP },
    { name: "sound", than: { ...CLIP, silence: [{ startSec: 0, endSec: 10 }] }, is: CLIP },
    { name: "picture", than: { ...CLIP, black: [{ startSec: 0, endSec: 1 }] }, is: CLIP },
    { name: "length", than: { ...CALM, durationSec: 2 }, is: CALM },
    { name: "length", than: { ...CALM, durationSec: 600 }, is: CALM },
  ];
  test.each(BETTER)("$name tells more of the better clip", ({ name, than, is }) => {
    expect(partValue(is, name)).toBeGreaterThan(partValue(than, name));
    expect(scoreOf("media", mediaParts(is), DEFAULT_WEIGHTS).score).toBeGreaterThan(
      scoreOf("media", mediaParts(than), DEFAULT_WEIGHTS).score,
    );
  });

  test("say why, in words", () => {
    expect(mediaParts(CLIP).map(({ part: name, reason }) => `${name}: ${reason}`)).toEqual([
      "motion: the picture changes by 10 % a second",
      "pace: 6 cuts a minute",
      "loudness: -23 LUFS",
      "sound: 0 % of it is silent",
      "picture: 0 % of it is black",
      "length: of a good length: 20 s",
    ]);
    const mute = mediaParts({ ...CLIP, loudness: null, motionPercentPerSec: null });
    expect(mute.map(({ reason }) => reason)).toEqual(expect.arrayContaining(["no sound", "a single picture"]));
  });
});

describe("parts of what a platform tells", () => {
  const video = {
    stats: { views: 10_000, likes: 300, comments: 30 },
    publishedMs: NOW_MS - 10 * DAY_MS,
    durationSec: 60,
  };
  const scoreAt = (changed: Partial<typeof video>) =>
    scoreOf("metadata", metadataParts({ ...video, ...changed }, NOW_MS), DEFAULT_WEIGHTS).score;

  test("more views, likes and comments are better, and so is what is newer", () => {
    const count = fc.nat(1_000_000_000);
    const value = (stats: Partial<typeof video.stats>, name: PartName) =>
      metadataParts({ ...video, stats: { ...video.stats, ...stats } }, NOW_MS).find((each) => each.part === name)
        ?.value ?? -1;
    fc.assert(
      fc.property(count, count, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        for (const name of ["views", "likes", "comments"] as const) {
          expect(value({ [name]: more }, name)).toBeGreaterThanOrEqual(value({ [name]: less }, name));
          expect(value({ [name]: more }, name)).toBeLessThanOrEqual(1);
        }
      }),
    );
    expect(scoreAt({ publishedMs: NOW_MS - DAY_MS })).toBeGreaterThan(scoreAt({}));
  });

  test("what is hidden counts neither for a video nor against it", () => {
    const hidden = metadataParts({ ...video, stats: { views: 10_000, likes: null, comments: null } }, NOW_MS);
    expect(hidden.map(({ part: name }) => name)).toEqual(["views", "freshness", "length"]);
    expect(metadataParts({ stats: null, publishedMs: null, durationSec: null }, NOW_MS)).toEqual([]);
  });
});

test("curves are 0 to 1 and never fall", () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), (a, b) => {
      for (const curve of [(x: number) => saturating(x, 5), (x: number) => ramp(x, -40, -16)]) {
        expect(curve(a)).toBeGreaterThanOrEqual(0);
        expect(curve(a)).toBeLessThanOrEqual(1);
        if (a <= b) expect(curve(b)).toBeGreaterThanOrEqual(curve(a));
      }
    }),
  );
  expect([saturating(5, 5), saturating(Number.POSITIVE_INFINITY, 5), ramp(-28, -40, -16)]).toEqual([0.5, 1, 0.5]);
  expect([0, 4, 8, 180, 360].map((sec) => lengthPart(sec).value)).toEqual([0, 0.5, 1, 1, 0.5]);
});
