import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFaceScene, SCENE_RATE, SCENE_SIZE, shownThrough } from "../../../fixtures/face-scenes.ts";
import { createMediaFolder } from "../../../fixtures/media-folder.ts";
import { windowFilters } from "./camera-filters.ts";
import { positionAt, stillPath } from "./camera-path.ts";

const media = createMediaFolder();
const LOSSLESS = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p"];
const DURATION_SEC = 4;

beforeAll(() => {
  makeFaceScene(media, "ruler.mp4", DURATION_SEC, [], { output: LOSSLESS });
});
afterAll(() => media.remove());

const MOVING = {
  name: "face",
  window: { width: 202, height: 360 },
  picture: SCENE_SIZE,
  output: { width: 360, height: 640 },
  filterStartSec: 0,
  frameSec: 1 / SCENE_RATE,
};
const y = (startSec: number, endSec: number) => stillPath(startSec, endSec, 0);

test("the window is where the path is, in every frame, to a pixel, and moves without jitter", () => {
  const path = { startSec: 0, stepSec: 0.5, points: [30, 30, 40, 90, 160, 240, 330, 400, 400] };
  const frames = shownThrough(
    media.at("ruler.mp4"),
    windowFilters({ ...MOVING, cameras: [{ x: path, y: y(0, DURATION_SEC) }] }),
  );
  expect(frames).toHaveLength(DURATION_SEC * SCENE_RATE);
  const pixel = MOVING.window.width / MOVING.output.width;
  // Half a pixel of the clip, and more for the ruler: it has a step of some 3 pixels, evened out over the width.
  const tolerance = 0.5 * pixel + 0.8;
  const lefts = frames.map(({ left, right }) => (left + right) / 2 - MOVING.window.width / 2);
  for (const [i, left] of lefts.entries()) {
    expect(Math.abs(left - positionAt(path, i / SCENE_RATE)), `frame ${i}: ${left}`).toBeLessThan(tolerance);
  }
  // Neighbouring steps differ by what the path does, and a pixel of the clip: nothing jitters.
  for (let i = 2; i < lefts.length; i++) {
    const [a = 0, b = 0, c = 0] = lefts.slice(i - 2, i + 1);
    expect(Math.abs(c - 2 * b + a), `frame ${i}`).toBeLessThan(2 * pixel + 0.5);
  }
});

test("at a cut it is at its new place in the first frame, and not before", () => {
  const cutSec = 1.36;
  const cameras = [
    { x: stillPath(0, cutSec, 20), y: y(0, cutSec) },
    { x: { startSec: cutSec, stepSec: 1.32, points: [300, 300, 420] }, y: y(cutSec, DURATION_SEC) },
  ];
  const frames = shownThrough(media.at("ruler.mp4"), windowFilters({ ...MOVING, cameras }));
  const first = Math.round(cutSec * SCENE_RATE);
  const left = (i: number) => Math.round(frames[i]?.left ?? 0);
  expect(Math.abs(left(first - 1) - 20)).toBeLessThanOrEqual(1);
  expect(Math.abs(left(first) - 300)).toBeLessThanOrEqual(1);
});

test.each([
  { window: { width: 101, height: 179 }, x: 33.4, from: "an odd size" },
  { window: { width: 640, height: 360 }, x: 0, from: "all of the picture" },
  { window: { width: 9, height: 16 }, x: 631, from: "a tiny one at the edge" },
])("a still window of $from is met to a pixel of the source", ({ window, x }) => {
  const cameras = [{ x: stillPath(0, DURATION_SEC, x), y: stillPath(0, DURATION_SEC, 0) }];
  const [frame] = shownThrough(media.at("ruler.mp4"), windowFilters({ ...MOVING, window, cameras }));
  expect(Math.abs((frame?.left ?? 0) - x)).toBeLessThan(3);
  expect(Math.abs((frame?.right ?? 0) - x - window.width)).toBeLessThan(3);
});
