import { afterAll, beforeAll, expect, test } from "vitest";
import { writeFakeFfmpeg } from "../../fixtures/fake-ffmpeg.ts";
import { writeHardwareFfmpeg } from "../../fixtures/hardware-ffmpeg.ts";
import { lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, SCENES, TWO_SCENES } from "../../fixtures/media-folder.ts";
import { BROKEN } from "../../fixtures/own-styles.ts";
import { type RunSetup, setupRun } from "../../fixtures/setup-run.ts";

const media = createMediaFolder();
const input = () => media.at("two.mp4");

beforeAll(() => {
  media.make("two.mp4", ...TWO_SCENES);
});
afterAll(() => media.remove());

/** The encoder that each clip says it was made by, in the end. */
const madeBy = ({ transport }: RunSetup) =>
  transport
    .facts()
    .filter(({ data }) => data.style !== undefined && data.state === "completed")
    .map(({ data }) => (data.details as Record<string, unknown>).encoder);
const warnings = ({ transport }: RunSetup) =>
  transport.records
    .filter(({ type, data }) => type === "log" && data.level === "warning")
    .map(({ data }) => String(data.message));

const FAILS = 'echo "[h264_nvenc @ 0x1] [error] No capable devices found" >&2; exit 1';
const OPTIONS = { scenes: SCENES, styles: ["original", "split"], maxParallel: 1, loudnessLufs: null };

test("an encoder in hardware that has proved itself is used, and said", async () => {
  const setup = setupRun(media);
  const ffmpegPath = writeHardwareFfmpeg(media.at("hardware"));
  const result = await setup.run({ input: input(), ...OPTIONS, encoder: "nvenc", ffmpegPath });
  expect(result).toMatchObject({ state: "completed", completed: 4 });
  expect(madeBy(setup)).toEqual(Array.from({ length: 4 }, () => "nvenc"));
  const said = setup.transport.records.find(({ data }) => String(data.message).includes("at a time"));
  expect(said?.data.message).toMatch(/encoded by nvenc$/);
  expect(setup.transport.records[0]?.data.metadata).toMatchObject({ encoder: "nvenc" });
  // Who encodes does not make another clip.
  const again = await setupRun(media, setup.outDir).run({ input: input(), ...OPTIONS, encoder: "x264" });
  expect(again).toMatchObject({ skipped: 4 });
});

test("one that fails at its work is left for x264, once and for all, and that is said", async () => {
  const setup = setupRun(media);
  const ffmpegPath = writeHardwareFfmpeg(media.at("fails"), FAILS);
  const result = await setup.run({ input: input(), ...OPTIONS, encoder: "nvenc", ffmpegPath });
  expect(result).toMatchObject({ state: "completed", completed: 4, failed: 0 });
  for (const { file } of result.clips) expect((await lookAt(`${setup.outDir}/${file}`)).complaints).toBe("");
  expect(madeBy(setup)).toEqual(Array.from({ length: 4 }, () => "x264"));
  expect(warnings(setup)).toEqual([
    "nvenc failed, so that x264 is tried: the hardware encoder cannot be used on this machine",
    "nvenc is to blame: all other clips are encoded with x264",
  ]);
});

test("one that breaks off midway leaves nothing half, and is left as well", async () => {
  const setup = setupRun(media);
  // Half a clip, and then the driver is gone.
  const ffmpegPath = writeHardwareFfmpeg(
    media.at("midway"),
    "for last do :; done; ffmpeg -v error -f lavfi -i testsrc2=d=0.2 -f mp4 -y $last",
    FAILS,
  );
  const result = await setup.run({ input: input(), ...OPTIONS, styles: ["original"], encoder: "nvenc", ffmpegPath });
  expect(result).toMatchObject({ state: "completed", completed: 2 });
  expect(warnings(setup)).toHaveLength(2);
  expect(setup.files()).toHaveLength(5);
});

test("a style that is wrong does not cost the others their hardware", async () => {
  const setup = setupRun(media);
  const ffmpegPath = writeHardwareFfmpeg(media.at("innocent"));
  const styles = { styles: ["broken", "original"], extraStyles: [BROKEN] };
  const result = await setup.run({ input: input(), ...OPTIONS, ...styles, encoder: "nvenc", ffmpegPath });
  expect(result).toMatchObject({ state: "completed", completed: 2, failed: 2 });
  expect(madeBy(setup)).toEqual(["nvenc", "nvenc"]);
  expect(warnings(setup)).toEqual([
    ...[expect.stringMatching(/^nvenc failed/), expect.stringMatching(/^nvenc failed/)],
    expect.stringMatching(/^2 made, 0 skipped, 2 failed/),
  ]);
});

test("one that does not work here is refused when it is named; auto does without", async () => {
  const none = writeFakeFfmpeg(media.at("none"), '[ "$2" = -encoders ] && { echo " V....D libx264 x"; exit 0; }');
  const options = { input: input(), scenes: SCENES.slice(0, 1), styles: ["original"], ffmpegPath: none };
  const refused = setupRun(media);
  await expect(refused.run({ ...options, encoder: "nvenc" })).rejects.toMatchObject({
    ...{ code: "encoder_failed", message: "the encoder nvenc does not work here: this ffmpeg does not have it" },
    hint: "choose auto or x264",
  });
  await expect(refused.run({ ...options, encoder: "h265" as "auto" })).rejects.toMatchObject({
    code: "validation_error",
  });
  expect([refused.transport.records, refused.files()]).toEqual([[], []]);
  const auto = setupRun(media);
  expect(await auto.run({ ...options, encoder: "auto" })).toMatchObject({ completed: 1 });
  expect(madeBy(auto)).toEqual(["x264"]);
});
