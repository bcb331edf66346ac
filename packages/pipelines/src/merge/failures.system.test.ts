import { chmodSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { PlayheadError } from "@playhead/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeFakeFfmpeg } from "../../fixtures/fake-ffmpeg.ts";
import { createMediaFolder, pictures, QUICK, tone } from "../../fixtures/media-folder.ts";
import { type MergeSetup, setupMerge } from "../../fixtures/setup-merge.ts";
import { tinyDisk, unmountAll } from "../../fixtures/tiny-disk.ts";
import { createFolderStorage } from "../storage/folder-storage.ts";
import type { Storage } from "../storage/storage.ts";
import type { MergeOptions } from "./merge-options.ts";

/*
 * Each stage is made to fail for real, as docs/merge.md has it in its table: what is thrown, whether it was tried again,
 * and what is left on the disk.
 */

const media = createMediaFolder();
const at = (name: string) => media.at(name);

beforeAll(() => {
  media.make("a.mp4", ...pictures("160x90", 25, 1), ...tone(1), ...QUICK);
  media.make("b.mkv", ...pictures("120x90", 30, 1), ...QUICK);
  writeFileSync(at("text.mp4"), "this is no video");
});
afterAll(() => {
  unmountAll();
  media.remove();
});

/** An ffmpeg that does something first when its arguments name this. */
function doing(name: string, argument: string, command: string): string {
  return writeFakeFfmpeg(at(name), `case "$*" in *${argument}*) ${command};; esac`);
}

/** Does something as soon as a stage begins. */
function when({ transport }: MergeSetup, taskId: string, act: () => void): void {
  const stop = transport.watch(({ type, data }) => {
    if (data.task_id !== taskId || !type.endsWith(".started")) return;
    stop();
    act();
  });
}

interface Failure {
  readonly stage: string;
  readonly code: string;
  readonly errorClass: string;
  readonly message: RegExp;
  readonly hint: RegExp;
  /** How often it was tried in all. @defaultValue 1 */
  readonly attempts?: number;
  /** What there is in the output folder. @defaultValue nothing */
  readonly left?: readonly string[];
}

/** Merges, and looks that it failed as expected: in the stage, in the job, in the log; and that nothing runs any more. */
async function expectFailure(setup: MergeSetup, options: Partial<MergeOptions>, expected: Failure): Promise<void> {
  const { state, error } = await setup.run({ inputs: [at("a.mp4"), at("b.mkv")], ...options });
  const { stage, code, errorClass, message, hint, attempts = 1, left = [] } = expected;
  expect(state).toBe("failed");
  expect(error).toBeInstanceOf(PlayheadError);
  expect(error).toMatchObject({ code, errorClass });
  expect((error as PlayheadError).message).toMatch(message);
  expect(String((error as PlayheadError).hint)).toMatch(hint);
  const facts = setup.transport.facts();
  const failed = facts.filter(({ type }) => type === "stage.failed");
  expect(failed.map(({ data }) => [data.stage, data.error_code])).toEqual([[stage, code]]);
  expect(failed[0]?.data).toMatchObject({ error_class: errorClass, duration_ms: expect.any(Number) });
  expect(facts.at(-1)).toMatchObject({ type: "job.failed", data: { error_code: code } });
  // Viewers get neither folders nor stacks.
  expect(JSON.stringify(setup.transport.records)).not.toContain(media.path);
  expect(facts.filter(({ type }) => type === "task.retried")).toHaveLength(attempts - 1);
  expect(setup.stages().slice(-2)).toEqual(["stage.started cleanup", "stage.completed cleanup"]);
  expect(setup.log().some((line) => line.startsWith("error "))).toBe(true);
  expect(setup.files().filter((name) => name !== "filler")).toEqual(left);
  expect(setup.running()).toEqual([]);
}

test("upload: an input that is gone by then", async () => {
  const setup = setupMerge(media);
  const gone = media.make("gone.mp4", "-i", at("a.mp4"), "-c", "copy");
  const options = { inputs: [at("a.mp4"), gone], onJob: () => rmSync(gone) };
  await expectFailure(setup, options, {
    ...{ stage: "upload", code: "input_missing", errorClass: "input" },
    ...{ message: /^there is no file "gone\.mp4"$/, hint: /check the path/ },
  });
});

test("upload: no room for a copy of what was uploaded", async () => {
  const outDir = tinyDisk(media.folder("disk"), "size=80m");
  // Only who administers the machine may mount a disk.
  if (outDir === null) return;
  const setup = setupMerge(media, outDir);
  const options: Partial<MergeOptions> = {
    inputs: [
      { file: at("a.mp4"), isUpload: true },
      { file: at("b.mkv"), isUpload: true },
    ],
    onJob: () => fill(outDir, 1_000_000),
  };
  await expectFailure(setup, options, {
    ...{ stage: "upload", code: "disk_full", errorClass: "environment" },
    ...{ message: /^the disk of .* has .* free, but about .* are needed$/, hint: /free some space/ },
  });
});

test("analysis: what is no video; all that is wrong is said", async () => {
  const setup = setupMerge(media);
  const sound = media.make("sound.m4a", ...tone(0.5));
  await expectFailure(
    setup,
    { inputs: [at("a.mp4"), at("text.mp4"), sound] },
    {
      ...{ stage: "analysis", code: "input_not_media", errorClass: "input" },
      ...{ message: /"text\.mp4" is not a video/, hint: /give a video/ },
    },
  );
  expect(setup.log().filter((line) => line.startsWith("error "))).toEqual([
    expect.stringMatching(/^error looking at part 2 failed: "text\.mp4" is not a video/),
    expect.stringMatching(/^error looking at part 3 failed: "sound\.m4a" has sound \(aac\) but no video$/),
  ]);
});

test("analysis: an ffprobe that hangs up is asked again", async () => {
  const setup = setupMerge(media);
  const folder = media.folder("bin");
  writeFakeFfmpeg(`${folder}/ffmpeg`);
  writeFileSync(`${folder}/ffprobe`, `#!/bin/sh\nkill -9 $$\n`);
  chmodSync(`${folder}/ffprobe`, 0o755);
  await expectFailure(
    setup,
    { ffmpegPath: `${folder}/ffmpeg`, maxParallel: 1 },
    {
      ...{ stage: "analysis", code: "ffmpeg_failed", errorClass: "internal", attempts: 5 },
      ...{ message: /^ffprobe ended unexpectedly$/, hint: /try again/ },
    },
  );
});

test("preparation: a part that cannot be decoded", async () => {
  const setup = setupMerge(media);
  const noise = media.make("noise.avi", ...pictures("160x90", 25, 2), "-c:v", "mpeg4", "-bsf:v", "noise=amount=3");
  await expectFailure(
    setup,
    { inputs: [at("a.mp4"), noise] },
    {
      ...{ stage: "preparation", code: "decode_failed", errorClass: "input" },
      ...{ message: /"noise\.avi" is damaged/, hint: /copy, download or export it again/ },
    },
  );
});

test("preparation: an input that goes away meanwhile", async () => {
  const setup = setupMerge(media);
  const gone = media.make("leaves.mkv", "-i", at("b.mkv"), "-c", "copy");
  const ffmpegPath = doing("removing-ffmpeg", "part-1.mov", `rm '${gone}'`);
  await expectFailure(
    setup,
    { inputs: [at("a.mp4"), gone], ffmpegPath, maxParallel: 1 },
    {
      ...{ stage: "preparation", code: "input_missing", errorClass: "input" },
      ...{ message: /"leaves\.mkv"/, hint: /./ },
    },
  );
});

test("preparation: an ffmpeg that is killed each time is tried three times", async () => {
  const setup = setupMerge(media);
  const ffmpegPath = doing("killed-ffmpeg", "part-2.mov", "kill -9 $$");
  await expectFailure(
    setup,
    { ffmpegPath },
    {
      ...{ stage: "preparation", code: "ffmpeg_killed", errorClass: "transient", attempts: 3 },
      ...{ message: /^ffmpeg was ended from outside/, hint: /try again/ },
    },
  );
});

test("preparation: a disk that is full before, and one that becomes full", async () => {
  const outDir = tinyDisk(media.folder("disk"), "size=80m");
  if (outDir === null) return;
  await expectFailure(
    setupMerge(media, outDir),
    { onJob: () => fill(outDir, 1_000_000) },
    {
      ...{ stage: "preparation", code: "disk_full", errorClass: "environment" },
      ...{ message: /^the disk of .* has .* free, but about .* are needed$/, hint: /free some space/ },
    },
  );
  rmSync(`${outDir}/filler`);
  const ffmpegPath = doing(
    "filling-ffmpeg",
    "part-2.mov",
    `head -c 200000000 /dev/zero > '${outDir}/filler' 2>/dev/null`,
  );
  await expectFailure(
    setupMerge(media, outDir),
    { ffmpegPath, maxParallel: 1 },
    {
      ...{ stage: "preparation", code: "disk_full", errorClass: "environment" },
      ...{ message: /^the disk is full: "part-2\.mov" could not be written$/, hint: /free some space/ },
    },
  );
});

test("merging: the result's name is taken by a folder meanwhile", async () => {
  const setup = setupMerge(media);
  const ffmpegPath = doing("naming-ffmpeg", "part-2.mov", `mkdir -p '${setup.output}/in-the-way'`);
  await expectFailure(
    setup,
    { ffmpegPath },
    {
      ...{ stage: "merging", code: "output_unwritable", errorClass: "environment", left: ["merged.mp4"] },
      ...{ message: /^cannot write to "merged\.mp4"/, hint: /choose another output folder/ },
    },
  );
});

test("merging: an ffmpeg that goes away", async () => {
  const setup = setupMerge(media);
  const ffmpegPath = doing("own-ffmpeg", "part-2.mov", 'rm "$0"');
  await expectFailure(
    setup,
    { ffmpegPath, maxParallel: 1 },
    {
      ...{ stage: "merging", code: "ffmpeg_missing", errorClass: "environment" },
      ...{ message: /ffmpeg/, hint: /./ },
    },
  );
});

test("compression: an ffmpeg that fails", async () => {
  const setup = setupMerge(media);
  const ffmpegPath = doing("no-passes", "-passlogfile", "echo \"[error] Unknown encoder 'libx264'\" >&2; exit 1");
  await expectFailure(
    setup,
    { ffmpegPath, target: { kind: "size", maxBytes: 40_000 } },
    {
      ...{ stage: "compression", code: "ffmpeg_unsuitable", errorClass: "environment" },
      ...{ message: /lacks a part that is needed/, hint: /install an ffmpeg/ },
    },
  );
});

const RESULT = ["merged.mp4", "merged.segments.json"];

/** A storage whose first answers are these errors. */
function failing(errors: readonly PlayheadError[], then: Storage): Storage {
  const left = [...errors];
  return { ...then, put: (...args) => (left.length > 0 ? Promise.reject(left.shift()) : then.put(...args)) };
}

test("storage_upload: a storage that cannot be written; the result stays here", async () => {
  const setup = setupMerge(media);
  const folder = `${at("a.mp4")}/storage`;
  const storage = createFolderStorage({ folder, publicUrl: null, registryDir: setup.registryDir });
  await expectFailure(
    setup,
    { storage },
    {
      ...{ stage: "storage_upload", code: "output_unwritable", errorClass: "environment", left: RESULT },
      ...{ message: /cannot write/, hint: /./ },
    },
  );
});

test("storage_upload: a network that fails is tried again, one that refuses is not", async () => {
  const setup = setupMerge(media);
  const real = createFolderStorage({
    folder: media.folder("store"),
    publicUrl: "https://media.example",
    registryDir: setup.registryDir,
  });
  const broken = new PlayheadError("network_failed", "the connection was reset");
  const { state, job_id } = await setup.run({ inputs: [at("a.mp4"), at("b.mkv")], storage: failing([broken], real) });
  expect(state).toBe("completed");
  const artifacts = setup.transport.facts().filter(({ type }) => type === "job.artifact_added");
  expect(artifacts.map(({ data }) => (data.artifact as Record<string, unknown>).url)).toEqual(
    RESULT.map((name) => `https://media.example/${job_id}/${name}`),
  );

  const refused = new PlayheadError("storage_refused", "the bucket does not take it", {
    hint: "check the key's rights",
  });
  const second = setupMerge(media);
  await expectFailure(
    second,
    { storage: failing([refused], real) },
    {
      ...{ stage: "storage_upload", code: "storage_refused", errorClass: "environment", left: RESULT },
      ...{ message: /does not take it/, hint: /rights/ },
    },
  );
});

test("cleanup: what cannot be removed is said, and the job has done its work; later it goes", async () => {
  const setup = setupMerge(media);
  let busy = "";
  when(setup, "preparation", () => {
    const [name] = readdirSync(setup.outDir).filter((each) => each.endsWith(".part"));
    busy = `${setup.outDir}/${name}/busy`;
    mkdirSync(busy);
    // A place where a disk is mounted cannot be removed.
    if (tinyDisk(busy, "size=1m") === null) busy = "";
  });
  const { state } = await setup.run({ inputs: [at("a.mp4"), at("b.mkv")] });
  if (busy === "") return;
  expect(state).toBe("completed");
  expect(setup.stages().slice(-2)).toEqual(["stage.started cleanup", "stage.failed cleanup"]);
  expect(setup.log().at(-1)).toMatch(/^error cleaning up failed: cannot write to /);
  expect(setup.files()).toEqual(["merged.mp4", expect.stringMatching(/\.part$/), "merged.segments.json"]);
  // It stays written down, so that the next start removes it.
  expect(setup.running()).toHaveLength(1);
});

function fill(folder: string, leaveBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(`${folder}/filler`, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)));
}
