import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, QUICK, tone } from "../../fixtures/media-folder.ts";
import { setupRun } from "../../fixtures/setup-run.ts";

const media = createMediaFolder();
const input = () => media.at("grey.mp4");

beforeAll(() => {
  const grey = ["-f", "lavfi", "-i", "color=c=0x404040:s=320x180:r=25:d=2", ...tone(2), ...QUICK];
  media.make("grey.mp4", ...grey);
  media.make("grey.ts", ...grey);
});
afterAll(() => media.remove());

function captions(name: string, text: string): string {
  writeFileSync(media.at(name), text);
  return media.at(name);
}

/** How much white there is in each frame, in pixels. */
function whiteIn(path: string): readonly number[] {
  const args = [
    "-nostdin",
    "-v",
    "error",
    "-i",
    `file:${path}`,
    "-vf",
    "scale=320:180,format=gray",
    "-f",
    "rawvideo",
    "-",
  ];
  const { stdout } = spawnSync("ffmpeg", args, { maxBuffer: 64 * 1024 * 1024 });
  return Array.from({ length: stdout.length / (320 * 180) }, (_, i) => {
    const frame = stdout.subarray(i * 320 * 180, (i + 1) * 320 * 180);
    return frame.reduce((sum, value) => sum + (value > 200 ? 1 : 0), 0);
  });
}

const SCENES = [
  { scene_id: "1", title: "First", start_sec: 0, end_sec: 1 },
  { scene_id: "2", title: "Second", start_sec: 1, end_sec: 2 },
];
const SRT = "1\n00:00:00,400 --> 00:00:01,200\nHello there\n";

test.each(["grey.mp4", "grey.ts"])(
  "captions are where they belong, cut and shifted to the scenes of %s",
  async (name) => {
    const { run, outDir, files, transport } = setupRun(media);
    const options = { input: media.at(name), scenes: SCENES, styles: ["original"], captions: captions("a.srt", SRT) };
    const { state, clips } = await run(options);
    expect(state).toBe("completed");
    const [first = [], second = []] = clips.map(({ file }) => whiteIn(`${outDir}/${file}`));
    for (const [i, white] of first.entries()) {
      if (i < 9) expect(white, `frame ${i}`).toBeLessThan(5);
      if (i > 11) expect(white, `frame ${i}`).toBeGreaterThan(100);
    }
    for (const [i, white] of second.entries()) {
      if (i < 4) expect(white, `frame ${i}`).toBeGreaterThan(100);
      if (i > 6) expect(white, `frame ${i}`).toBeLessThan(5);
    }
    // The file that was written for ffmpeg is gone.
    expect(files()).toEqual(
      [...clips.flatMap(({ file, thumbnail }) => [file, thumbnail ?? ""]), "manifest.json"].toSorted(),
    );
    const rendering = transport.facts().filter(({ data }) => data.step === "rendering");
    expect(rendering.map(({ data }) => data.details)).toEqual(
      Array.from({ length: 2 }, () => expect.objectContaining({ captions: 1 })),
    );
  },
);

test("other captions make other clips, of the scenes that they are in", async () => {
  const { run, outDir } = setupRun(media);
  const options = { input: input(), scenes: SCENES, styles: ["original"] };
  const plain = await run(options);
  const late = captions("late.srt", "1\n00:00:01,400 --> 00:00:01,800\nLate\n");
  const again = await setupRun(media, outDir).run({ ...options, captions: late });
  expect(again).toMatchObject({ completed: 1, skipped: 1 });
  expect(again.clips[0]?.clip_id).toBe(plain.clips[0]?.clip_id);
  expect(again.clips[1]?.clip_id).not.toBe(plain.clips[1]?.clip_id);
});

const HOSTILE =
  "WEBVTT\n\n00:00.000 --> 00:02.000\n{\\pos(0,0)\\fs400}{\\p1}m 0 0 l 999 0 999 999{\\p0}\n<script>alert(1)</script> it's \\N; [a],':=\n" +
  "مرحبا 👩‍👩‍👧‍👦 %{pts} $(id)\n";

test("hostile captions in a folder of a hostile name are text, in every style", async () => {
  const name = `it's; [x],'a':b=c\\d`;
  const { run, outDir } = setupRun(media, media.at(name));
  const { state, error, clips } = await run({
    ...{ input: input(), scenes: SCENES.slice(0, 1), captions: captions("h'[];,.vtt", HOSTILE) },
  });
  expect({ state, error }).toEqual({ state: "completed", error: null });
  for (const { file } of clips) expect((await lookAt(`${outDir}/${file}`)).complaints).toBe("");
  const original = clips.find(({ style }) => style === "original");
  // A drawing or giant letters would fill it.
  expect(Math.max(...whiteIn(`${outDir}/${original?.file}`))).toBeLessThan(320 * 180 * 0.2);
});

test.each([
  { name: "a file that is not there", path: () => media.at("gone.srt"), code: "input_missing" },
  { name: "a folder", path: () => media.folder("captions"), code: "input_refused" },
  { name: "a video", path: () => media.at("grey.mp4"), code: "captions_invalid" },
  {
    name: "times back to front",
    path: () => captions("b.srt", "00:00:02,0 --> 00:00:01,0\nx"),
    code: "captions_invalid",
  },
])("refused before there is a job: $name as captions", async ({ path, code }) => {
  const { run, transport, files } = setupRun(media);
  await expect(run({ input: input(), captions: path() })).rejects.toMatchObject({ code });
  expect([transport.records, files()]).toEqual([[], []]);
});
