import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createMediaFolder, filesIn, pictures, QUICK, tone } from "../../fixtures/media-folder.ts";
import { runIdsIn, runningFfmpegs } from "../../fixtures/running-ffmpegs.ts";
import { setupAnalyze } from "../../fixtures/setup-analyze.ts";
import { linesOf } from "../../fixtures/setup-run.ts";
import { waitUntil } from "../../fixtures/wait-until.ts";
import { startWebServer, type WebHandler } from "../../fixtures/web-server.ts";
import type { Report } from "./report/report.ts";

const media = createMediaFolder();
const clips = () => media.at("clips-1");

beforeAll(() => {
  media.folder("clips");
  const cuts = ["testsrc2", "smptebars", "rgbtestsrc", "testsrc"].flatMap((name) => [
    "-f",
    "lavfi",
    "-i",
    `${name}=s=160x90:r=25:d=1`,
  ]);
  const lively = [
    ...cuts,
    ...tone(4),
    "-filter_complex",
    "[0][1][2][3]concat=n=4[v]",
    "-map",
    "[v]",
    "-map",
    "4",
    ...QUICK,
  ];
  media.make("clips-1/lively.mp4", ...lively);
  media.make(
    "clips-1/calm.mp4",
    "-f",
    "lavfi",
    "-i",
    "color=gray:s=160x90:r=25:d=4",
    ...tone(4),
    "-shortest",
    ...QUICK,
  );
  media.make("clips-1/black.mkv", "-f", "lavfi", "-i", "color=black:s=160x90:r=25:d=4", ...QUICK);
  writeFileSync(media.at("clips-1/broken.mp4"), "no video at all\n".repeat(99));
  writeFileSync(media.at("clips-1/notes.txt"), "not looked at");
});
afterAll(() => media.remove());

const reportIn = (outDir: string) => JSON.parse(readFileSync(join(outDir, "report.json"), "utf8")) as Report;

async function serve(handle: WebHandler) {
  const server = await startWebServer(handle);
  onTestFinished(() => server.close());
  return server;
}

/** A JSON feed of these files of the server. */
function feedOf(base: string, names: readonly string[]): string {
  const items = names.map((name) => ({
    id: name,
    title: name,
    attachments: [{ url: `${base}/${name}`, mime_type: "video/mp4" }],
  }));
  return JSON.stringify({ version: "https://jsonfeed.org/version/1.1", title: "F", items });
}

test("a folder: every clip has its score, the best are named, one that fails costs itself only", async () => {
  const { run, outDir, transport, registryDir } = setupAnalyze(media);
  const result = await run({ source: { kind: "folder", path: clips() }, top: 2, jobId: "job_folder" });
  expect(result).toMatchObject({ state: "completed", completed: 3, failed: 1, skipped: 0, canceled: 0, error: null });
  expect(result.top.map(({ title, rank }) => [title, rank])).toEqual([
    ["lively", 1],
    ["calm", 2],
  ]);

  const report = reportIn(outDir);
  expect(report).toMatchObject({ version: 1, basis: "media", note: null, left_out: 0 });
  expect(report.clips.map(({ title }) => title)).toEqual(["lively", "calm", "black"]);
  const [best, , worst] = report.clips;
  expect(best?.measured).toMatchObject({ shots: 4, silence_sec: 0, black_sec: 0 });
  expect(worst?.measured).toMatchObject({ shots: 1, loudness_lufs: null, black_sec: 4 });
  for (const { score, parts } of report.clips) {
    const weights = parts.reduce((sum, { weight }) => sum + weight, 0);
    const mean = parts.reduce((sum, { value, weight }) => sum + value * weight, 0) / weights;
    expect(score).toBeCloseTo(100 * mean, 1);
  }
  expect(report.failed).toEqual([
    { title: "broken", error_code: "input_not_media", error_message: expect.stringContaining('"broken.mp4"') },
  ]);
  expect(readFileSync(join(outDir, "report.csv"), "utf8").split("\r\n")).toHaveLength(5);
  expect(filesIn(outDir)).toEqual(["report.csv", "report.json"]);
  expect(filesIn(registryDir)).toEqual([]);

  const facts = transport.facts();
  const videos = facts.filter(({ type, data }) => type === "video.created" && data.title === "lively");
  expect(linesOf(transport, String(videos[0]?.data.task_id))).toEqual([
    "video.created",
    "video.updated processing",
    "video.updated probing",
    "video.updated analyzing",
    "video.completed completed",
  ]);
  const completed = facts.find(({ type, data }) => type === "video.completed" && data.title === "lively");
  expect(completed?.data.details).toMatchObject({ score: best?.score, basis: "media", shots: 4 });
  const ended = facts.find(({ type }) => type === "job.completed");
  expect(ended?.data.summary).toMatchObject({
    ...{ clips_total: 4, clips_analyzed: 3, clips_failed: 1, best_score: best?.score, report: "report.json" },
    top: [
      { rank: 1, title: "lively", score: best?.score, file: "lively.mp4", url: null },
      { rank: 2, title: "calm" },
    ],
  });
  // What viewers see names files without their folders.
  expect(JSON.stringify(transport.records)).not.toContain(media.path);
});

test("weights decide what is best", async () => {
  const { run } = setupAnalyze(media);
  const only = { motion: 0, pace: 0, loudness: 0, sound: 0, picture: 0, length: 1 };
  const { top } = await run({ source: { kind: "folder", path: clips() }, weights: only });
  expect(top.map(({ score, item_id }) => [item_id, score])).toEqual(
    [
      ["black.mkv", 50],
      ["calm.mp4", 50],
      ["lively.mp4", 50],
    ].map(([id]) => [id, expect.closeTo(50, 0)]),
  );
});

test("a feed: files are fetched, counted in bytes, looked at, and let go of; the best are kept if asked for", async () => {
  const server = await serve((_, response, { pathname }) => {
    if (pathname === "/feed") response.end(feedOf(server.url, ["black.mkv", "lively.mp4", "calm.mp4", "gone.mp4"]));
    else if (pathname === "/gone.mp4") response.writeHead(404).end();
    else {
      const content = readFileSync(join(clips(), pathname));
      response.writeHead(200, { "content-length": String(content.length) }).end(content);
    }
  });
  const { run, outDir, transport, registryDir } = setupAnalyze(media);
  const feed = { source: { kind: "feed", url: `${server.url}/feed` }, allowPrivate: true, top: 1 } as const;
  const result = await run({ ...feed, keepTop: true });
  expect(result).toMatchObject({ state: "completed", completed: 3, failed: 1 });
  const [best] = result.top;
  expect(best).toMatchObject({
    title: "lively.mp4",
    url: `${server.url}/lively.mp4`,
    file: expect.stringMatching(/media\/[0-9a-f]{16}\.mp4$/),
  });
  expect(readFileSync(best?.file ?? "").equals(readFileSync(join(clips(), "lively.mp4")))).toBe(true);
  expect(readdirSync(join(outDir, "media"))).toHaveLength(1);
  expect(filesIn(outDir)).toEqual(["media", "report.csv", "report.json"]);
  expect(filesIn(registryDir)).toEqual([]);
  expect(reportIn(outDir).failed).toMatchObject([{ title: "gone.mp4", error_code: "source_refused" }]);
  const told = transport.records.flatMap(({ data }) => {
    const details = data.details as Record<string, unknown> | undefined;
    return typeof details?.received_bytes === "number" ? [[details.received_bytes, details.total_bytes]] : [];
  });
  expect(told.length).toBeGreaterThan(0);
  for (const [received, total] of told) expect(received).toBeLessThanOrEqual(Number(total));

  const second = setupAnalyze(media);
  await second.run(feed);
  expect(filesIn(second.outDir)).toEqual(["report.csv", "report.json"]);
});

test("when nothing at all could be looked at, the job fails with the first reason, and leaves nothing", async () => {
  const folder = media.folder("bad");
  writeFileSync(join(folder, "a.mp4"), "text\n".repeat(99));
  const { run, outDir } = setupAnalyze(media);
  const result = await run({ source: { kind: "folder", path: folder }, outDir: join(outDir, "new") });
  expect(result).toMatchObject({ state: "failed", failed: 1, report: null, error: { code: "input_not_media" } });
  expect(filesIn(outDir)).toEqual([]);
});

test("a feed that lists no video, and one that is none, fail the job once", async () => {
  const server = await serve(
    (_, response, { pathname }) => void response.end(pathname === "/empty" ? feedOf("", []) : "hello"),
  );
  for (const path of ["/empty", "/text"]) {
    const { run } = setupAnalyze(media);
    const { state, error } = await run({ source: { kind: "feed", url: server.url + path }, allowPrivate: true });
    expect([state, error]).toEqual(["failed", expect.objectContaining({ code: "source_failed", retryable: false })]);
  }
  expect(server.asked).toEqual(["/empty", "/text"]);
});

const folder = (path: string) => ({ source: { kind: "folder", path } }) as const;
test.each([
  ["no such folder", () => folder(media.at("nowhere")), "input_missing", /there is no folder "nowhere"/],
  ["a file", () => folder(join(clips(), "calm.mp4")), "input_missing", /"calm.mp4" is not a folder/],
  ["a folder without videos", () => folder(media.folder("none")), "input_missing", /there is no video in the folder/],
  ["an unknown weight", () => ({ ...folder(clips()), weights: { fun: 1 } }), "validation_error", /no part "fun"/],
  ["a top of none", () => ({ ...folder(clips()), top: 0 }), "validation_error", /expected top to be a whole number/],
  [
    "a feed on this machine",
    () => ({ source: { kind: "feed", url: "http://127.0.0.1:1/" } }) as const,
    "source_refused",
    /leads to this machine/,
  ],
  [
    "an ffmpeg that is not there",
    () => ({ ...folder(clips()), ffmpegPath: media.at("no-ffmpeg") }),
    "ffmpeg_missing",
    /./,
  ],
])("%s is refused before there is a job", async (_, options, code, message) => {
  const { run, transport, outDir } = setupAnalyze(media);
  await expect(run(options())).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect([transport.records, filesIn(outDir)]).toEqual([[], []]);
});

test("a pause stops what runs, and a cancel ends it; nothing is left", async () => {
  const long = media.folder("long");
  media.make(`${long.split("/").at(-1)}/long.mp4`, ...pictures("960x540", 25, 15), ...QUICK);
  const { run, outDir, transport, registryDir } = setupAnalyze(media);
  const running = run({ source: { kind: "folder", path: long }, jobId: "job_long", outDir: join(outDir, "new") });
  await waitUntil(
    "it is looked at",
    () => transport.facts().some(({ data }) => data.step === "analyzing") && runIdsIn(registryDir).size === 1,
  );
  const runIds = runIdsIn(registryDir);
  transport.command("job_long", "pause");
  const look = () => runningFfmpegs(runIds);
  await waitUntil("it is stopped", () => look().length > 0 && look().every(({ state }) => state === "T"));
  transport.command("job_long", "cancel");
  expect(await running).toMatchObject({ state: "canceled", completed: 0, canceled: 1, report: null });
  expect([look(), filesIn(registryDir), filesIn(outDir)]).toEqual([[], [], []]);
});

test("a cancel ends a download in its middle, and a pause holds it up", async () => {
  const content = Buffer.alloc(200_000, 1);
  let sendRest = () => {};
  const server = await serve((_, response, { pathname }) => {
    if (pathname === "/feed") return void response.end(feedOf(server.url, ["a.mp4"]));
    response.writeHead(200, { "content-length": String(2 * content.length + 1) }).write(content);
    sendRest = () => response.write(content);
  });
  const { run, outDir, transport, registryDir } = setupAnalyze(media);
  const running = run({ source: { kind: "feed", url: `${server.url}/feed` }, allowPrivate: true, jobId: "job_down" });
  const received = () =>
    Math.max(
      0,
      ...transport.records.map(({ data }) =>
        Number((data.details as Record<string, unknown> | undefined)?.received_bytes ?? 0),
      ),
    );
  await waitUntil("a half is there", () => received() === content.length);
  transport.command("job_down", "pause");
  sendRest();
  await waitUntil("it is paused", () => transport.facts().some(({ data }) => data.new_state === "paused"));
  expect(received()).toBe(content.length);
  transport.command("job_down", "resume");
  await waitUntil("it goes on", () => received() > content.length);
  expect(filesIn(outDir)).toEqual([expect.stringMatching(/^\.[0-9a-f]{16}\.[0-9a-f]{8}\.part$/)]);
  transport.command("job_down", "cancel");
  expect(await running).toMatchObject({ state: "canceled", report: null });
  expect([filesIn(outDir), filesIn(registryDir)]).toEqual([[], []]);
});
