import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { coloursOf, lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, pictures, tone } from "../../fixtures/media-folder.ts";
import { setupBulk, TINY, TINY_VIDEO } from "../../fixtures/setup-bulk.ts";

const media = createMediaFolder();
beforeAll(() => {
  media.make("blue.png", "-f", "lavfi", "-i", "color=c=blue:s=80x60", "-frames:v", "1");
  media.make("test.jpg", ...pictures("90x120", 1, 1), "-frames:v", "1");
  media.make("say.wav", ...tone(1.5));
  media.make("song.mp3", ...tone(0.4));
});
afterAll(() => media.remove());

test("a video of each row, by priority, told as it happens; a second run finds them", async () => {
  const setup = setupBulk(media);
  const rows = "name,priority\none,\ntwo,5\nthree,5\n";
  const result = await setup.run(rows, TINY, { maxParallel: 1, urlOf: (file) => `/media/${file.split("/").at(-1)}` });
  expect(result).toMatchObject({ state: "completed", completed: 3, failed: 0, skipped: 0, canceled: 0, error: null });
  expect(result.videos.map(({ row, title }) => [row, title])).toEqual([
    [1, "one"],
    [2, "two"],
    [3, "three"],
  ]);
  const facts = setup.transport.facts();
  const ended = facts.filter(({ type }) => type === "video.completed");
  const titles = new Map(
    facts.filter(({ type }) => type === "video.created").map(({ data }) => [data.task_id, data.title]),
  );
  expect(ended.map(({ data }) => titles.get(data.task_id))).toEqual(["two", "three", "one"]);
  expect(setup.factsOf(1)).toEqual([
    // It starts with its first step, and takes three.
    ...["video.created", "video.updated", "video.updated", "video.updated", "video.updated"],
    ...["task.artifact_added", "task.artifact_added", "video.completed"],
  ]);
  for (const { file, thumbnail, duration_sec } of result.videos) {
    const seen = await lookAt(join(setup.outDir, file));
    expect(seen).toMatchObject({
      width: 64,
      height: 36,
      frameRate: 10,
      channels: 0,
      complaints: "",
      pixelFormat: "yuv420p",
    });
    expect([seen.videoSec, duration_sec]).toEqual([0.2, 0.2]);
    expect(setup.files()).toContain(thumbnail);
  }
  expect(setup.files()).toHaveLength(7);
  expect(setup.running()).toEqual([]);

  const again = await setup.run(rows, TINY);
  expect(again).toMatchObject({ state: "completed", completed: 0, skipped: 3, videos: result.videos });
  expect(setup.files()).toHaveLength(7);
});

test("title, pictures that move, narration that is longer, music under it: as long as the narration", async () => {
  const setup = setupBulk(media);
  for (const name of ["blue.png", "test.jpg", "say.wav", "song.mp3"])
    symlinkSync(media.at(name), join(setup.rowsDir, name));
  const template = {
    video: TINY_VIDEO,
    title: { text: "{{name}}", subtitle: "{{name}} again", duration_sec: 0.4 },
    images: { from: ["{{a}}", "{{b}}"], duration_sec: 0.3, motion: "zoom_in" },
    narration: { from: "{{voice}}" },
    music: { from: "song.mp3" },
    output: { file: "{{name}}" },
  };
  const rows = JSON.stringify([
    { name: "all of it", a: "blue.png", b: "test.jpg", voice: "say.wav" },
    { name: "no/voice", a: "blue.png", b: "", voice: null },
  ]);
  const { videos, state } = await setup.run(rows, template, { fileOf: (name) => media.at(name) });
  expect(state).toBe("completed");
  expect(videos.map(({ file }) => file)).toEqual(["all of it.mp4", "no-voice.mp4"]);
  const [spoken, silent] = await Promise.all(videos.map(({ file }) => lookAt(join(setup.outDir, file))));
  expect(spoken).toMatchObject({ channels: 2, complaints: "" });
  expect(spoken?.videoSec).toBeCloseTo(1.8, 1);
  expect(spoken?.audioSec).toBeCloseTo(1.8, 1);
  expect(silent).toMatchObject({ channels: 2, complaints: "" });
  expect(silent?.videoSec).toBeCloseTo(0.7, 1);
});

test.each(["none", "zoom_in", "zoom_out", "pan_left", "pan_right"])(
  "a picture with motion %s is as long as it shall be",
  async (motion) => {
    const setup = setupBulk(media);
    const images = { from: ["{{a}}"], duration_sec: 0.5, motion, fit: "contain" };
    const { videos } = await setup.run(
      "a\nblue.png\n",
      { video: { ...TINY_VIDEO, background: "#ff0000" }, images },
      { fileOf: media.at },
    );
    const file = join(setup.outDir, videos[0]?.file ?? "");
    expect((await lookAt(file)).videoSec).toBe(0.5);
    // Narrower than the video: the picture is in the middle, the background beside it.
    const pixels = coloursOf(file, 64, 36);
    const [left, middle] = [pixels[18 * 64 + 1], pixels[18 * 64 + 32]];
    expect(middle).toMatch(/^#0.0.f.$/);
    if (motion === "none") expect(left).toMatch(/^#f.0.0.$/);
  },
);

test("hostile text is drawn as it is: no tag of it is obeyed, nothing of it reaches ffmpeg's arguments", async () => {
  const setup = setupBulk(media);
  const texts = [
    "{\\1c&H0000FF&}RED",
    "\\N\\n\\h{\\p1}m 0 0 l 100 0",
    "a:b'c,d;e[f]g=h%{pts}",
    '$(id) `id` "q" | > <',
    "one\ntwo\r\nthree",
    "../../etc/passwd",
    "漢字かな交じり文".repeat(20),
    "x".repeat(3_000),
    "\u202egnp",
    "{{name}}",
    "",
    " ",
  ];
  const template = { ...TINY, output: { file: "{{name}}-{{n}}" } };
  const result = await setup.run(JSON.stringify(texts.map((name, n) => ({ name, n }))), template);
  expect(result).toMatchObject({ state: "completed", completed: texts.length });
  for (const name of setup.files()) expect(name).not.toMatch(/[\p{Cc}/\\:*?"<>|%#]|^\.\./u);
  const red = result.videos.find(({ row }) => row === 1)?.file ?? "";
  // White letters on dark: nowhere is there more red than green.
  for (const colour of coloursOf(join(setup.outDir, red), 16, 9)) {
    const [r = 0, g = 0] = [1, 3].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    expect(r - g).toBeLessThan(25);
  }
});

test("files outside of the rows' folder, by path or by link, are refused; the others are made", async () => {
  const setup = setupBulk(media);
  symlinkSync(media.at("blue.png"), join(setup.rowsDir, "link.png"));
  writeFileSync(join(setup.rowsDir, "own.png"), readFileSync(media.at("blue.png")));
  writeFileSync(join(setup.rowsDir, "list.png"), "ffconcat version 1.0\nfile /etc/passwd\n");
  const rows = [
    "name,a",
    "up,../blue.png",
    `whole,${media.at("blue.png")}`,
    "link,link.png",
    "own,own.png",
    "script,list.png",
    "none,none.png",
  ];
  const template = { ...TINY, images: { from: ["{{a}}"], duration_sec: 0.2 } };
  const result = await setup.run(`${rows.join("\n")}\n`, template);
  expect(result).toMatchObject({ state: "completed", completed: 1, failed: 5 });
  expect(result.videos.map(({ title }) => title)).toEqual(["own"]);
  const failed = setup.transport.facts().filter(({ type }) => type === "video.failed");
  const codes = failed.map(({ data }) => data.error_code).toSorted();
  expect(codes).toEqual(["input_missing", "input_not_media", "input_refused", "input_refused", "input_refused"]);
  expect(JSON.stringify(setup.transport.facts())).not.toContain(media.path);
  expect(setup.files().filter((name) => name.includes("part"))).toEqual([]);
});

test("none could be made: the job fails with the first reason, and leaves no folder", async () => {
  const setup = setupBulk(media);
  const outDir = join(setup.outDir, "new");
  const template = { video: TINY_VIDEO, images: { from: ["{{a}}"] } };
  const result = await setup.run("a\nnone.png\n", template, { outDir });
  expect(result).toMatchObject({
    state: "failed",
    failed: 1,
    videos: [],
    manifest: null,
    error: { code: "input_missing" },
  });
  expect(setup.files()).toEqual([]);
});
