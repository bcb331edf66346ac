import { afterAll, beforeAll, expect, test } from "vitest";
import { createMediaFolder, QUICK, TONE } from "../../fixtures/media-files.ts";
import { probe } from "../probe/probe.ts";
import { detectScenes } from "./detect-scenes.ts";

const media = createMediaFolder();
const SIZE = "s=160x90:r=25:d=1.6";

beforeAll(() => {
  const sources = [`testsrc2=${SIZE}`, `color=navy:${SIZE}`, `smptebars=${SIZE}`, `rgbtestsrc=${SIZE}`];
  const inputs = sources.flatMap((source) => ["-f", "lavfi", "-i", source]);
  media.make("cuts.mp4", ...inputs, "-filter_complex", "[0][1][2][3]concat=n=4", ...QUICK);
  media.make("calm.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=7", ...QUICK);
  media.make("sound.m4a", "-f", "lavfi", "-t", "1", "-i", TONE);
});
afterAll(() => media.remove());

test("finds the cuts where they are, with progress to the end", async () => {
  const path = media.at("cuts.mp4");
  const fractions: number[] = [];
  const scenes = await detectScenes(path, await probe(path), {
    minSceneSec: 1,
    onProgress: ({ fraction }) => fractions.push(fraction ?? -1),
  });
  expect(scenes.map((scene) => scene.startSec)).toEqual([0, 1.6, 3.2, 4.8]);
  expect(scenes.map((scene) => scene.startedBy)).toEqual(["start", "cut", "cut", "cut"]);
  expect(scenes.at(-1)?.endSec).toBeCloseTo(6.4, 1);
  expect(fractions.at(-1)).toBe(1);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
});

test("a moving picture without cuts is divided evenly", async () => {
  const path = media.at("calm.mp4");
  const scenes = await detectScenes(path, await probe(path), { minSceneSec: 1, maxSceneSec: 2.5 });
  expect(scenes.map((scene) => [scene.startedBy, scene.startSec])).toEqual([
    ["start", 0],
    ["length", expect.closeTo(7 / 3, 3)],
    ["length", expect.closeTo(14 / 3, 3)],
  ]);
});

test("scenes end with the pictures, also where the sound goes on", async () => {
  const inputs = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=2", "-f", "lavfi", "-t", "4", "-i", TONE];
  for (const name of ["long-sound.mp4", "long-sound.mkv"]) {
    const path = media.make(name, ...inputs, ...QUICK);
    const scenes = await detectScenes(path, await probe(path));
    expect(scenes.map(({ startSec, endSec }) => [startSec, endSec])).toEqual([[0, expect.closeTo(2, 1)]]);
  }
});

test("is canceled like any run, and refuses what has no pictures", async () => {
  const path = media.at("cuts.mp4");
  const info = await probe(path);
  await expect(detectScenes(path, info, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "canceled" });
  const sound = media.at("sound.m4a");
  await expect(detectScenes(sound, await probe(sound))).rejects.toMatchObject({ code: "input_no_video" });
});
