import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clipArgs, createMediaFolder } from "../../fixtures/media-files.ts";
import { planTask } from "../plan/plan.ts";
import type { FfmpegTask } from "../plan/task.ts";
import { run } from "./run.ts";

const media = createMediaFolder();
const mounted: string[] = [];

beforeAll(() => {
  media.make("clip.mp4", ...clipArgs(2));
});
afterAll(() => {
  for (const folder of mounted) execFileSync("umount", [folder]);
  media.remove();
});

/** A disk of its own, where the machine lets us have one; null elsewhere. */
function tinyDisk(name: string, options: string): string | null {
  const folder = media.at(name);
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "pipe" });
  } catch {
    return null;
  }
  mounted.push(folder);
  return folder;
}

/** Encodes without loss, so that it needs a known amount: about 50 kB a second. */
const taskInto = (folder: string, crf = 0): FfmpegTask => ({
  inputs: [{ kind: "file", path: media.at("clip.mp4"), sourceDurationSec: 2 }],
  video: { codec: "h264", preset: "ultrafast", quality: { kind: "crf", crf } },
  audio: { codec: "aac" },
  output: { kind: "file", path: `${folder}/clip.mp4`, format: "mp4" },
});

test("a disk that fills up is told, and nothing is left on it", async () => {
  for (const size of ["16k", "32k", "64k"]) {
    const folder = tinyDisk(`disk-${size}`, `size=${size}`);
    if (folder === null) return;
    await expect(run(planTask(taskInto(folder)))).rejects.toMatchObject({
      code: "disk_full",
      message: 'the disk is full: "clip.mp4" could not be written',
    });
    expect(readdirSync(folder)).toEqual([]);
  }
});

test("a read-only disk is told before ffmpeg starts", async () => {
  const folder = tinyDisk("read-only", "ro");
  if (folder === null) return;
  await expect(run(planTask(taskInto(folder)))).rejects.toMatchObject({
    code: "output_unwritable",
    message: 'cannot write to "read-only": the disk is read-only',
  });
});

test("a file that may not grow is told, and removed", async () => {
  const limited = media.at("limited-ffmpeg");
  writeFileSync(limited, '#!/bin/bash\nulimit -f 8\nexec ffmpeg "$@"\n');
  chmodSync(limited, 0o755);
  const folder = media.at("limited");
  await expect(run(planTask(taskInto(folder)), { ffmpegPath: limited })).rejects.toMatchObject({
    code: "output_unwritable",
  });
  expect(readdirSync(folder)).toEqual([]);
});

test("a folder in the place of the file, or a file in that of the folder, is told", async () => {
  mkdirSync(media.at("taken/clip.mp4"), { recursive: true });
  await expect(run(planTask(taskInto(media.at("taken"))))).rejects.toMatchObject({
    code: "output_unwritable",
    message: 'cannot write to "clip.mp4": a folder has that name',
  });
  await expect(run(planTask(taskInto(media.at("clip.mp4"))))).rejects.toMatchObject({ code: "output_unwritable" });
});
