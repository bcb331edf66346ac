import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeFakeFfmpeg } from "../../fixtures/fake-ffmpeg.ts";
import { lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, TWO_SCENES } from "../../fixtures/media-folder.ts";
import { type RunSetup, setupRun } from "../../fixtures/setup-run.ts";
import { tinyDisk, unmountAll } from "../../fixtures/tiny-disk.ts";
import type { ClipsOptions } from "./clips-options.ts";
import type { ClipsResult } from "./run-clips.ts";

const media = createMediaFolder();

beforeAll(() => {
  media.make("two.mp4", ...TWO_SCENES);
});
afterAll(() => {
  unmountAll();
  media.remove();
});

/** Twelve clips, of which the first goes well. */
const SCENES = Array.from({ length: 6 }, (_, i) => ({
  scene_id: String(i + 1),
  title: `Part ${i + 1}`,
  start_sec: i * 0.3,
  end_sec: (i + 1) * 0.3,
}));

async function runUntil(setup: RunSetup, options: Partial<ClipsOptions>, breakIt: () => void): Promise<ClipsResult> {
  const stop = setup.transport.watch(({ type }) => {
    if (type !== "clip.uploaded") return;
    stop();
    breakIt();
  });
  const input = media.at("two.mp4");
  return setup.run({ input, scenes: SCENES, styles: ["original", "split"], maxParallel: 2, ...options });
}

/** All clips are accounted for, those that were finished are whole, and of the others nothing is left. */
async function expectCleanEnd({ outDir, files, running, transport }: RunSetup, result: ClipsResult): Promise<void> {
  const { completed, failed, canceled, clips } = result;
  expect(completed + failed + canceled).toBe(12);
  expect(completed).toBeGreaterThanOrEqual(1);
  expect(failed).toBeGreaterThanOrEqual(1);
  expect(canceled).toBeGreaterThanOrEqual(1);
  const kept = files().filter((name) => name !== "filler");
  expect(kept).toEqual(
    [...clips.flatMap(({ file, thumbnail }) => [file, thumbnail ?? ""]), "manifest.json"]
      .filter((name) => name !== "")
      .toSorted(),
  );
  for (const { file } of clips) expect((await lookAt(`${outDir}/${file}`)).complaints).toBe("");
  expect(running()).toEqual([]);
  const ends = new Map<unknown, string>();
  for (const { type, data } of transport.facts()) {
    if (data.style !== undefined && ["completed", "failed", "canceled"].includes(String(data.state))) {
      ends.set(data.task_id, String(data.state));
      if (type === "task.canceled") expect(data.reason).toMatch(/^no clip can be made any more: /);
    }
  }
  const ended = (state: string) => [...ends.values()].filter((each) => each === state).length;
  expect([ended("completed"), ended("failed"), ended("canceled")]).toEqual([completed, failed, canceled]);
}

test("a disk that fills up fails the job and cancels the rest; what was finished stays", async () => {
  const outDir = tinyDisk(media.folder("disk"), "size=160m");
  // Only who administers the machine may mount a disk.
  if (outDir === null) return;
  const setup = setupRun(media, outDir);
  const result = await runUntil(setup, {}, () => {
    const { bavail, bsize } = statfsSync(outDir);
    writeFileSync(`${outDir}/filler`, Buffer.alloc(bavail * bsize - 1_000_000));
  });
  expect(result).toMatchObject({ state: "failed", error: { code: "disk_full" } });
  await expectCleanEnd(setup, result);
  rmSync(`${outDir}/filler`);
  const again = setupRun(media, outDir);
  const input = media.at("two.mp4");
  const second = await again.run({ input, scenes: SCENES, styles: ["original", "split"] });
  expect(second).toMatchObject({ state: "completed", skipped: result.completed, completed: 12 - result.completed });
});

test("an ffmpeg that goes away fails the job and cancels the rest", async () => {
  const setup = setupRun(media);
  const ffmpegPath = writeFakeFfmpeg(media.at("own-ffmpeg"));
  const result = await runUntil(setup, { ffmpegPath }, () => rmSync(ffmpegPath));
  expect(result).toMatchObject({ state: "failed", error: { code: "ffmpeg_missing" } });
  await expectCleanEnd(setup, result);
  expect(setup.transport.facts().at(-1)).toMatchObject({ type: "job.failed", data: { error_code: "ffmpeg_missing" } });
});

test("a video that goes away fails the job and cancels the rest", async () => {
  const setup = setupRun(media);
  const input = media.make("goes.mp4", "-i", media.at("two.mp4"), "-c", "copy");
  const result = await runUntil(setup, { input }, () => rmSync(input));
  expect(result).toMatchObject({ state: "failed", error: { code: "input_missing" } });
  await expectCleanEnd(setup, result);
});
