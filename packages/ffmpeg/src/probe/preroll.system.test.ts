import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMediaFolder } from "../../fixtures/media-files.ts";
import { planTask } from "../plan/plan.ts";
import { run } from "../run/run.ts";
import { prerollSecOf } from "./preroll.ts";
import { probe } from "./probe.ts";

const media = createMediaFolder();
const RATE = 25;
/** How much brighter each frame is than the one before. */
const STEP = 4;

const X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "yuv420p"];
const CASES = [
  { name: "count.mp4", encoder: X264, preroll: 0 },
  { name: "count.mkv", encoder: X264, preroll: 0 },
  { name: "count.ts", encoder: X264, preroll: 1.4 },
  { name: "count.mpg", encoder: ["-c:v", "mpeg2video", "-q:v", "2"], preroll: 1.4 },
  { name: "count.h264", encoder: X264, preroll: 1.4 },
];

beforeAll(() => {
  const graph = `color=s=32x32:r=${RATE}:d=2,geq=lum='16+${STEP}*N':cb=128:cr=128`;
  // A key frame a second: the scene below begins between two of them.
  for (const { name, encoder } of CASES)
    media.make(name, "-f", "lavfi", "-i", graph, ...encoder, "-g", String(RATE), "-bf", "0");
});
afterAll(() => media.remove());

/** The numbers of the frames in a file, by their brightness. */
function framesIn(path: string): readonly number[] {
  const raw = ["-vf", "scale=1:1:flags=area,format=gray", "-f", "rawvideo", "pipe:1"];
  const bytes = execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-i", path, ...raw]);
  // From 16–235 to 0–255, as gray is.
  return [...bytes].map((gray) => Math.round(((gray / 255) * 219) / STEP));
}

test.each(CASES)("a part that begins between key frames is cut to the frame: $name", async ({ name, preroll }) => {
  const path = media.at(name);
  const info = await probe(path);
  expect(prerollSecOf(info, 1.4)).toBe(preroll);
  const outputPath = media.at(`${name}.cut.mp4`);
  const plan = planTask({
    inputs: [{ kind: "file", path, startSec: 1.4, durationSec: 0.2, prerollSec: prerollSecOf(info, 1.4) }],
    filterGraph: "[0:V:0]setsar=1[v]",
    maps: ["[v]"],
    video: { codec: "h264", quality: { kind: "crf", crf: 4 } },
    audio: null,
    output: { kind: "file", path: outputPath, format: "mp4" },
  });
  await run(plan);
  expect(framesIn(outputPath)).toEqual([35, 36, 37, 38, 39]);
});

test("broadcasts are not read from the beginning", () => {
  expect(prerollSecOf({ container: "mpegts" }, 3_600)).toBe(10);
  expect(prerollSecOf({ container: "mov" }, 3_600)).toBe(0);
});
