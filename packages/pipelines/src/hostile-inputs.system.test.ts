import { execFile } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { PlayheadError } from "@playhead/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHostileMedia, type HostileInput, type HostileWorld } from "../fixtures/hostile-media.ts";
import { createMediaFolder, filesIn, tone } from "../fixtures/media-folder.ts";
import { setupAnalyze } from "../fixtures/setup-analyze.ts";
import { setupBulk, TINY_VIDEO } from "../fixtures/setup-bulk.ts";
import { setupMerge } from "../fixtures/setup-merge.ts";
import { setupRun } from "../fixtures/setup-run.ts";
import { startWebServer } from "../fixtures/web-server.ts";
import type { Report } from "./analyze/report/report.ts";
import { probe } from "./media/ffmpeg-calls.ts";

/** Nobody waits longer to be told no, on a machine that has much else to do: elsewhere it is a second or two. */
const LIMIT_MS = 45_000;

const media = createMediaFolder();
let world: HostileWorld;

beforeAll(async () => {
  world = await createHostileMedia(media);
});
afterAll(async () => {
  await world.close();
  media.remove();
});

/** How something ended: `accepted`, or the code of the error. */
async function endOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "accepted",
    (error: unknown) => (error instanceof PlayheadError ? error.code : String(error)),
  );
}

/** Hands every input to an entrance, a few at a time, and compares how each ended with how it should. */
async function tryAll(entrance: (input: HostileInput) => Promise<string>): Promise<void> {
  const waiting = [...world.inputs];
  const worker = async () => {
    for (let input = waiting.shift(); input !== undefined; input = waiting.shift()) {
      const startMs = performance.now();
      const end = await entrance(input);
      expect(input.ends, `${input.name}: ${end}`).toContain(end);
      expect(performance.now() - startMs, input.name).toBeLessThan(LIMIT_MS);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  expect(world.connections()).toBe(0);
}

test("probe: each is refused, none reads another file or calls anyone", async () => {
  expect(world.inputs.length).toBeGreaterThan(60);
  await tryAll(({ path }) => endOf(probe(path, { requireVideo: true })));
});

test("clips: the same, before there is a job", async () => {
  const scenes = [{ scene_id: "1", title: "One", start_sec: 0, end_sec: 0.5 }];
  await tryAll(async (input) => {
    const { run, transport, files } = setupRun(media);
    const running = run({ input: input.path, scenes, styles: ["original"] });
    const end = await endOf(running);
    if (end !== "accepted") expect([transport.records, files()]).toEqual([[], []]);
    // A video is cut like any other, or its job fails: `output_invalid` where not a frame of its own is in it.
    const { error } = end === "accepted" ? await running : { error: null };
    return error === null ? end : (error as PlayheadError).code;
  });
});

test("merge: the same, beside a harmless one; nothing is left of it", async () => {
  await tryAll(async (input) => {
    const { run, files, running } = setupMerge(media);
    // What is in a folder here, and what somebody has uploaded, are taken in by different ways.
    const merging = run({ inputs: [world.good, { file: input.path, isUpload: input.isFile }] });
    const end = await endOf(merging);
    const error = end === "accepted" ? (await merging).error : null;
    const code = error === null ? end : (error as PlayheadError).code;
    expect([files(), running()]).toEqual([code === "accepted" ? ["merged.mp4", "merged.segments.json"] : [], []]);
    return code;
  });
});

test("bulk, pictures and sounds of rows: each row fails alone, the harmless one is made", async () => {
  const good = media.make("voice.wav", ...tone(0.2));
  const picture = media.make("blue.png", "-f", "lavfi", "-i", "color=c=blue:s=8x8", "-frames:v", "1");
  const rows = [
    ...world.inputs.flatMap(({ path, name }, i) => [
      { name: `${i} picture ${name}`, a: path, b: good },
      { name: `${i} sound ${name}`, a: picture, b: path },
    ]),
    { name: "good", a: picture, b: good },
  ];
  const template = {
    ...{ video: TINY_VIDEO, title: { text: "{{name}}", duration_sec: 0.2 }, output: { file: "{{name}}" } },
    ...{ images: { from: ["{{a}}"], duration_sec: 0.2 }, narration: { from: "{{b}}" } },
  };
  const { run, transport, files, running } = setupBulk(media);
  // As whoever says --any-folder: names are not looked at, so what is in the files has to be.
  const result = await run(JSON.stringify(rows), template, { fileOf: (name) => name });
  expect(result.state).toBe("completed");
  // A picture whose name looks like a sequence's is a picture.
  expect(result.videos.map(({ title }) => title.replace(/^\d+ /, "")).toSorted()).toEqual([
    ...["good", "picture frame%03d.png"],
  ]);
  const codes = new Set(
    transport.facts().flatMap(({ type, data }) => (type === "video.failed" ? [data.error_code] : [])),
  );
  for (const code of codes) expect(String(code)).toMatch(/^(input_\w+|decode_failed|ffmpeg_failed)$/);
  expect(files().filter((name) => /part|^\./.test(name))).toEqual([]);
  expect(running()).toEqual([]);
  expect(world.connections()).toBe(0);
});

test("analyze, a folder of them: each fails alone, the harmless one is looked at", async () => {
  const { run, outDir } = setupAnalyze(media);
  const [first] = world.inputs;
  const folder = dirname(first?.path ?? "");
  copyFileSync(world.good, join(folder, "good.mp4"));
  const result = await run({ source: { kind: "folder", path: folder }, maxItems: 500 });
  expect(result.state).toBe("completed");
  const { clips, failed } = JSON.parse(readFileSync(join(outDir, "report.json"), "utf8")) as Report;
  expect(clips.map(({ item_id }) => item_id).toSorted()).toEqual(["attached.mkv", "good.mp4", "hidden-playlist.avi"]);
  // Links that lead out of the folder are not followed: whoever fills it is not always whoever owns what they lead to.
  const ends = new Map(
    world.inputs.map(({ name, ends }) => [
      name,
      ["passwd.mp4", "environment.mp4"].includes(name) ? ["input_refused"] : ends,
    ]),
  );
  for (const { title, error_code } of failed) {
    const name = [...ends.keys()].find((each) => each.startsWith(`${title}.`)) ?? title;
    expect(ends.get(name), `${title}: ${error_code}`).toContain(error_code);
  }
  expect(failed.length).toBeGreaterThan(30);
  expect(world.connections()).toBe(0);
});

test("analyze, a feed of them: files are fetched and refused, other addresses are not even called", async () => {
  const served = world.inputs.filter(({ isFile }) => isFile);
  const server = await startWebServer((_, response, url) => {
    const input = served[Number(/^\/media\/(\d+)$/.exec(url.pathname)?.[1] ?? -1)];
    if (input !== undefined) return void response.end(readFileSync(input.path));
    const addresses = world.inputs.filter(({ isFile, path }) => !isFile && URL.canParse(path));
    const items = [
      ...served.map(({ name }, i) => ({ id: name, url: `${server.url}/media/${i}` })),
      // Those that go over http are real addresses for a feed: they are called, and so are not asked here.
      ...addresses.filter(({ path }) => !path.startsWith("http:")).map(({ name, path }) => ({ id: name, url: path })),
      { id: "good", url: `${server.url}/good` },
    ];
    if (url.pathname === "/good") return void response.end(readFileSync(world.good));
    const attachments = (address: string) => [{ url: address, mime_type: "video/mp4" }];
    response.end(
      JSON.stringify({
        version: "https://jsonfeed.org/version/1.1",
        title: "x",
        items: items.map(({ id, url: address }) => ({ id, title: id, attachments: attachments(address) })),
      }),
    );
  });
  const { run, outDir } = setupAnalyze(media);
  const result = await run({ source: { kind: "feed", url: `${server.url}/feed` }, maxItems: 500, allowPrivate: true });
  await server.close();
  expect(result.state).toBe("completed");
  const { clips, failed } = JSON.parse(readFileSync(join(outDir, "report.json"), "utf8")) as Report;
  expect(clips.map(({ title }) => title).toSorted()).toEqual(["attached.mkv", "good", "hidden-playlist.avi"]);
  for (const { title, error_code } of failed) {
    const input = world.inputs.find(({ name }) => name === title);
    // Only http and https are called; without a name's ending, ffmpeg tells a numbered picture as what it is.
    const ends = input?.isFile === true ? [...input.ends, "input_no_video"] : ["source_refused"];
    expect(ends, `${title}: ${error_code}`).toContain(error_code);
  }
  expect(failed.length).toBeGreaterThan(50);
  expect(filesIn(outDir)).toEqual(["report.csv", "report.json"]);
  expect(world.connections()).toBe(0);
});

test("they do bite: an ffprobe without our guard reads the other file, and calls", async () => {
  const path = (name: string) => world.inputs.find((each) => each.name === name)?.path ?? "";
  const before = world.connections();
  const open = (...args: readonly string[]) =>
    promisify(execFile)("ffprobe", ["-v", "info", ...args], { timeout: 20_000 });
  await open("-protocol_whitelist", "file,crypto", path("local.mp4"));
  await open("-safe", "0", path("list.mp4"));
  await expect(open("-protocol_whitelist", "file,http,tcp", path("web.mp4"))).rejects.toThrow();
  expect(world.connections()).toBeGreaterThan(before);
  const drefs = ["-v", "debug", "-enable_drefs", "1", "-use_absolute_path", "1"];
  expect((await open(...drefs, path("hidden-reference.mov"))).stderr).toContain("secret.ts");
});
