import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { type ErrorCode, PlayheadError } from "@playhead/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeFakeFfmpeg } from "../../fixtures/fake-ffmpeg.ts";
import { lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, tone } from "../../fixtures/media-folder.ts";
import { type BulkSetup, setupBulk, TINY, TINY_VIDEO } from "../../fixtures/setup-bulk.ts";
import { startVoiceServer, type VoiceServer } from "../../fixtures/voice-server.ts";
import { retryRuleOf } from "../media/retry-policy.ts";
import type { BulkOptions } from "./bulk-options.ts";

/*
 * Each step of bulk, made to fail for real, as docs/bulk.md has it in its table: what is thrown, whether it is tried again,
 * what becomes of the video and of the job, and what is left on the disk.
 */

const media = createMediaFolder();
const servers: VoiceServer[] = [];

beforeAll(() => {
  media.make("say.wav", ...tone(0.2));
  media.make("blue.png", "-f", "lavfi", "-i", "color=c=blue:s=8x8", "-frames:v", "1");
  writeFileSync(media.at("text.png"), "no picture");
});
afterAll(async () => {
  for (const server of servers) await server.close();
  media.remove();
});

interface Failure {
  /** What becomes of the job: it fails, or only the video of the first row does. */
  readonly fails: "job" | "video" | "nothing";
  readonly code: ErrorCode;
  readonly errorClass: PlayheadError["errorClass"];
  readonly step: "gathering" | "rendering" | "finishing";
  /** Whether it is tried again, as often as the table of retries has it. @defaultValue never */
  readonly isRetried?: boolean;
  readonly message: RegExp;
}

/** The first row is made first, and alone; the second one always goes well, if it comes to its turn. */
const ROWS = "name,a\none,blue.png\ntwo,blue.png\n";
const attemptsOf = (code: ErrorCode) => retryRuleOf(new PlayheadError(code, "it failed", { retryable: true })).attempts;

async function expectFailure(
  setup: BulkSetup,
  template: object,
  options: Partial<BulkOptions>,
  expected: Failure,
): Promise<void> {
  const result = await setup.run(ROWS, template, { maxParallel: 1, fileOf: media.at, ...options });
  const { transport, outDir } = setup;
  const { fails, code, errorClass, step, isRetried = false, message } = expected;
  expect(result.state, String(result.error)).toBe(fails === "job" ? "failed" : "completed");
  const facts = transport.facts();
  const retried = facts.filter(({ type }) => type === "task.retried").map(({ data }) => data.error_code);
  expect(retried).toEqual(isRetried ? Array(fails === "nothing" ? 1 : attemptsOf(code) - 1).fill(code) : []);

  const failed = facts.filter(({ type }) => type === "video.failed").map(({ data }) => data);
  const about = { error_code: code, error_class: errorClass, error_message: expect.stringMatching(message) };
  expect(failed).toEqual(fails === "nothing" ? [] : [expect.objectContaining({ ...about, failed_step: step })]);
  // Viewers get neither folders nor hosts.
  for (const secret of [media.path, "127.0.0.1"]) expect(JSON.stringify(transport.records)).not.toContain(secret);
  if (fails !== "nothing") {
    const logged = transport.records.filter(({ type, data }) => type === "log" && data.level === "error");
    expect(logged.map(({ data }) => (data.fields as { error_code?: string }).error_code)).toEqual([code]);
  }
  const made = { job: [], video: ["two"], nothing: ["one", "two"] }[fails];
  expect(result.videos.map(({ title }) => title)).toEqual(made);
  expect(result).toMatchObject({ canceled: fails === "job" ? 1 : 0, failed: fails === "nothing" ? 0 : 1 });
  if (fails === "job") {
    expect(facts.at(-1)).toMatchObject({ type: "job.failed", data: { error_code: code } });
    expect(result.error).toMatchObject({ code, hint: expect.stringMatching(/^.{8,}$/) });
  }

  // Nothing is half there, and nothing runs; what is there is whole.
  const ours = result.videos.flatMap(({ file, thumbnail }) => [file, ...(thumbnail === null ? [] : [thumbnail])]);
  const journal = made.length > 0 ? ["manifest.ndjson"] : [];
  expect(setup.files().filter((name) => name !== "in-the-way")).toEqual([...ours, ...journal].toSorted());
  for (const { file } of result.videos) expect((await lookAt(join(outDir, file))).complaints).toBe("");
  expect(setup.running()).toEqual([]);
}

const PICTURE = { ...TINY, images: { from: ["{{a}}"], duration_sec: 0.2 } };

/** Rows are as {@link ROWS}, but for the picture of the first one. */
test.each<Failure & { readonly name: string; readonly a: string }>([
  {
    name: "a file that is not there",
    a: "none.png",
    ...{ fails: "video", code: "input_missing", errorClass: "input", step: "gathering" },
    message: /^there is no file "none\.png"$/,
  },
  {
    name: "a file that is no picture",
    a: "text.png",
    ...{ fails: "video", code: "input_not_media", errorClass: "input", step: "gathering" },
    message: /"text\.png" is no picture that can be used/,
  },
])("gathering: $name", async ({ a, ...expected }) => {
  await expectFailure(setupBulk(media), PICTURE, { fileOf: pictureOfFirst(a) }, expected);
});

/** Finds another file the first time. */
function pictureOfFirst(name: string): (name: string) => string {
  let asked = 0;
  return (wanted) => {
    asked += 1;
    return media.at(asked === 1 ? name : wanted);
  };
}

/** What a service answers to the first row; to the others it gives a sound. */
type Answer = (response: ServerResponse, nth: number) => unknown;
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end("no");

const SERVICE: readonly (Failure & { readonly name: string; readonly answer: Answer; readonly times?: number })[] = [
  {
    name: "it fails each time",
    answer: status(500),
    ...{ fails: "video", code: "provider_failed", errorClass: "transient", step: "gathering", isRetried: true },
    message: /^the provider answered with 500$/,
  },
  {
    name: "it fails, and passes",
    ...{ answer: status(502), times: 1 },
    ...{ fails: "nothing", code: "provider_failed", errorClass: "transient", step: "gathering", isRetried: true },
    message: /./,
  },
  {
    name: "it cannot make what the row asks for",
    answer: status(422),
    ...{ fails: "video", code: "provider_failed", errorClass: "transient", step: "gathering" },
    message: /^the provider answered with 422$/,
  },
  {
    name: "it is asked too often, and says for how long",
    ...{ answer: status(429, { "retry-after": "1" }), times: 1 },
    ...{ fails: "nothing", code: "rate_limited", errorClass: "transient", step: "gathering", isRetried: true },
    message: /./,
  },
  {
    name: "it is asked too often, and says until when",
    answer: (response, nth) =>
      status(429, { "retry-after": new Date(Date.now() + 1_000).toUTCString() })(response, nth),
    ...{
      times: 1,
      fails: "nothing",
      code: "rate_limited",
      errorClass: "transient",
      step: "gathering",
      isRetried: true,
    },
    message: /./,
  },
  {
    name: "it does not let us in",
    answer: status(403),
    ...{ fails: "job", code: "provider_refused", errorClass: "environment", step: "gathering" },
    message: /^the provider refused \(403\)$/,
  },
  {
    name: "the connection breaks, and passes",
    ...{ answer: (response) => response.destroy(), times: 1 },
    ...{ fails: "nothing", code: "network_failed", errorClass: "transient", step: "gathering", isRetried: true },
    message: /./,
  },
  {
    name: "what it answers is no sound",
    answer: (response) => response.end("hello"),
    ...{ fails: "video", code: "input_not_media", errorClass: "input", step: "gathering" },
    message: /./,
  },
];

// They wait for themselves, most of the time: together they take as long as the longest.
describe.concurrent("a service", () => {
  test.each(SERVICE)("gathering: $name", async ({ answer, times, ...expected }) => {
    const spoken = readFileSync(media.at("say.wav"));
    const server = await startVoiceServer((nth, _request, response) => {
      const body = server.asked.at(-1)?.body as { fields: { name: string } } | undefined;
      if (body?.fields.name === "one" && nth <= (times ?? Number.POSITIVE_INFINITY)) answer(response, nth);
      else response.end(spoken);
    });
    servers.push(server);
    const template = { ...TINY, narration: { from: { provider: "http", url: server.url } } };
    await expectFailure(setupBulk(media), template, { allowPrivate: true }, expected);
  });
});

test("gathering: a service that does not want to be asked before tomorrow is asked once, and nobody waits", async () => {
  const server = await startVoiceServer((nth, _request, response) =>
    status(429, { "retry-after": "90000" })(response, nth),
  );
  servers.push(server);
  const setup = setupBulk(media);
  const template = { ...TINY, narration: { from: { provider: "http", url: server.url } } };
  const result = await setup.run(ROWS, template, { allowPrivate: true, maxParallel: 1 });
  expect(result).toMatchObject({ state: "failed", failed: 2, canceled: 0, error: { code: "rate_limited" } });
  expect(server.asked).toHaveLength(1);
});

/** Done by ffmpeg when it is to write a video: the first one, or each. */
const FIRST = (command: string) => `case "$*" in *libx264*) if mkdir "$0.once" 2>/dev/null; then ${command}; fi;; esac`;
const EACH_OF_ONE = (command: string) => `case "$*" in *one.mp4*) ${command};; esac`;
const complain = (text: string) => `echo "[error] ${text}" >&2; exit 1`;

const RENDERING: readonly (Failure & { readonly name: string; readonly ffmpeg: string })[] = [
  {
    name: "ffmpeg is killed each time",
    ffmpeg: EACH_OF_ONE("kill -9 $$"),
    ...{ fails: "video", code: "ffmpeg_killed", errorClass: "transient", step: "rendering", isRetried: true },
    message: /^ffmpeg was ended from outside/,
  },
  {
    name: "there is not enough memory each time",
    ffmpeg: EACH_OF_ONE(complain("Cannot allocate memory")),
    ...{ fails: "video", code: "out_of_memory", errorClass: "environment", step: "rendering", isRetried: true },
    message: /memory/,
  },
  {
    name: "the encoder does not start",
    ffmpeg: FIRST(complain("Error while opening encoder for output stream #0:0")),
    ...{ fails: "video", code: "encoder_failed", errorClass: "environment", step: "rendering" },
    message: /./,
  },
  {
    name: "a part of ffmpeg is missing",
    ffmpeg: FIRST(complain("No such filter: 'ass'")),
    ...{ fails: "job", code: "ffmpeg_unsuitable", errorClass: "environment", step: "rendering" },
    message: /lacks a part that is needed/,
  },
  {
    name: "the disk is full",
    ffmpeg: FIRST(complain("av_interleaved_write_frame(): No space left on device")),
    ...{ fails: "job", code: "disk_full", errorClass: "environment", step: "rendering" },
    message: /^the disk is full/,
  },
  {
    name: "what comes out is too short, and ffmpeg calls it a success",
    ffmpeg: FIRST('for last do :; done; ffmpeg -v error -f lavfi -i testsrc2=d=0.02:r=50 -f mp4 -y "$last"; exit 0'),
    ...{ fails: "video", code: "output_invalid", errorClass: "internal", step: "rendering" },
    message: /./,
  },
];

/** A second of video, so that what is too short is plainly so. */
const LONGER = { video: TINY_VIDEO, title: { text: "{{name}}", duration_sec: 1 }, output: { file: "{{name}}" } };

test.each(RENDERING)("rendering: $name", async ({ ffmpeg, ...expected }) => {
  const setup = setupBulk(media);
  const ffmpegPath = writeFakeFfmpeg(`${setup.outDir}-ffmpeg`, ffmpeg);
  await expectFailure(setup, LONGER, { ffmpegPath }, expected);
});

test("rendering: ffmpeg goes away", async () => {
  const setup = setupBulk(media);
  const ffmpegPath = writeFakeFfmpeg(`${setup.outDir}-ffmpeg`);
  await expectFailure(
    setup,
    LONGER,
    { ffmpegPath, onJob: () => rmSync(ffmpegPath) },
    {
      ...{ fails: "job", code: "ffmpeg_missing", errorClass: "environment", step: "rendering" },
      message: /ffmpeg/,
    },
  );
});

test("finishing: a video without a picture is still a video", async () => {
  const setup = setupBulk(media);
  const ffmpeg = `case "$*" in *mjpeg*) ${complain("Invalid argument")};; esac`;
  const result = await setup.run(ROWS, LONGER, { ffmpegPath: writeFakeFfmpeg(`${setup.outDir}-ffmpeg`, ffmpeg) });
  expect(result).toMatchObject({
    state: "completed",
    completed: 2,
    videos: [{ thumbnail: null }, { thumbnail: null }],
  });
  expect(setup.files()).toEqual(["manifest.ndjson", "one.mp4", "two.mp4"]);
  const warnings = setup.transport.records.filter(({ type, data }) => type === "log" && data.level === "warning");
  expect(warnings.map(({ data }) => data.message)).toEqual(Array(2).fill(expect.stringMatching(/^no thumbnail: /)));
  expect(await setup.run(ROWS, LONGER)).toMatchObject({ state: "completed", completed: 0, skipped: 2 });
});

test("finishing: the journal cannot be written", async () => {
  const setup = setupBulk(media);
  const ffmpeg = `case "$*" in *mjpeg*) mkdir -p '${setup.outDir}/manifest.ndjson';; esac`;
  const ffmpegPath = writeFakeFfmpeg(`${setup.outDir}-ffmpeg`, ffmpeg);
  const result = await setup.run(ROWS, LONGER, { maxParallel: 1, ffmpegPath });
  expect(result).toMatchObject({ state: "failed", failed: 1, canceled: 1, videos: [], manifest: null });
  expect(result.error).toMatchObject({ code: "output_unwritable" });
  const failed = setup.transport.facts().find(({ type }) => type === "video.failed");
  expect(failed?.data).toMatchObject({ error_class: "environment", failed_step: "finishing" });
  // What is not in the journal does not stay.
  expect([setup.files(), setup.running()]).toEqual([["manifest.ndjson"], []]);
});
