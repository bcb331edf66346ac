import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeFakeFfmpeg } from "../../fixtures/fake-ffmpeg.ts";
import { lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, SCENES, TWO_SCENES } from "../../fixtures/media-folder.ts";
import { BROKEN, ownStyle } from "../../fixtures/own-styles.ts";
import { line, linesOf, setupRun } from "../../fixtures/setup-run.ts";
import type { ClipEntry } from "./manifest.ts";

const media = createMediaFolder();
const input = () => media.at("two.mp4");

beforeAll(() => {
  media.make("two.mp4", ...TWO_SCENES);
});
afterAll(() => media.remove());

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8")) as { readonly clips: readonly ClipEntry[] };

test("what happens to a clip is told in the documented order, with its fields", async () => {
  const { run, transport } = setupRun(media);
  const urlOf = (file: string) => `/media/${file.slice(file.lastIndexOf("/") + 1)}`;
  const { clips, job_id } = await run({ input: input(), scenes: SCENES, styles: ["split"], maxParallel: 1, urlOf });
  const [clip] = clips;
  const task_id = clip?.clip_id ?? "";
  expect(linesOf(transport, task_id)).toEqual([
    "task.created",
    "task.started processing",
    "clip.progress extracting_segment",
    "clip.progress rendering",
    "clip.progress render_complete",
    "task.artifact_added",
    "clip.uploaded",
    "clip.progress complete",
  ]);
  const facts = transport.facts().filter(({ data }) => data.task_id === task_id);
  const identity = { task_id, scene_id: "1", style: "split", clip_id: task_id };
  for (const { data, job_id: job } of facts) expect([job, data]).toEqual([job_id, expect.objectContaining(identity)]);
  const file = `01-split-${task_id.slice(5, 13)}`;
  expect(facts.map(({ data }) => data)).toEqual([
    expect.objectContaining({
      kind: "clip",
      parent_id: "scene_1",
      weight: 1.5,
      fields: { scene_id: "1", style: "split", clip_id: task_id, start_sec: 0, duration_sec: 1 },
    }),
    { ...identity, state: "processing" },
    { ...identity, step: "extracting_segment", percent_complete: 0, details: { text: "0:00 – 0:01 (1 s)" } },
    {
      ...identity,
      step: "rendering",
      percent_complete: 2,
      details: { text: "0:00 – 0:01 (1 s)", encoder: "x264", loudness_from_lufs: expect.closeTo(-21.7, 0) },
    },
    {
      ...identity,
      step: "render_complete",
      percent_complete: 96,
      details: {
        text: expect.stringMatching(/^1 s, [\d.]+ kB$/),
        speed_ratio: expect.any(Number),
        size_bytes: clip?.size_bytes,
        encoder: "x264",
        loudness_from_lufs: expect.closeTo(-21.7, 0),
      },
    },
    {
      ...identity,
      artifact: { type: "thumbnail", name: `${file}.jpg`, url: `/media/${file}.jpg`, mime_type: "image/jpeg" },
    },
    {
      ...identity,
      clip_count: 1,
      total_clips: 2,
      artifact: {
        type: "video",
        name: `${file}.mp4`,
        url: `/media/${file}.mp4`,
        size_bytes: clip?.size_bytes,
        mime_type: "video/mp4",
        metadata: { width: 360, height: 640, duration_sec: 1 },
      },
    },
    {
      ...identity,
      state: "completed",
      step: "complete",
      percent_complete: 100,
      details: {
        width: 360,
        height: 640,
        duration_sec: 1,
        size_bytes: clip?.size_bytes,
        render_sec: expect.any(Number),
        speed_ratio: expect.any(Number),
        encoder: "x264",
        loudness_from_lufs: expect.closeTo(-21.7, 0),
      },
    },
  ]);
});

test("what happens to scenes, stages and the job is told, and what viewers see names no folder", async () => {
  const { run, transport, outDir, files } = setupRun(media);
  const { clips, manifest } = await run({
    input: input(),
    styles: ["original", "split"],
    userId: "u1",
    maxParallel: 1,
  });
  const others = transport.facts().filter(({ data }) => data.style === undefined);
  expect(others.map(line)).toEqual([
    "job.created",
    "job.state_changed running",
    ...["task.created", "task.created", "stage.started processing", "stage.completed completed"],
    ...["stage.started processing", "task.created"],
    // Each scene starts with its first clip.
    ...["scene.started processing", "scene.completed completed"],
    ...["stage.completed completed", "job.artifact_added", "job.completed"],
  ]);
  const [created, , , , , , , , , scene] = others;
  expect(created?.data).toEqual({
    kind: "clips",
    title: "two.mp4",
    user_id: "u1",
    metadata: {
      input: "two.mp4",
      ...{ duration_sec: 2, width: 160, height: 90, size_bytes: expect.any(Number), styles: ["original", "split"] },
      ...{ encoder: "x264", loudness_lufs: -14 },
    },
  });
  expect(scene?.data).toMatchObject({ scene_id: "1", clips_completed: 2, clips_failed: 0 });
  expect(others.at(-1)?.data.summary).toEqual({
    scenes: 1,
    ...{ clips_total: 2, clips_completed: 2, clips_failed: 0, clips_skipped: 0 },
    ...{ wall_sec: expect.any(Number), media_sec: 4, speed_ratio: expect.any(Number) },
    size_bytes: clips.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
    fastest_style: expect.stringMatching(/^\w+, [\d.]+×$/),
    slowest_style: expect.stringMatching(/^\w+, [\d.]+×$/),
    manifest: "manifest.json",
  });
  expect(manifest).toBe(`${outDir}/manifest.json`);
  expect(manifestOf(outDir).clips.toSorted((a, b) => a.file.localeCompare(b.file))).toEqual(
    clips.toSorted((a, b) => a.file.localeCompare(b.file)),
  );
  expect(files()).toEqual(
    [...clips.flatMap(({ file, thumbnail }) => [file, thumbnail ?? ""]), "manifest.json"].toSorted(),
  );
  const logged = transport.records
    .filter(({ type }) => type === "log")
    .map(({ data }) => `${data.level}: ${data.message}`);
  expect(logged).toEqual([
    "info: found 1 scene in 2 s",
    "info: 1 scene × 2 styles: 2 clips, 1 at a time, encoded by x264",
    expect.stringMatching(/^info: the sound of scene 1 is at -21\.\d LUFS and is brought to -14$/),
    expect.stringMatching(/^info: Original of scene 1 is done: 2 s in [\d.]+ s, 160 × 90, [\d.]+ kB$/),
    expect.stringMatching(/^info: Split of scene 1 is done/),
    expect.stringMatching(/^info: 2 made, 0 skipped, 0 failed, in [\d.]+ s, [\d.]+ s of video a second$/),
  ]);
  expect(JSON.stringify(transport.records)).not.toContain(media.path);
});

test("a clip's bar never goes down, and its details are of the moment", async () => {
  const { run, transport } = setupRun(media);
  await run({
    input: input(),
    scenes: SCENES.slice(0, 1),
    styles: ["slow"],
    extraStyles: [ownStyle("slow", "realtime")],
  });
  const seen = transport.records.filter(({ type }) => type === "clip.progress");
  const percents = seen.map(({ data }) => Number(data.percent_complete));
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.at(-1)).toBe(100);
  const ticks = seen.filter(({ n, data }) => n === undefined && data.step === "rendering");
  expect(ticks.length).toBeGreaterThan(1);
  for (const { data } of ticks) {
    expect(data.details).toMatchObject({ text: "0:00 – 0:01 (1 s)" });
    const { fps = 1, speed_ratio = 1, size_bytes = 5_000 } = data.details as Record<string, number>;
    expect(fps).toBeGreaterThanOrEqual(0);
    expect(speed_ratio).toBeGreaterThanOrEqual(0);
    expect(size_bytes).toBeGreaterThan(1_000);
  }
});

test("a second run skips what is there, and makes what is gone, under the same names", async () => {
  const first = setupRun(media);
  const options = { input: input(), styles: ["original", "center_focus"] };
  const made = await first.run(options);
  const before = first.files();
  const gone = made.clips[1];
  rmSync(`${first.outDir}/${gone?.file}`);
  const second = setupRun(media, first.outDir);
  const again = await second.run(options);
  expect(again).toMatchObject({ state: "completed", completed: 1, skipped: 1, failed: 0, canceled: 0 });
  expect(again.clips.map(({ clip_id, file }) => [clip_id, file])).toEqual(
    made.clips.map(({ clip_id, file }) => [clip_id, file]),
  );
  expect(second.files()).toEqual(before);
  // Skipped without having been started, and still announced to those who watch this job.
  expect(linesOf(second.transport, made.clips[0]?.clip_id ?? "")).toEqual([
    "task.created",
    "task.skipped skipped",
    "task.artifact_added",
    "clip.uploaded",
  ]);
  expect(
    second.transport.facts().find(({ data }) => data.task_id === "finding_scenes" && data.state === "skipped"),
  ).toMatchObject({
    type: "task.skipped",
    data: { reason: "found in an earlier run" },
  });
  const third = setupRun(media, first.outDir);
  // The same video by another name.
  const renamed = media.at("renamed.mp4");
  copyFileSync(input(), renamed);
  expect(await third.run({ ...options, input: renamed })).toMatchObject({
    state: "completed",
    completed: 0,
    skipped: 2,
  });
  expect(
    third.transport
      .facts()
      .filter(({ data }) => data.task_id === "scene_1")
      .map(line),
  ).toEqual(["task.created", "task.skipped skipped"]);
});

test("a style that works in another way than before makes its clips anew", async () => {
  const { run, outDir } = setupRun(media);
  const options = { input: input(), scenes: SCENES.slice(0, 1), styles: ["own"] };
  const [first] = (await run({ ...options, extraStyles: [ownStyle("own", "null")] })).clips;
  const again = setupRun(media, outDir);
  const changed = await again.run({ ...options, extraStyles: [ownStyle("own", "hflip")] });
  expect(changed).toMatchObject({ completed: 1, skipped: 0 });
  expect(changed.clips[0]?.clip_id).not.toBe(first?.clip_id);
});

test("a style that fails costs its own clips only, and says why without naming folders", async () => {
  const { run, transport, files, outDir } = setupRun(media);
  const picky = ownStyle("picky", "null", {
    filters: () => {
      throw new Error("only for portraits");
    },
  });
  const result = await run({
    input: input(),
    scenes: SCENES,
    styles: ["original", "broken", "picky"],
    extraStyles: [BROKEN, picky],
  });
  expect(result).toMatchObject({ state: "completed", completed: 2, failed: 4, canceled: 0, error: null });
  expect(files()).toHaveLength(5);
  for (const { file } of result.clips) expect((await lookAt(`${outDir}/${file}`)).complaints).toBe("");
  const failures = transport.facts().filter(({ data }) => data.state === "failed");
  expect(
    failures.map(({ type, data }) => [type, data.scene_id, data.style, data.error_code, data.failed_step]).toSorted(),
  ).toEqual([
    ["clip.progress", "1", "broken", "filter_invalid", "extracting_segment"],
    ["clip.progress", "1", "picky", "task_failed", "extracting_segment"],
    ["clip.progress", "2", "broken", "filter_invalid", "extracting_segment"],
    ["clip.progress", "2", "picky", "task_failed", "extracting_segment"],
  ]);
  const scenes = transport.facts().filter(({ type }) => type === "scene.completed");
  expect(scenes.map(({ data }) => [data.state, data.clips_completed, data.clips_failed])).toEqual([
    ["completed", 1, 2],
    ["completed", 1, 2],
  ]);
  const errors = transport.records.filter(({ type, data }) => type === "log" && data.level === "error");
  expect(errors.map(({ data }) => data.message)).toContain("picky of scene 1 failed: only for portraits");
  const broken = errors.find(({ data }) => String(data.message).startsWith("broken of scene 1 failed"));
  expect(broken?.data.fields).toMatchObject({
    error_code: "filter_invalid",
    ffmpeg: expect.stringMatching(/^\[Parsed_crop_0 @ \w+\] \[error\] Invalid too big/),
  });
  expect(JSON.stringify(transport.records)).not.toContain(media.path);
});

test("where no clip could be made, the job fails with the reason", async () => {
  const { run, transport, outDir } = setupRun(media, media.at("made-for-nothing"));
  const result = await run({ input: input(), scenes: SCENES, styles: ["broken"], extraStyles: [BROKEN] });
  expect(result).toMatchObject({ state: "failed", completed: 0, failed: 2, clips: [], manifest: null });
  expect(result.error).toMatchObject({ code: "filter_invalid" });
  expect(transport.facts().at(-1)).toMatchObject({ type: "job.failed", data: { error_code: "filter_invalid" } });
  expect(existsSync(outDir)).toBe(false);
});

test("what may pass is tried again, and told", async () => {
  const { run, transport, registryDir } = setupRun(media);
  // Killed the first time, as by the system.
  const ffmpegPath = writeFakeFfmpeg(media.at("dies-once"), `mkdir "${registryDir}-died" 2>/dev/null && kill -KILL $$`);
  const result = await run({ input: input(), scenes: SCENES.slice(0, 1), styles: ["original"], ffmpegPath });
  expect(result).toMatchObject({ state: "completed", completed: 1, failed: 0 });
  const steps = linesOf(transport, result.clips[0]?.clip_id ?? "");
  expect(steps).toEqual([
    ...["task.created", "task.started processing", "clip.progress extracting_segment", "task.retried"],
    ...["clip.progress extracting_segment", "clip.progress rendering", "clip.progress render_complete"],
    ...["task.artifact_added", "clip.uploaded", "clip.progress complete"],
  ]);
  expect(transport.facts().find(({ type }) => type === "task.retried")?.data).toMatchObject({
    attempt: 2,
    error_code: "ffmpeg_killed",
    failed_step: "extracting_segment",
  });
  const warnings = transport.records.filter(({ type, data }) => type === "log" && data.level === "warning");
  expect(warnings.map(({ data }) => data.message)).toEqual([
    expect.stringMatching(/^attempt 1 of 3 failed: ffmpeg was ended from outside \(SIGKILL/),
  ]);
});

test("what does not pass fails after three attempts", async () => {
  const { run, transport } = setupRun(media);
  const ffmpegPath = writeFakeFfmpeg(media.at("always-dies"), "kill -KILL $$");
  const result = await run({ input: input(), scenes: SCENES.slice(0, 1), styles: ["original"], ffmpegPath });
  expect(result).toMatchObject({ state: "failed", failed: 1, error: { code: "ffmpeg_killed" } });
  expect(transport.facts().filter(({ type }) => type === "task.retried")).toHaveLength(2);
});

test("a clip without its thumbnail is a clip, with a warning", async () => {
  const { run, transport, files } = setupRun(media);
  const ffmpegPath = writeFakeFfmpeg(
    media.at("no-pictures"),
    'case "$*" in *mjpeg*) echo "[error] Invalid argument" >&2; exit 1;; esac',
  );
  const { state, clips } = await run({ input: input(), scenes: SCENES.slice(0, 1), styles: ["original"], ffmpegPath });
  expect({ state, thumbnail: clips[0]?.thumbnail }).toEqual({ state: "completed", thumbnail: null });
  expect(files()).toEqual([clips[0]?.file, "manifest.json"]);
  expect(
    transport.facts().filter(({ data }) => data.artifact !== undefined && data.task_id !== undefined),
  ).toHaveLength(1);
  expect(transport.records.find(({ data }) => data.level === "warning")?.data.message).toMatch(/^no thumbnail: /);
});

test.each([1, 2, 3])("never more than %d at a time", async (maxParallel) => {
  const { run, registryDir } = setupRun(media);
  const log = `${registryDir}.log`;
  const ffmpegPath = `${registryDir}-ffmpeg`;
  writeFakeFfmpeg(ffmpegPath, `echo begin >> "${log}"`, 'ffmpeg "$@"', "code=$?", `echo end >> "${log}"`, "exit $code");
  const styles = ["original", "center_focus", "left_focus"];
  expect(await run({ input: input(), scenes: SCENES, styles, maxParallel, ffmpegPath })).toMatchObject({
    completed: 6,
  });
  let [now, most] = [0, 0];
  for (const each of readFileSync(log, "utf8").trim().split("\n")) {
    now += each === "begin" ? 1 : -1;
    most = Math.max(most, now);
  }
  expect(now).toBe(0);
  expect(most).toBeLessThanOrEqual(maxParallel);
  expect(most).toBeGreaterThan(maxParallel === 1 ? 0 : 1);
});
