import { expect, test } from "vitest";
import { planClip } from "./clip-plan.ts";
import type { FittedStyle } from "./styles/fit-style.ts";
import { split } from "./styles/split.ts";

const scene = { scene_id: "3", title: "Third", start_sec: 1.5, end_sec: 4 };
const style: FittedStyle = { processor: split, isFit: true, size: { width: 2, height: 2 }, filters: "null" };
const plan = planClip("source_1", scene, style);

test("the same part of the same video in the same style is the same clip, whatever the scene is called", () => {
  expect(plan).toMatchObject({
    clipId: expect.stringMatching(/^clip_[0-9a-f]{16}$/),
    durationSec: 2.5,
    fileName: expect.stringMatching(/^03-split-[0-9a-f]{8}\.mp4$/),
    thumbnailName: plan.fileName.replace("mp4", "jpg"),
  });
  const renamed = planClip("source_1", { ...scene, scene_id: "intro", title: "Intro" }, style);
  expect(renamed.clipId).toBe(plan.clipId);
  expect(renamed.fileName).toMatch(/^intro-split-/);
});

test.each([
  ["another video", planClip("source_2", scene, style)],
  ["another start", planClip("source_1", { ...scene, start_sec: 1.501 }, style)],
  ["another end", planClip("source_1", { ...scene, end_sec: 4.001 }, style)],
  ["another style", planClip("source_1", scene, { ...style, processor: { ...split, name: "other" } })],
  ["a style that works in another way", planClip("source_1", scene, { ...style, filters: "hflip" })],
])("%s is another clip", (_, other) => {
  expect(other.clipId).not.toBe(plan.clipId);
});
