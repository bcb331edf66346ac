import { afterAll, beforeAll, expect, test } from "vitest";
import { createJobGate } from "../../fixtures/job-gate.ts";
import { createMediaFolder, QUICK } from "../../fixtures/media-files.ts";
import { waitUntil } from "../../fixtures/wait-until.ts";
import { probe } from "../probe/probe.ts";
import { analyze } from "./analyze.ts";
import { shareOf } from "./span.ts";

const media = createMediaFolder();
const source = (graph: string) => ["-f", "lavfi", "-i", graph];

beforeAll(() => {
  const parts = ["testsrc2=s=160x90:r=25:d=2", "color=black:s=160x90:r=25:d=1", "smptebars=s=160x90:r=25:d=1"];
  const tone = ["-f", "lavfi", "-t", "2", "-i", "sine"];
  const graph = "[0][1][2]concat=n=3[v];[3]apad=whole_dur=4[a]";
  const maps = ["-map", "[v]", "-map", "[a]"];
  media.make("mixed.mp4", ...parts.flatMap(source), ...tone, "-filter_complex", graph, ...maps, ...QUICK);
  media.make("mute.mp4", ...source("color=gray:s=160x90:r=25:d=1"), ...QUICK);
  // The same picture moves by as much in a second.
  for (const rate of [10, 50]) {
    const moving = `testsrc2=s=160x90:r=1:d=1,loop=-1:1,setpts=N/${rate}/TB,fps=${rate},scroll=h=${0.4 / rate},trim=duration=2`;
    media.make(`moving-${rate}.mp4`, ...source(moving), ...QUICK);
  }
  media.make("tall.mkv", ...source("testsrc2=s=16x4000:r=10:d=0.5"), "-c:v", "ffv1");
});
afterAll(() => media.remove());

const look = async (name: string) => analyze(media.at(name), await probe(media.at(name)));

test("finds shots, black, silence and loudness in one run, with progress to the end", async () => {
  const path = media.at("mixed.mp4");
  const fractions: number[] = [];
  const found = await analyze(path, await probe(path), {
    onProgress: ({ fraction }) => fractions.push(fraction ?? -1),
  });
  expect(found.durationSec).toBeCloseTo(4, 1);
  expect(found.shots.map(({ startSec }) => startSec)).toEqual([0, 2, 3]);
  expect(shareOf(found.black, found.durationSec)).toBeCloseTo(0.25, 1);
  expect(shareOf(found.silence, found.durationSec)).toBeCloseTo(0.5, 1);
  expect(found.loudness?.integratedLufs).toBeGreaterThan(-30);
  expect(found.loudness?.samplePeakDbfs).toBeCloseTo(-18, 0);
  expect(found.motionPercentPerSec).toBeGreaterThan(1);
  expect(fractions.at(-1)).toBe(1);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
});

test("a still picture does not move; without sound there is no loudness, and no silence", async () => {
  const found = await look("mute.mp4");
  expect(found).toMatchObject({ loudness: null, silence: [], black: [] });
  expect(found.motionPercentPerSec).toBeCloseTo(0, 3);
  expect(found.shots).toHaveLength(1);
});

test("what moves by as much in a second is as lively at 10 as at 50 frames a second", async () => {
  const [slow, fast] = [await look("moving-10.mp4"), await look("moving-50.mp4")];
  const [a = 0, b = 0] = [slow.motionPercentPerSec ?? 0, fast.motionPercentPerSec ?? 0];
  expect(a).toBeGreaterThan(5);
  expect(Math.max(a, b) / Math.min(a, b)).toBeLessThan(2.5);
});

test("pictures of an extreme shape are looked at as well", async () => {
  expect((await look("tall.mkv")).motionPercentPerSec).toBeGreaterThan(0);
});

test("is stopped with the job, and canceled like any run", async () => {
  const path = media.make("long.mp4", ...source("testsrc2=s=640x360:r=25:d=40"), ...QUICK);
  const info = await probe(path);
  const gate = createJobGate();
  const canceling = new AbortController();
  let told = 0;
  const looking = analyze(path, info, { signal: canceling.signal, pause: gate, onProgress: () => (told += 1) });
  const ended = looking.then(
    () => null,
    (error: unknown) => error,
  );
  await waitUntil("it runs", () => gate.heldCount() === 1 && told > 0);
  gate.pause();
  canceling.abort();
  expect(await ended).toMatchObject({ code: "canceled" });
  expect(gate.heldCount()).toBe(0);
});

test("refuses what has no pictures", async () => {
  const sound = media.make("sound.m4a", "-f", "lavfi", "-t", "1", "-i", "sine", "-c:a", "aac");
  await expect(analyze(sound, await probe(sound))).rejects.toMatchObject({ code: "input_no_video" });
});
