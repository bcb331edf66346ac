import { readdirSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { createMediaFolder, QUICK } from "../../fixtures/media-files.ts";
import { probe } from "../probe/probe.ts";
import { detectScenes } from "../scenes/detect-scenes.ts";
import { type RawFrame, type ReadFramesOptions, readFrames } from "./read-frames.ts";

const media = createMediaFolder();
afterAll(() => media.remove());

const SIZE = { width: 4, height: 2 };

/** Half a second each of black, red, green and blue, 20 a second. */
function makeColours(name: string): string {
  const colours = ["black", "red", "lime", "blue"].flatMap((colour) => [
    ...["-f", "lavfi", "-i", `color=${colour}:s=64x36:r=20:d=0.5`],
  ]);
  return media.make(name, ...colours, "-filter_complex", "[0][1][2][3]concat=n=4", ...QUICK);
}

const NAMES = ["black", "red", "lime", "blue"];

/** What a frame of one colour shows. */
function colourOf({ pixels }: RawFrame): string {
  const strong = [0, 1, 2].findIndex((channel) => (pixels[channel] ?? 0) > 128);
  return NAMES[strong + 1] ?? "none";
}

async function framesOf(path: string, options: Partial<ReadFramesOptions> = {}): Promise<readonly RawFrame[]> {
  const frames: RawFrame[] = [];
  const part = { startSec: 0, durationSec: 2 };
  const info = await probe(path);
  await readFrames(path, info, { part, framesPerSec: 2, size: SIZE, ...options }, async (frame) => {
    frames.push(frame);
  });
  return frames;
}

test("hands on what is shown at even times, in the size that was asked for", async () => {
  const fractions: number[] = [];
  const onProgress = ({ fraction }: { fraction: number | null }) => fractions.push(fraction ?? -1);
  const frames = await framesOf(makeColours("colours.mp4"), { framesPerSec: 4, onProgress });
  expect(frames.map((frame) => [frame.timeSec, colourOf(frame)])).toEqual([
    ...[
      [0, "black"],
      [0.25, "black"],
      [0.5, "red"],
      [0.75, "red"],
    ],
    ...[
      [1, "lime"],
      [1.25, "lime"],
      [1.5, "blue"],
      [1.75, "blue"],
    ],
  ]);
  for (const { width, height, pixels } of frames) expect([width, height, pixels.length]).toEqual([4, 2, 24]);
  expect(fractions.at(-1)).toBe(1);
});

test.each(["part.mp4", "part.ts"])("a part of %s begins where it begins, and so do its cuts", async (name) => {
  const path = makeColours(name);
  const part = { startSec: 0.6, durationSec: 1.2 };
  const frames = await framesOf(path, { part, framesPerSec: 5 });
  expect(frames.map((frame) => colourOf(frame)).slice(0, 6)).toEqual(["red", "red", "lime", "lime", "lime", "blue"]);
  const cuts = await detectScenes(path, await probe(path), { part, minSceneSec: 0.1, maxSceneSec: 9 });
  expect(cuts.map(({ startSec, endSec }) => [startSec, endSec])).toEqual([
    [0, expect.closeTo(0.4, 2)],
    [expect.closeTo(0.4, 2), expect.closeTo(0.9, 2)],
    [expect.closeTo(0.9, 2), 1.2],
  ]);
});

test("of a single frame there is one", async () => {
  const path = media.make("one.mp4", "-f", "lavfi", "-i", "color=red:s=64x36:r=25:d=0.04", ...QUICK);
  const frames = await framesOf(path, { part: { startSec: 0, durationSec: 0.04 } });
  expect(frames.map((frame) => [frame.timeSec, colourOf(frame)])).toEqual([[0, "red"]]);
});

test("a cancel and a throw end it, and nothing is left running", async () => {
  const path = makeColours("ended.mp4");
  const info = await probe(path);
  const registryDir = media.at("runs");
  const controller = new AbortController();
  const options = { part: { startSec: 0, durationSec: 2 }, framesPerSec: 25, size: SIZE, registryDir };
  const canceled = readFrames(path, info, { ...options, signal: controller.signal }, async () => controller.abort());
  await expect(canceled).rejects.toMatchObject({ code: "canceled" });
  const thrown = readFrames(path, info, options, async () => {
    throw new Error("seen enough");
  });
  await expect(thrown).rejects.toThrow("seen enough");
  // Where each run was written down, and is no more.
  expect(readdirSync(registryDir)).toEqual([]);
});

test.each([
  { given: { framesPerSec: 0 }, says: /got 0 and 4 × 2/ },
  { given: { size: { width: 0, height: 2 } }, says: /got 2 and 0 × 2/ },
  { given: { size: { width: 9000, height: 9000 } }, says: /at most 64 MB/ },
])("$given is refused", async ({ given, says }) => {
  await expect(framesOf(makeColours("refused.mp4"), given)).rejects.toMatchObject({
    code: "invalid_request",
    message: expect.stringMatching(says),
  });
});
