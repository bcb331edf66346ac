import { afterAll, expect, test } from "vitest";
import { coloursOf, lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, pictures, QUICK, tone } from "../../fixtures/media-folder.ts";
import { setupRun } from "../../fixtures/setup-run.ts";
import { STYLES } from "./styles/registry.ts";

const media = createMediaFolder();
afterAll(() => media.remove());

/** The one scene that is cut out, where a case does not name another. */
const SCENE = { startSec: 0.4, endSec: 1 };
/** One frame of the slowest case, or what sound is cut to. */
const MIN_TOLERANCE_SEC = 0.05;

interface Case {
  readonly name: string;
  /** What ffmpeg makes it with. */
  readonly given: readonly string[];
  /** Size of the style `original`. */
  readonly size: readonly [width: number, height: number];
  /** Size of the upright styles. @defaultValue 360 × 640, as of all small ones */
  readonly portrait?: readonly [width: number, height: number];
  /** @defaultValue one: how a clip is timed and sounds is not the style's affair */
  readonly styles?: readonly string[];
  /** Of the clips' sound. @defaultValue 0: none */
  readonly channels?: number;
  readonly scene?: { readonly startSec: number; readonly endSec: number };
  readonly extension?: string;
  /** How far off the length may be. @defaultValue a frame or 50 ms, whichever is more */
  readonly toleranceSec?: number;
}

const SMALL = pictures("160x90", 25, 1.2);
const SOUND = tone(1.2);
const ALL = STYLES.map(({ name }) => name);
const ONE = ["original"];
const TWO = ["original", "blur_background"];
const CASES: readonly Case[] = [
  { name: "landscape", given: [...SMALL, ...SOUND, ...QUICK], size: [160, 90], channels: 1, styles: ALL },
  { name: "portrait", given: [...pictures("90x160", 25, 1.2), ...QUICK], size: [90, 160], styles: ALL },
  { name: "square", given: [...pictures("128x128", 25, 1.2), ...QUICK], size: [128, 128], styles: TWO },
  {
    name: "odd sides",
    given: [...pictures("161x91", 25, 1.2), "-c:v", "ffv1"],
    ...{ size: [160, 90], extension: "mkv", styles: ALL },
  },
  {
    name: "larger",
    given: [...pictures("800x450", 25, 1.2), ...QUICK],
    size: [800, 450],
    portrait: [450, 800],
    styles: TWO,
  },
  {
    name: "anamorphic",
    given: [...pictures("160x120", 25, 1.2), "-vf", "setsar=16/11", ...QUICK],
    // 160 × 16/11 = 232.7, made whole and even.
    ...{ size: [232, 120], styles: TWO },
  },
  { name: "film rate", given: [...pictures("160x90", "24000/1001", 1.2), ...QUICK], size: [160, 90] },
  { name: "60 a second", given: [...pictures("160x90", 60, 1.2), ...QUICK], size: [160, 90] },
  {
    name: "a varying rate",
    given: [
      ...[...pictures("160x90", 50, 1.2), ...SOUND],
      ...["-vf", "select='gt(t,0.6)+not(mod(n,4))'", "-vsync", "vfr", ...QUICK],
    ],
    // A frame of the slow part is shown for 80 ms.
    ...{ size: [160, 90], channels: 1, toleranceSec: 0.08 },
  },
  { name: "stereo", given: [...SMALL, ...SOUND, "-ac", "2", ...QUICK], size: [160, 90], channels: 2 },
  { name: "5.1", given: [...SMALL, ...SOUND, "-ac", "6", ...QUICK], size: [160, 90], channels: 2 },
  { name: "no sound", given: [...SMALL, ...QUICK], size: [160, 90] },
  { name: "sound that ends before the scene", given: [...SMALL, ...tone(0.2), ...QUICK], size: [160, 90] },
  {
    name: "10 bits",
    given: [...SMALL, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"],
    size: [160, 90],
  },
  {
    name: "one frame",
    given: [...pictures("160x90", 25, 0.04), ...QUICK],
    ...{ size: [160, 90], scene: { startSec: 0, endSec: 0.04 }, styles: ALL },
  },
  {
    name: "a live recording, which does not tell how long it is",
    given: [...SMALL, "-c:v", "libvpx", "-deadline", "realtime", "-live", "1", "-f", "webm"],
    ...{ size: [160, 90], extension: "webm" },
  },
  {
    name: "a transport stream",
    given: [...SMALL, ...SOUND, ...QUICK],
    ...{ size: [160, 90], channels: 1, extension: "ts" },
  },
];

test.each(CASES)("the styles make sound clips of: $name", async (given) => {
  const { size, portrait = [360, 640], channels = 0, scene = SCENE, extension = "mp4", styles = ONE } = given;
  const input = media.make(`${CASES.indexOf(given)}.${extension}`, ...given.given);
  const { run, outDir, files, running } = setupRun(media);
  const scenes = [{ scene_id: "1", title: "Part", start_sec: scene.startSec, end_sec: scene.endSec }];
  const { state, error, clips } = await run({ input, scenes, styles });
  expect({ state, error, styles: clips.map(({ style }) => style) }).toEqual({
    state: "completed",
    error: null,
    styles,
  });
  const seen = await Promise.all(clips.map(({ file }) => lookAt(`${outDir}/${file}`)));
  for (const [i, clip] of clips.entries()) {
    const [width, height] = clip.style === "original" ? size : portrait;
    expect({ style: clip.style, ...seen[i] }).toMatchObject({
      ...{ style: clip.style, width, height, pixelAspectRatio: "1:1", pixelFormat: "yuv420p", rotation: 0 },
      ...{ channels, complaints: "" },
    });
    const { videoSec = 0, audioSec = 0, frameRate = 0 } = seen[i] ?? {};
    const toleranceSec = (given.toleranceSec ?? Math.max(MIN_TOLERANCE_SEC, 1 / frameRate)) + 1e-6;
    const wantedSec = scene.endSec - scene.startSec;
    expect(Math.abs(videoSec - wantedSec), `${clip.style}: ${videoSec} s`).toBeLessThanOrEqual(toleranceSec);
    if (channels > 0) expect(Math.abs(audioSec - wantedSec)).toBeLessThanOrEqual(toleranceSec);
    expect(clip).toMatchObject({ width, height, scene_id: "1", thumbnail: clip.file.replace(/mp4$/, "jpg") });
    expect(Math.abs(clip.duration_sec - wantedSec)).toBeLessThanOrEqual(toleranceSec);
  }
  expect(files()).toHaveLength(styles.length * 2 + 1);
  expect(running()).toEqual([]);
});

test.each([`it's "my" talk; $(rm).mp4`, "動画 — été 🎬.mp4", "-i.mp4", "a\n%03d[1].mp4", "concat:a|b.mp4"])(
  "a video by the name of %j",
  async (name) => {
    const input = media.make(name, ...SMALL, ...QUICK);
    const { run, outDir, transport } = setupRun(media, media.at(`out of ${name}`));
    const { state, clips } = await run({ input, styles: ["original"] });
    expect({ state, count: clips.length }).toEqual({ state: "completed", count: 1 });
    expect(await lookAt(`${outDir}/${clips[0]?.file}`)).toMatchObject({ width: 160, height: 90, complaints: "" });
    expect(transport.records[0]).toMatchObject({
      type: "job.created",
      data: { title: name.replace("\n", "?"), metadata: { input: name.replace("\n", "?") } },
    });
  },
);

test.each([
  { turn: 90, size: [90, 160] },
  { turn: 180, size: [160, 90] },
  { turn: 270, size: [90, 160] },
])("a video that players turn by $turn° is cut upright", async ({ turn, size }) => {
  const flat = media.make("flat.mp4", ...pictures("160x90", 25, 1), ...QUICK);
  const input = media.make("turned.mp4", "-i", flat, "-metadata:s:v", `rotate=${turn}`, "-c", "copy");
  const { run, outDir } = setupRun(media);
  const scenes = [{ scene_id: "1", title: "All", start_sec: 0, end_sec: 1 }];
  const { clips } = await run({ input, scenes, styles: ["original", "split"] });
  const seen = await Promise.all(clips.map(({ file }) => lookAt(`${outDir}/${file}`)));
  expect(seen.map(({ width, height, rotation }) => [width, height, rotation])).toEqual([
    [...size, 0],
    [360, 640, 0],
  ]);
});

const [RED, GREEN, BLUE] = ["red", "lime", "blue"];

/** Which of red, green and blue a colour is, or neither for sure. */
function hue(colour: string): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const strong = parts.map((part) => part > 150);
  const names = [RED, GREEN, BLUE].filter((_, i) => strong[i]);
  return names.length === 1 ? String(names[0]) : "mixed";
}

test("each style shows the part of the picture that it is named after", async () => {
  const third = (colour: string) => ["-f", "lavfi", "-i", `color=${colour}:s=108x192:r=25:d=0.4`];
  const input = media.make(
    "thirds.mp4",
    ...[RED, GREEN, BLUE].flatMap((colour) => third(String(colour))),
    ...["-filter_complex", "[0][1][2]hstack=3", ...QUICK],
  );
  const { run, outDir } = setupRun(media);
  const { clips } = await run({
    input,
    scenes: [{ scene_id: "1", title: "All", start_sec: 0, end_sec: 0.4 }],
  });
  const hues = (style: string, columns: number, rows: number) => {
    const clip = clips.find((each) => each.style === style);
    return coloursOf(`${outDir}/${clip?.file}`, columns, rows).map(hue);
  };
  expect(hues("original", 3, 1)).toEqual([RED, GREEN, BLUE]);
  expect(hues("center_focus", 1, 1)).toEqual([GREEN]);
  expect(hues("left_focus", 3, 1)[0]).toBe(RED);
  expect(hues("right_focus", 3, 1)[2]).toBe(BLUE);
  // Left half over right half, each filled by its middle.
  expect(hues("split", 8, 2).filter((each) => each !== "mixed")).toEqual(expect.arrayContaining([RED, GREEN, BLUE]));
  expect(hues("split", 8, 2).slice(0, 2)).toEqual([RED, RED]);
  expect(hues("split", 8, 2).slice(-2)).toEqual([BLUE, BLUE]);
  // The whole picture stands in the middle.
  expect(hues("blur_background", 3, 9).slice(12, 15)).toEqual([RED, GREEN, BLUE]);
});
