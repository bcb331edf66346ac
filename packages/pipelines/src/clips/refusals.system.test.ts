import { chmodSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMediaFolder, filesIn, pictures, QUICK, TWO_SCENES, tone } from "../../fixtures/media-folder.ts";
import { setupRun } from "../../fixtures/setup-run.ts";
import { tinyDisk, unmountAll } from "../../fixtures/tiny-disk.ts";
import type { ClipsOptions } from "./clips-options.ts";
import { parseScenes } from "./scenes.ts";
import type { StyleProcessor } from "./styles/style.ts";

const media = createMediaFolder();
const good = () => media.at("good.mp4");

beforeAll(() => {
  media.make("good.mp4", ...TWO_SCENES);
  writeFileSync(media.at("empty.mp4"), "");
  writeFileSync(media.at("notes.mp4"), "Dear diary,\n".repeat(500));
  mkdirSync(media.at("folder.mp4"));
  writeFileSync(media.at("cut.mp4"), readFileSync(good()).subarray(0, 9_000));
  media.make("front.mp4", "-i", good(), "-c", "copy", "-movflags", "+faststart");
  truncateSync(media.at("front.mp4"), 15_000);
  media.make("sound.m4a", ...tone(0.5));
  media.make("picture.png", ...pictures("16x16", 1, 1), "-frames:v", "1");
  media.make("nothing.mp4", ...pictures("16x16", 25, 1), "-t", "0", ...QUICK);
  // A frame every three hours, for thirty of them.
  media.make("endless.mkv", ...pictures("16x16", "1/10800", 108_000), "-c:v", "ffv1");
  writeFileSync(media.at("list.m3u8"), "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\ngood.mp4\n");
  symlinkSync(media.at("nowhere"), media.at("dangling.mp4"));
});
afterAll(() => {
  unmountAll();
  media.remove();
});

interface Case {
  readonly name: string;
  readonly input?: () => string;
  readonly options?: () => Partial<ClipsOptions>;
  readonly code: string;
  readonly message: string | RegExp;
}

/** Scenes as a user writes them. */
const scenes = (...list: readonly unknown[]) => ({ scenes: parseScenes(list) });
const part = (start_sec: number, end_sec: number) => ({ start_sec, end_sec });
const own = (style: Partial<StyleProcessor>): Partial<ClipsOptions> => ({
  extraStyles: [
    { name: "own", title: "Own", cost: 1, size: () => ({ width: 2, height: 2 }), filters: () => "null", ...style },
  ],
});
const at = (name: string) => () => media.at(name);

const INPUTS: readonly Case[] = [
  { name: "no path", input: () => "", code: "input_missing", message: 'expected the path of a file, got ""' },
  { name: "a missing file", input: at("gone.mp4"), code: "input_missing", message: 'there is no file "gone.mp4"' },
  { name: "a link to nowhere", input: at("dangling.mp4"), code: "input_missing", message: /^there is no file/ },
  { name: "an empty file", input: at("empty.mp4"), code: "input_empty", message: '"empty.mp4" is empty (0 bytes)' },
  { name: "a folder", input: at("folder.mp4"), code: "input_refused", message: /is a folder, not a video file$/ },
  { name: "a text", input: at("notes.mp4"), code: "input_not_media", message: /is not a video or audio file/ },
  { name: "a video cut off", input: at("cut.mp4"), code: "input_truncated", message: /is not complete|is cut off/ },
  { name: "… with its index in front", input: at("front.mp4"), code: "input_truncated", message: /is cut off/ },
  { name: "sound alone", input: at("sound.m4a"), code: "input_no_video", message: /has sound \(aac\) but no video$/ },
  { name: "a picture", input: at("picture.png"), code: "input_no_video", message: /is a still image/ },
  { name: "a video of no length", input: at("nothing.mp4"), code: "input_too_short", message: /its length is 0 s$/ },
  {
    name: "more than a day",
    input: at("endless.mkv"),
    code: "input_too_large",
    message: /at most 86400 s are accepted$/,
  },
  { name: "a list of files", input: at("list.m3u8"), code: "input_refused", message: /a file that refers to others/ },
];

const REQUESTS: readonly Case[] = [
  {
    name: "a scene past the end",
    options: () => scenes(part(0, 1), part(1, 9)),
    code: "scenes_invalid",
    message: "the scenes are wrong: scene 2 ends at 9 s, but the video ends at 2 s",
  },
  {
    name: "a scene behind the end",
    options: () => scenes(part(5, 9)),
    code: "scenes_invalid",
    message: "the scenes are wrong: scene 1 starts at 5 s, but the video ends at 2 s",
  },
  {
    name: "scenes that overlap",
    options: () => scenes(part(0, 1.2), part(1, 2)),
    code: "scenes_invalid",
    message: "the scenes are wrong: scene 2 starts at 1 s, inside scene 1",
  },
  {
    name: "scenes out of order",
    options: () => scenes(part(1, 2), part(0, 1)),
    code: "scenes_invalid",
    message: "the scenes are wrong: scene 2 comes after scene 1, but starts before it",
  },
  {
    name: "a scene back to front",
    options: () => scenes(part(1.5, 1)),
    code: "scenes_invalid",
    message: "the scenes are wrong: scene 1 ends at 1 s, before it starts at 1.5 s",
  },
  {
    name: "no scene",
    options: () => ({ scenes: [] }),
    code: "scenes_invalid",
    message: /at least one scene, got none$/,
  },
  {
    name: "a scene id that leads elsewhere",
    options: () => ({ scenes: [{ scene_id: "../../up", title: "", start_sec: 0, end_sec: 1 }] }),
    code: "scenes_invalid",
    message: /^the scenes are wrong: scenes\[0\]\.scene_id: expected 1 to 40 letters/,
  },
  {
    name: "an unknown style",
    options: () => ({ styles: ["original", "sideways"] }),
    code: "style_unknown",
    message: 'there is no style "sideways"',
  },
  { name: "no style", options: () => ({ styles: [] }), code: "style_unknown", message: "no style was chosen" },
  {
    name: "a style by a built-in name",
    options: () => own({ name: "split" }),
    code: "invalid_request",
    message: /taken/,
  },
  {
    name: "a style by no name",
    options: () => own({ name: "My Style/" }),
    code: "invalid_request",
    message: /expected name/,
  },
  {
    name: "a style for nothing",
    options: () => own({ cost: 0 }),
    code: "invalid_request",
    message: /expected the cost/,
  },
  { name: "no place to run", options: () => ({ maxParallel: 0 }), code: "validation_error", message: /got 0$/ },
  {
    name: "no ffmpeg",
    options: () => ({ ffmpegPath: media.at("no-ffmpeg") }),
    code: "ffmpeg_missing",
    message: "the path given does not lead to a program that can run ffmpeg",
  },
  {
    name: "a cancel beforehand",
    options: () => ({ signal: AbortSignal.abort() }),
    code: "canceled",
    message: /^canceled/,
  },
];

/** What is thrown is for a person: one line that says what, and one that says what to do; no folder in either. */
function expectRefusal(error: unknown, { code, message }: Pick<Case, "code" | "message">, folder = media.path): void {
  const said = error as { code?: string; message?: string; hint?: string };
  expect(said).toMatchObject({ name: "PlayheadError", code, message: expect.stringMatching(/^[^\n]{10,300}$/) });
  if (typeof message === "string") expect(said.message).toBe(message);
  else expect(said.message).toMatch(message);
  if (code !== "canceled" && code !== "validation_error" && code !== "invalid_request")
    expect(said.hint).toMatch(/^[^\n]{10,300}$/);
  expect(`${said.message} ${said.hint}`).not.toContain(folder);
}

test.each([...INPUTS, ...REQUESTS])(
  "refused before there is a job: $name",
  async ({ input = good, options, code, message }) => {
    const setup = setupRun(media, media.at("never-made"));
    const error = await (async () => setup.run({ input: input(), ...options?.() }))().catch(
      (thrown: unknown) => thrown,
    );
    expectRefusal(error, { code, message });
    expect(setup.transport.records).toEqual([]);
    expect(setup.running()).toEqual([]);
    expect(filesIn(media.path)).not.toContain("never-made");
  },
);

test("all faults of scenes are told together, and kept one by one", () => {
  const list = [part(3, 2), { start_sec: "x", end_sec: -1 }, { end_sec: 5 }, { ...part(0, 1), id: "a b" }, 7];
  const refused = () => parseScenes({ scenes: list });
  expect(refused).toThrow(
    expect.objectContaining({
      code: "scenes_invalid",
      message: expect.stringMatching(/^the scenes are wrong: scenes\[1\]\.start_sec: .*; and \d more$/),
      detail: { faults: expect.arrayContaining([expect.stringMatching(/^scenes\[4\]/)]) },
    }),
  );
});

const FOLDERS = [
  {
    name: "a file in its place",
    make: () => {
      writeFileSync(media.at("taken"), "mine");
      return media.at("taken");
    },
    code: "output_unwritable",
  },
  {
    name: "a manifest that is not ours",
    make: () => {
      writeFileSync(`${media.folder("foreign")}/manifest.json`, '{"version":1,"clips":"none"}');
      return media.at(filesIn(media.path).findLast((name) => name.startsWith("foreign")) ?? "");
    },
    code: "output_unwritable",
  },
  { name: "a read-only disk", make: () => tinyDisk(media.folder("read-only"), "ro"), code: "output_unwritable" },
  { name: "a disk without room", make: () => tinyDisk(media.folder("full"), "size=1m"), code: "disk_full" },
];

test.each(FOLDERS)("refused before there is a job: an output folder that is $name", async ({ make, code }) => {
  const outDir = make();
  // Only who administers the machine may mount a disk.
  if (outDir === null) return;
  const before = filesIn(outDir);
  const setup = setupRun(media, outDir);
  const error = await setup.run({ input: good() }).catch((thrown: unknown) => thrown);
  expectRefusal(error, { code, message: /./ });
  expect(setup.transport.records).toEqual([]);
  expect(filesIn(outDir)).toEqual(before);
});

test("a video or a folder that this user may not touch", async () => {
  const [locked, folder] = [media.make("locked.mp4", "-i", good(), "-c", "copy"), media.folder("locked")];
  chmodSync(locked, 0);
  chmodSync(folder, 0o500);
  // Who administers the machine may read and write everything.
  if (process.getuid?.() === 0) return;
  const attempts = [setupRun(media).run({ input: locked }), setupRun(media, folder).run({ input: good() })];
  await expect(attempts[0]).rejects.toMatchObject({ code: "input_refused" });
  await expect(attempts[1]).rejects.toMatchObject({ code: "output_unwritable" });
});

test("a frame larger than is accepted", async () => {
  const huge = media.make(
    "huge.mkv",
    "-f",
    "lavfi",
    "-i",
    "color=s=9000x9000:r=1:d=1",
    "-frames:v",
    "1",
    "-c:v",
    "mjpeg",
  );
  const error = await setupRun(media)
    .run({ input: huge })
    .catch((thrown: unknown) => thrown);
  expectRefusal(error, { code: "input_too_large", message: /has frames of 9000 × 9000 pixels/ });
});
