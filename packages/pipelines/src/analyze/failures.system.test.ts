import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { type ErrorCode, PlayheadError } from "@playhead/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeFakeFfmpeg } from "../../fixtures/fake-ffmpeg.ts";
import { createMediaFolder, filesIn, pictures, QUICK, tone } from "../../fixtures/media-folder.ts";
import { setupAnalyze } from "../../fixtures/setup-analyze.ts";
import { startWebServer, type WebServer } from "../../fixtures/web-server.ts";
import { retryRuleOf } from "../media/retry-policy.ts";
import type { AnalyzeOptions } from "./analyze-options.ts";

/*
 * Each stage and step of analyze, made to fail for real, as docs/analyze.md has it in its table: what is thrown, whether
 * it is tried again, what becomes of the clip and of the job, and what is left on the disk.
 */

const media = createMediaFolder();
const NAMES = ["a.mp4", "b.mp4"];
const servers: WebServer[] = [];
/** With two clips, of which the second one always goes well. */
const REPORT = ["report.csv", "report.json"];

beforeAll(() => {
  for (const name of NAMES) media.make(name, ...pictures("64x36", 10, 1), ...tone(1), ...QUICK);
});
afterAll(async () => {
  for (const server of servers) await server.close();
  media.remove();
});

interface Failure {
  /** What becomes of the job: it fails, or only the first clip does. */
  readonly fails: "job" | "clip" | "nothing";
  readonly code: ErrorCode;
  readonly errorClass: PlayheadError["errorClass"];
  /** Where: the stage, or the step of the clip. */
  readonly at: string;
  /** Whether it is tried again, as often as the table of retries has it. @defaultValue never */
  readonly isRetried?: boolean;
  readonly message: RegExp;
  /** In the output folder, when it is not what the kind of failure leaves. */
  readonly left?: readonly string[];
}

const attemptsOf = (code: ErrorCode) => retryRuleOf(new PlayheadError(code, "it failed", { retryable: true })).attempts;

async function expectFailure(setup: ReturnType<typeof setupAnalyze>, options: Given, expected: Failure): Promise<void> {
  const { transport, outDir, registryDir, run } = setup;
  const result = await run({ maxParallel: 1, ...options });
  const { fails, code, errorClass, at, isRetried = false, message } = expected;
  expect(result.state, String(result.error)).toBe(fails === "job" ? "failed" : "completed");
  const facts = transport.facts();
  const failed = facts.filter(({ type }) => type === (fails === "clip" ? "video.failed" : "stage.failed"));
  const retried = facts.filter(({ type }) => type === "task.retried").map(({ data }) => data.error_code);
  expect(retried).toEqual(isRetried ? Array(fails === "nothing" ? 1 : attemptsOf(code) - 1).fill(code) : []);
  expect(filesIn(registryDir)).toEqual([]);
  if (fails === "nothing") {
    expect(failed).toEqual([]);
    return;
  }
  const [{ data } = { data: {} as Record<string, unknown> }] = failed;
  expect(data).toMatchObject({
    error_code: code,
    error_class: errorClass,
    error_message: expect.stringMatching(message),
  });
  expect(fails === "clip" ? data.failed_step : data.stage).toBe(at);
  // Viewers get neither folders nor stacks.
  expect(JSON.stringify(transport.records)).not.toContain(media.path);
  const logged = transport.records.filter(({ type, data: line }) => type === "log" && line.level === "error");
  expect(logged.map(({ data: line }) => (line.fields as { error_code?: string }).error_code)).toContain(code);
  if (fails === "job") {
    expect(facts.at(-1)).toMatchObject({ type: "job.failed", data: { error_code: code } });
    expect(result).toMatchObject({ report: null, error: { code, hint: expect.stringMatching(/^.{8,}$/) } });
    expect(filesIn(outDir)).toEqual(expected.left ?? []);
  } else {
    expect(result).toMatchObject({ completed: 1, failed: 1, canceled: 0 });
    expect(filesIn(outDir)).toEqual(expected.left ?? REPORT);
  }
}

type Given = Pick<AnalyzeOptions, "source"> & Partial<AnalyzeOptions>;

/** A folder with both clips. */
function clips(): { readonly folder: string; readonly source: AnalyzeOptions["source"] } {
  const folder = media.folder("clips");
  for (const name of NAMES) copyFileSync(media.at(name), join(folder, name));
  return { folder, source: { kind: "folder", path: folder } };
}

/** A feed with both clips, that answers in its own way to the nth question for something (from 1). @returns whether it did */
async function feed(answer: (path: string, nth: number, response: ServerResponse) => unknown): Promise<Given> {
  const asked = new Map<string, number>();
  const server = await startWebServer((_, response, { pathname }) => {
    const nth = (asked.get(pathname) ?? 0) + 1;
    asked.set(pathname, nth);
    if (answer(pathname, nth, response) !== undefined) return;
    if (pathname !== "/feed") return void response.end(readFileSync(media.at(pathname)));
    const items = NAMES.map((name) => ({
      ...{ id: name, title: name, attachments: [{ url: `${server.url}/${name}`, mime_type: "video/mp4" }] },
    }));
    response.end(JSON.stringify({ version: "https://jsonfeed.org/version/1.1", title: "F", items }));
  });
  servers.push(server);
  return { source: { kind: "feed", url: `${server.url}/feed` }, allowPrivate: true };
}

const status =
  (wanted: string, code: number, headers: Record<string, string> = {}, until = Number.POSITIVE_INFINITY) =>
  (path: string, nth: number, response: ServerResponse) =>
    path === wanted && nth <= until ? response.writeHead(code, headers).end() : undefined;

/** Half of what was promised, and then the connection is gone. */
const cut = (path: string, _nth: number, response: ServerResponse) =>
  path === "/a.mp4"
    ? response.writeHead(200, { "content-length": "9000" }).write(Buffer.alloc(99), () => response.destroy())
    : undefined;

type FeedCase = Failure & { readonly name: string; readonly answer: Parameters<typeof feed>[0] };

const LISTING: readonly FeedCase[] = [
  {
    name: "the platform answers 500 each time",
    answer: status("/feed", 500),
    ...{ fails: "job", code: "source_failed", errorClass: "transient", at: "listing", isRetried: true },
    message: /answered with status 500/,
  },
  {
    name: "the platform is busy, and passes",
    answer: status("/feed", 429, { "retry-after": "1" }, 1),
    ...{ fails: "nothing", code: "rate_limited", errorClass: "transient", at: "listing", isRetried: true },
    message: /./,
  },
  {
    name: "the platform refuses",
    answer: status("/feed", 404),
    ...{ fails: "job", code: "source_refused", errorClass: "environment", at: "listing" },
    message: /answered with status 404/,
  },
  {
    name: "it is no feed",
    answer: (path, _nth, response) => (path === "/feed" ? response.end("hello") : undefined),
    ...{ fails: "job", code: "source_failed", errorClass: "transient", at: "listing" },
    message: /./,
  },
  {
    name: "it has no end",
    answer: (path, _nth, response) => (path === "/feed" ? response.end(Buffer.alloc(9 << 20)) : undefined),
    ...{ fails: "job", code: "input_too_large", errorClass: "input", at: "listing" },
    message: /larger than \d+ bytes/,
  },
];

const DOWNLOADING: readonly FeedCase[] = [
  {
    name: "the clip is gone there",
    answer: status("/a.mp4", 404),
    ...{ fails: "clip", code: "source_refused", errorClass: "environment", at: "downloading" },
    message: /answered with status 404/,
  },
  {
    name: "the connection breaks each time",
    answer: cut,
    ...{ fails: "clip", code: "source_failed", errorClass: "transient", at: "downloading", isRetried: true },
    message: /did not answer as it should/,
  },
  {
    name: "the server fails, and passes",
    answer: status("/a.mp4", 503, {}, 1),
    ...{ fails: "nothing", code: "source_failed", errorClass: "transient", at: "downloading", isRetried: true },
    message: /./,
  },
  {
    name: "the clip is too large",
    answer: (path, _nth, response) =>
      path === "/a.mp4" ? response.writeHead(200, { "content-length": String(3 * 2 ** 30) }).write("x") : undefined,
    ...{ fails: "clip", code: "input_too_large", errorClass: "input", at: "downloading" },
    message: /larger than \d+ bytes/,
  },
  {
    name: "what comes is no video",
    answer: (path, _nth, response) => (path === "/a.mp4" ? response.end("no video\n".repeat(99)) : undefined),
    ...{ fails: "clip", code: "input_not_media", errorClass: "input", at: "probing" },
    message: /is not a video/,
  },
];

// They wait for themselves, most of the time: together they take as long as the longest.
describe.concurrent("of a feed", () => {
  test.each(LISTING)("listing: $name", async ({ answer, ...expected }) => {
    await expectFailure(setupAnalyze(media), await feed(answer), expected);
  });
  test.each(DOWNLOADING)("analyzing: $name", async ({ answer, ...expected }) => {
    await expectFailure(setupAnalyze(media), await feed(answer), expected);
  });
});

test("downloading: the output folder goes away; that ends the job", async () => {
  const setup = setupAnalyze(media);
  const outDir = join(setup.outDir, "new");
  const given = await feed((path) => {
    if (path !== "/a.mp4") return;
    rmSync(outDir, { recursive: true });
    writeFileSync(outDir, "in the way");
  });
  await expectFailure(
    setup,
    { ...given, outDir },
    {
      ...{ fails: "job", code: "output_unwritable", errorClass: "environment", at: "analyzing", left: ["new"] },
      message: /cannot write to/,
    },
  );
});

/** Done by ffmpeg before it begins, when it is to look at the first clip. */
const AT_A = (command: string) => `case "$*" in *a.mp4*) ${command};; esac`;
const complain = (text: string) => `echo "[error] ${text}" >&2; exit 1`;

const LOOKING: readonly (Failure & { readonly name: string; readonly ffmpeg: string })[] = [
  {
    name: "ffmpeg is killed each time",
    ffmpeg: AT_A("kill -9 $$"),
    ...{ fails: "clip", code: "ffmpeg_killed", errorClass: "transient", at: "analyzing", isRetried: true },
    message: /^ffmpeg was ended from outside/,
  },
  {
    name: "the clip cannot be decoded",
    ffmpeg: AT_A(complain("Error while decoding stream #0:0: Invalid data found when processing input")),
    ...{ fails: "clip", code: "decode_failed", errorClass: "input", at: "analyzing" },
    message: /"a\.mp4" is damaged/,
  },
  {
    name: "there is not enough memory each time",
    ffmpeg: AT_A(complain("Cannot allocate memory")),
    ...{ fails: "clip", code: "out_of_memory", errorClass: "environment", at: "analyzing", isRetried: true },
    message: /memory/,
  },
  {
    name: "this ffmpeg has no such filter",
    ffmpeg: complain("No such filter: 'scdet'"),
    ...{ fails: "job", code: "ffmpeg_unsuitable", errorClass: "environment", at: "analyzing" },
    message: /lacks a part that is needed/,
  },
  {
    name: "ffmpeg goes away",
    ffmpeg: AT_A('rm "$0"'),
    // The one that runs goes on; the next one is missing.
    ...{ fails: "job", code: "ffmpeg_missing", errorClass: "environment", at: "analyzing" },
    message: /ffmpeg/,
  },
];

test.each(LOOKING)("analyzing: $name", async ({ ffmpeg, ...expected }) => {
  const setup = setupAnalyze(media);
  const ffmpegPath = writeFakeFfmpeg(`${setup.outDir}-ffmpeg`, ffmpeg);
  await expectFailure(setup, { source: clips().source, ffmpegPath }, expected);
});

test("probing: a clip that is gone by then costs itself only", async () => {
  const { folder, source } = clips();
  await expectFailure(
    setupAnalyze(media),
    { source, onJob: () => rmSync(join(folder, "a.mp4")) },
    {
      ...{ fails: "clip", code: "input_missing", errorClass: "input", at: "probing" },
      message: /^there is no file "a\.mp4"$/,
    },
  );
});

test("probing: an ffprobe that is killed each time", async () => {
  const setup = setupAnalyze(media);
  const bin = media.folder("bin");
  writeFakeFfmpeg(`${bin}/ffmpeg`);
  const probing = 'case "$*" in *a.mp4*) kill -9 $$;; esac';
  writeFakeFfmpeg(`${bin}/ffprobe`, probing, 'exec ffprobe "$@"');
  await expectFailure(
    setup,
    { source: clips().source, ffmpegPath: `${bin}/ffmpeg` },
    {
      ...{ fails: "clip", code: "ffmpeg_failed", errorClass: "internal", at: "probing", isRetried: true },
      message: /^ffprobe ended unexpectedly$/,
    },
  );
});

test("reporting: the report's name is taken; what was kept goes again", async () => {
  const setup = setupAnalyze(media);
  const given = await feed((path) => {
    if (path === "/b.mp4") mkdirSync(join(setup.outDir, "report.json"));
  });
  await expectFailure(
    setup,
    { ...given, keepTop: true },
    {
      ...{ fails: "job", code: "output_unwritable", errorClass: "environment", at: "reporting" },
      ...{ message: /^cannot write to/, left: ["report.json"] },
    },
  );
});
