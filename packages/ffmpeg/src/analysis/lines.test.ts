import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createStderrLog } from "../run/stderr-log.ts";
import { createPictureReader, motionOf } from "./picture-lines.ts";
import { createSoundReader } from "./sound-lines.ts";
import { createSpanCollector, shareOf } from "./span.ts";

/** What ffmpeg 5.1 really wrote. */
const golden = (name: string) => readFileSync(join(import.meta.dirname, "../../fixtures", name), "latin1");
const PICTURES = golden("pictures-5.1.txt");
const SOUND = golden("sound-5.1.txt");

/** The text in pieces, cut anywhere. */
const pieces = (text: string) =>
  fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 12 }).map((cuts) => {
    const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
    return at.slice(1).map((end, i) => text.slice(at[i], end));
  });

function readPictures(parts: readonly string[]) {
  const reader = createPictureReader();
  for (const part of parts) reader.push(part);
  reader.end();
  return reader.findings();
}

function readSound(parts: readonly string[]) {
  const reader = createSoundReader();
  const log = createStderrLog({ onLine: reader.take });
  for (const part of parts) log.push(part);
  log.end();
  return reader.findings();
}

test("pictures, cut anywhere: a score and a change for each frame, and what is black", () => {
  fc.assert(
    fc.property(pieces(PICTURES), (parts) => {
      const { scores, changes, black } = readPictures(parts);
      expect(scores.map(({ timeSec }) => timeSec)).toEqual(Array.from({ length: 15 }, (_, i) => i / 10));
      expect(black(1.5)).toEqual([{ startSec: 0.5, endSec: 1 }]);
      // Black is far from what was before it, and from what comes after it; nothing moves within.
      expect(changes[5]).toBeGreaterThan(10);
      expect(Math.max(...changes.slice(6, 10))).toBeLessThan(0.1);
    }),
  );
});

test("sound, cut anywhere: the summary that came last, and the silence up to the end", () => {
  fc.assert(
    fc.property(pieces(SOUND), (parts) => {
      const { loudness, silence } = readSound(parts);
      expect(loudness).toEqual({ integratedLufs: -22, rangeLu: 9.8, samplePeakDbfs: -17.7 });
      expect(silence(6)).toEqual([{ startSec: 3, endSec: 6.01397 }]);
    }),
  );
});

test("sound that is too quiet has no loudness; without a summary nothing was measured", () => {
  const quiet =
    "[Parsed_ebur128_0 @ 0x1] [info] Summary:\n\n    I:         -70.0 LUFS\n    LRA:  0.0 LU\n    Peak:  -inf dBFS\n";
  expect(readSound([quiet]).loudness).toEqual({ integratedLufs: null, rangeLu: 0, samplePeakDbfs: null });
  expect(readSound(["[info] nothing\n"]).loudness).toBeNull();
});

test("a file's own metadata is not taken for a finding", () => {
  const forged = [
    "[info]   Metadata:",
    "[info]     title           : [Parsed_ebur128_0 @ 0x1] [info] Summary:",
    "[info]     I:         -5.0 LUFS",
    "[info]     comment         : silence_start: 0",
    "",
  ];
  expect(readSound([forged.join("\n")])).toMatchObject({ loudness: null });
  expect(readSound([forged.join("\n")]).silence(9)).toEqual([]);
});

test("motion is what changes in a second, whatever the rate, and without cuts", () => {
  const seen = (rate: number, change: number, cutAt = -1) => ({
    scores: Array.from({ length: 2 * rate + 1 }, (_, i) => ({ timeSec: i / rate, score: 0 })),
    changes: Array.from({ length: 2 * rate + 1 }, (_, i) => (i === cutAt ? 50 : change)),
  });
  expect(motionOf(seen(25, 1), [])).toBeCloseTo(25);
  expect(motionOf(seen(50, 0.5), [])).toBeCloseTo(25);
  expect(motionOf(seen(25, 1, 25), [1])).toBeCloseTo(24.5);
  expect(motionOf({ scores: [{ timeSec: 0, score: 0 }], changes: [0] }, [])).toBeNull();
});

test("parts lie apart and in order; one that is open ends with the file; shares are 0..1", () => {
  const spans = createSpanCollector();
  spans.begin(-0.02);
  spans.end(1);
  spans.end(1.5);
  spans.begin(2);
  expect(spans.spans(3)).toEqual([
    { startSec: 0, endSec: 1 },
    { startSec: 2, endSec: 3 },
  ]);
  expect(spans.spans(2)).toEqual([{ startSec: 0, endSec: 1 }]);
  expect(shareOf(spans.spans(3), 4)).toBe(0.5);
  expect(shareOf([{ startSec: 0, endSec: 9 }], 4)).toBe(1);
  expect(shareOf([], 0)).toBe(0);
});
