import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { type ErrorCode, PlayheadError } from "@playhead/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeFakeFfmpeg } from "../../fixtures/fake-ffmpeg.ts";
import { lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, SCENES, TWO_SCENES } from "../../fixtures/media-folder.ts";
import { BROKEN } from "../../fixtures/own-styles.ts";
import { BUCKET, KEYS, type S3FaultKind, type S3Operation, startS3Server } from "../../fixtures/s3-server.ts";
import { type RunSetup, setupRun } from "../../fixtures/setup-run.ts";
import { retryRuleOf } from "../media/retry-policy.ts";
import { createS3Storage } from "../storage/s3/s3-storage.ts";
import type { Storage } from "../storage/storage.ts";
import type { ClipsOptions } from "./clips-options.ts";

const media = createMediaFolder();
const input = () => media.at("two.mp4");

beforeAll(() => {
  media.make("two.mp4", ...TWO_SCENES);
  writeFileSync(media.at("a.srt"), "00:00:00,100 --> 00:00:00,900\nHello\n");
});
afterAll(() => media.remove());

/** Each stage and step of clips, made to fail for real: what becomes of the job, and what is left. docs/clips.md has the same table. */
interface Case {
  readonly name: string;
  /** Of a shell script that stands in for ffmpeg, before it becomes it; `$*` is what it is asked. */
  readonly ffmpeg?: string;
  readonly options?: Partial<ClipsOptions>;
  /** What is done to the world once a step has begun. */
  readonly at?: { readonly step: string; readonly breakIt: (setup: RunSetup) => void };
  readonly s3?: { readonly on: S3Operation; readonly kind: S3FaultKind; readonly times?: number };
  readonly expected: {
    readonly state: "completed" | "failed";
    /** Of the error that ended the job, or the clip. */
    readonly code: string | null;
    readonly class?: string;
    readonly step?: string | null;
    readonly message?: RegExp;
    readonly retried: number;
    /** Clips that are in the output folder in the end. */
    readonly kept: number;
    readonly uploaded?: number;
    readonly warning?: RegExp;
  };
}

const isMeasuring = 'case "$*" in *ebur128*)';
const isFinding = 'case "$*" in *scdet*)';
const isRendering = 'case "$*" in *libx264*)';
const isPicture = 'case "$*" in *mjpeg*)';
const complain = (text: string) => `echo "[error] ${text}" >&2; exit 1;; esac`;
const killed = "kill -KILL $$;; esac";
const refused = { state: "failed", retried: 0, kept: 0 } as const;
const stays = { state: "completed", kept: 1, code: null } as const;

/** By the table of retries. */
const retryAttemptsOf = (code: ErrorCode) => retryRuleOf(new PlayheadError(code, "it failed")).attempts;

const CASES: readonly Case[] = [
  {
    name: "finding scenes: ffmpeg is killed each time",
    ffmpeg: `${isFinding} ${killed}`,
    options: { scenes: undefined as never },
    expected: { ...refused, code: "ffmpeg_killed", class: "transient", step: null, retried: 2 },
  },
  {
    name: "finding scenes: the video cannot be decoded",
    ffmpeg: `${isFinding} ${complain("Error while decoding stream #0:0: Invalid data found when processing input")}`,
    options: { scenes: undefined as never },
    expected: { ...refused, code: "decode_failed", class: "input", step: null },
  },
  {
    name: "measuring: ffmpeg is killed each time",
    ffmpeg: `${isMeasuring} ${killed}`,
    expected: { ...refused, code: "ffmpeg_killed", class: "transient", step: "extracting_segment", retried: 2 },
  },
  {
    name: "measuring: there is no such filter",
    ffmpeg: `${isMeasuring} ${complain("No such filter: 'ebur128'")}`,
    expected: { ...refused, code: "ffmpeg_unsuitable", class: "environment", step: "extracting_segment" },
  },
  {
    name: "captions: this ffmpeg cannot draw them",
    ffmpeg: `case "$*" in *ass=filename*) ${complain("No such filter: 'ass'")}`,
    options: { captions: "a.srt" },
    expected: { ...refused, code: "ffmpeg_unsuitable", class: "environment", step: "extracting_segment" },
  },
  {
    name: "rendering: the style is wrong",
    options: { styles: ["broken"], extraStyles: [BROKEN] },
    expected: { ...refused, code: "filter_invalid", class: "internal", step: "extracting_segment" },
  },
  {
    name: "rendering: the encoder does not start",
    ffmpeg: `${isRendering} ${complain("Error while opening encoder for output stream #0:0")}`,
    expected: { ...refused, code: "encoder_failed", class: "environment", step: "extracting_segment" },
  },
  {
    name: "rendering: there is not enough memory, each time",
    ffmpeg: `${isRendering} ${complain("Cannot allocate memory")}`,
    expected: { ...refused, code: "out_of_memory", class: "environment", step: "extracting_segment", retried: 2 },
  },
  {
    name: "rendering: the disk is full",
    ffmpeg: `${isRendering} ${complain("av_interleaved_write_frame(): No space left on device")}`,
    expected: { ...refused, code: "disk_full", class: "environment", step: "extracting_segment" },
  },
  {
    name: "rendering: what comes out is too short, and ffmpeg calls it a success",
    // Its last argument is the file that it is to write.
    ffmpeg: `${isRendering} for last do :; done; ffmpeg -v error -f lavfi -i testsrc2=d=0.1 -f lavfi -i sine=d=0.1 -f mp4 -y "$last"; exit 0;; esac`,
    expected: { ...refused, code: "output_invalid", class: "internal", step: "rendering" },
  },
  {
    name: "thumbnail: it cannot be taken",
    ffmpeg: `${isPicture} ${complain("Invalid argument")}`,
    expected: { ...stays, retried: 0, warning: /^no thumbnail: / },
  },
  {
    name: "manifest: it cannot be written",
    at: { step: "render_complete", breakIt: ({ outDir }) => mkdirSync(`${outDir}/manifest.json`) },
    expected: { ...refused, code: "output_unwritable", class: "environment", step: "render_complete" },
  },
  {
    name: "uploading: the storage refuses",
    s3: { on: "PutObject", kind: "denied", times: 99 },
    expected: {
      ...{ state: "failed", code: "storage_refused", class: "environment", step: "uploading", retried: 0, kept: 1 },
      ...{ uploaded: 0, message: /^the bucket media refused to take 01-original-\w+\.mp4 \(403 AccessDenied\)$/ },
      warning: /^the thumbnail was not uploaded/,
    },
  },
  ...(
    [
      { kind: "500", code: "network_failed" },
      { kind: "cut", code: "network_failed" },
      { kind: "hang", code: "network_failed" },
      { kind: "wrong_checksum", code: "upload_damaged" },
      { kind: "spoil", code: "upload_damaged" },
    ] as const
  ).map(
    ({ kind, code }): Case => ({
      name: `uploading: ${kind} each time`,
      s3: { on: "PutObject", kind, times: 99 },
      expected: {
        ...{ state: "failed", code, class: "transient", step: "uploading", kept: 1, uploaded: 0 },
        retried: retryAttemptsOf(code) - 1,
        warning: new RegExp(`^attempt 1 of ${retryAttemptsOf(code)} failed`),
      },
    }),
  ),
  {
    name: "uploading: it passes",
    // Twice for the thumbnail, twice for the clip: the storage's own attempts; then once more.
    s3: { on: "PutObject", kind: "500", times: 4 },
    expected: { ...stays, retried: 1, uploaded: 1, warning: /^attempt 1 of 5 failed/ },
  },
  {
    name: "uploading: it is to slow down, and passes",
    s3: { on: "PutObject", kind: "slow_down", times: 4 },
    expected: { ...stays, retried: 1, uploaded: 1, warning: /^attempt 1 of 20 failed/ },
  },
  {
    name: "uploading: the clip is gone",
    // The thumbnail is on its way for a while.
    s3: { on: "PutObject", kind: "hang", times: 1 },
    at: {
      step: "uploading",
      breakIt: ({ outDir, files }) => rmSync(`${outDir}/${files().find((name) => name.endsWith(".mp4"))}`),
    },
    expected: {
      ...{
        state: "failed",
        code: "input_missing",
        class: "input",
        step: "uploading",
        retried: 0,
        kept: 0,
        uploaded: 0,
      },
    },
  },
  {
    name: "after the upload: the manifest cannot be written",
    s3: { on: "ListParts", kind: "500", times: 0 },
    at: {
      step: "uploading",
      breakIt({ outDir }) {
        rmSync(`${outDir}/manifest.json`);
        mkdirSync(`${outDir}/manifest.json`);
      },
    },
    expected: {
      ...{ state: "failed", code: "output_unwritable", class: "environment", step: "upload_complete", retried: 0 },
      ...{ kept: 1, uploaded: 1 },
    },
  },
];

/** What is broken while a clip is uploaded is broken before it has begun. */
function heldUntil(broken: Promise<void>, at: Case["at"], storage: Storage): Storage {
  if (at?.step !== "uploading") return storage;
  return {
    ...storage,
    async put(...asked) {
      await broken;
      return storage.put(...asked);
    },
  };
}

// Side by side: of most of their time they wait to try again.
test.concurrent.each(CASES)("$name", async ({ ffmpeg, options, at, s3, expected }) => {
  const setup = setupRun(media);
  const server = s3 === undefined ? null : await startS3Server();
  if (server !== null && s3 !== undefined) server.fail(s3.on, s3.kind, s3.times);
  const settings = { kind: "s3", bucket: BUCKET, endpoint: server?.url, ...KEYS } as const;
  // Nobody waits long for a storage that hangs; any other may be as slow as the machine.
  const patience = { attempts: 2, firstWaitMs: 5, stallMs: s3?.kind === "hang" ? 300 : 30_000 };
  const broken = Promise.withResolvers<void>();
  const upload = server === null ? null : heldUntil(broken.promise, at, createS3Storage(settings, patience));
  setup.transport.watch(({ data, n }) => {
    if (at !== undefined && n !== undefined && data.step === at.step && !existsSync(`${setup.outDir}.broken`)) {
      writeFileSync(`${setup.outDir}.broken`, "");
      at.breakIt(setup);
      broken.resolve();
    }
  });
  const result = await setup.run({
    ...{ input: input(), scenes: SCENES.slice(0, 1), styles: ["original"], maxParallel: 1, encoder: "x264" },
    ...options,
    ...(options?.captions !== undefined && { captions: media.at(options.captions) }),
    ...(ffmpeg !== undefined && { ffmpegPath: writeFakeFfmpeg(`${setup.outDir}-ffmpeg`, ffmpeg) }),
    ...(upload !== null && { upload }),
  });
  upload?.close();
  await server?.close();
  const { transport, files, outDir, running } = setup;

  expect(result.state, JSON.stringify(result.error)).toBe(expected.state);
  const retried = transport.facts().filter(({ type }) => type === "task.retried");
  expect(retried).toHaveLength(expected.retried);
  if (expected.code !== null) {
    const failed = transport.facts().find(({ data }) => data.state === "failed");
    const { code, message, hint } = result.error as { code: string; message: string; hint: string };
    expect({ code, error_class: failed?.data.error_class }).toEqual({
      code: expected.code,
      error_class: expected.class,
    });
    expect(transport.facts().at(-1)).toMatchObject({ type: "job.failed", data: { error_code: expected.code } });
    if (expected.step !== null) expect(failed?.data.failed_step).toBe(expected.step);
    expect(message).toMatch(/^[^\n]{10,200}$/);
    expect(hint).toMatch(/^[^\n]{8,200}$/);
    if (expected.message !== undefined) expect(message).toMatch(expected.message);
    // What viewers see names no folder and no host; the log has an error with its code.
    for (const secret of [media.path, "127.0.0.1", KEYS.accessKeyId, KEYS.secretAccessKey])
      expect(JSON.stringify(transport.records)).not.toContain(secret);
    const logged = transport.records.filter(({ type, data }) => type === "log" && data.level === "error");
    expect(logged.map(({ data }) => (data.fields as { error_code?: string }).error_code)).toContain(expected.code);
  }
  const warnings = transport.records.filter(({ type, data }) => type === "log" && data.level === "warning");
  if (expected.warning !== undefined)
    expect(warnings.map(({ data }) => data.message)).toContainEqual(expect.stringMatching(expected.warning));

  // Nothing is half there, and nothing runs.
  const clips = files().filter((name) => name.endsWith(".mp4"));
  expect(clips).toHaveLength(expected.kept);
  for (const clip of clips) expect((await lookAt(`${outDir}/${clip}`)).complaints).toBe("");
  expect(files().filter((name) => name.includes(".part") || name.startsWith("."))).toEqual([]);
  expect(running()).toEqual([]);
  if (server !== null) {
    expect([...server.objects.keys()].filter((key) => key.endsWith(".mp4"))).toHaveLength(expected.uploaded ?? 0);
    expect(server.uploads.size).toBe(0);
  }
});

test("a folder that may not be written to any more", async () => {
  // Who administers the machine may write everywhere.
  if (process.getuid?.() === 0) return;
  const setup = setupRun(media);
  setup.transport.watch(({ data }) => {
    if (data.step === "extracting_segment") chmodSync(setup.outDir, 0o500);
  });
  const result = await setup.run({ input: input(), scenes: SCENES, styles: ["original"] });
  chmodSync(setup.outDir, 0o700);
  expect(result).toMatchObject({ state: "failed", error: { code: "output_unwritable" } });
});
