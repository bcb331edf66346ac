import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { coloursOf, lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, pictures, QUICK, tone } from "../../fixtures/media-folder.ts";
import { playWhole } from "../../fixtures/play-whole.ts";
import { setupMerge } from "../../fixtures/setup-merge.ts";
import type { Segments } from "./segments.ts";

const media = createMediaFolder();
const at = (name: string) => media.at(name);

beforeAll(() => {
  media.make("a.mp4", ...pictures("160x90", 25, 1), ...tone(1), ...QUICK);
  media.make("longer.mp4", ...pictures("160x90", 25, 1.6), ...tone(1.6), ...QUICK);
  media.make("b.mkv", ...pictures("120x90", 30, 1), ...QUICK);
  media.make("hidden.mp4", "-ss", "0.6", "-i", at("longer.mp4"), "-c", "copy");
  // Red, and upright.
  media.make("red.mp4", "-f", "lavfi", "-i", "color=red:s=90x160:r=25:d=0.4", ...QUICK);
});
afterAll(() => media.remove());

test("what happens is told stage by stage, with what went in and what came out", async () => {
  const { run, transport, stages, files, output, running } = setupMerge(media);
  const urlOf = (file: string) => `/media/${file.slice(file.lastIndexOf("/") + 1)}`;
  const { job_id, ...result } = await run({ inputs: [at("a.mp4"), { file: at("b.mkv"), title: "Second" }], urlOf });
  expect(stages()).toEqual([
    ...["stage.started upload", "stage.completed upload", "stage.started analysis", "stage.completed analysis"],
    ...["stage.started preparation", "stage.completed preparation", "stage.started merging", "stage.completed merging"],
    ...["task.skipped compression", "task.skipped storage_upload", "stage.started cleanup", "stage.completed cleanup"],
  ]);
  const facts = transport.facts();
  for (const { job_id: job } of facts) expect(job).toBe(job_id);
  const of = (type: string, stage: string) =>
    facts.find((fact) => fact.type === type && fact.data.task_id === stage)?.data;
  const inputBytes = readFileSync(at("a.mp4")).length + readFileSync(at("b.mkv")).length;
  expect(of("stage.started", "upload")).toMatchObject({ stage: "upload", video_count: 2, file_size_bytes: inputBytes });
  const size_bytes = readFileSync(output).length;
  expect(of("stage.completed", "merging")).toMatchObject({
    ...{ stage: "merging", video_count: 1, file_size_bytes: size_bytes, duration_ms: expect.any(Number) },
    details: { mode: "normalised", duration_sec: 2 },
  });
  const parts = facts.filter(({ type, data }) => type === "task.created" && data.parent_id === "preparation");
  expect(parts.map(({ data }) => [data.task_id, data.title, data.fields])).toEqual([
    ["preparation_1", "a.mp4", { part: 1, file: "a.mp4", duration_sec: 1 }],
    ["preparation_2", "Second", { part: 2, file: "b.mkv", duration_sec: 1 }],
  ]);
  const artifacts = facts.filter(({ type }) => type === "job.artifact_added").map(({ data }) => data.artifact);
  expect(artifacts).toEqual([
    expect.objectContaining({ type: "video", name: "merged.mp4", url: "/media/merged.mp4", size_bytes }),
    expect.objectContaining({ type: "segments", name: "merged.segments.json", url: "/media/merged.segments.json" }),
  ]);
  const segments = [
    expect.objectContaining({ part: 1, file: "a.mp4", title: "a.mp4", start_sec: 0, end_sec: 1 }),
    expect.objectContaining({ part: 2, file: "b.mkv", title: "Second", start_sec: 1, end_sec: 2 }),
  ];
  const facts_ = { file: "merged.mp4", size_bytes, width: 160, height: 90, mode: "normalised", segments };
  expect(result).toMatchObject({ state: "completed", completed: 1, summary: { ...facts_, parts: 2 } });
  const told = JSON.parse(readFileSync(`${output.slice(0, -4)}.segments.json`, "utf8")) as Segments;
  expect(told).toMatchObject({ version: 1, ...facts_ });
  expect(files()).toEqual(["merged.mp4", "merged.segments.json"]);
  expect(running()).toEqual([]);
  expect(JSON.stringify(transport.records)).not.toContain(media.path);
});

test("parts that are alike are copied: not a bit of their pictures is another", async () => {
  const { run, output, log } = setupMerge(media);
  const { state, summary } = await run({ inputs: [at("a.mp4"), at("longer.mp4"), at("a.mp4")] });
  expect(state).toBe("completed");
  expect(log()).toEqual([
    "info 3 parts, 3.6 s: copied without encoding, since all 3 parts have the same streams (h264 and aac)",
  ]);
  expect(summary).toMatchObject({ mode: "copied", frame_rate: 25 });
  expect(await playWhole(output)).toMatchObject({ picturesSec: 3.6, complaints: "" });
  const rest = media.make("rest.mp4", "-ss", "2.6", "-i", output, "-c", "copy");
  const hash = (path: string) => coloursOf(path, 16, 9).join();
  expect(hash(rest)).toBe(hash(at("a.mp4")));
});

test("a copy that does not come out right is not believed: the parts are encoded instead, and it is said", async () => {
  const { run, output, log, stages } = setupMerge(media);
  const { state, summary } = await run({ inputs: [at("a.mp4"), at("hidden.mp4")] });
  expect(state).toBe("completed");
  expect(log().filter((line) => line.startsWith("warning "))).toEqual([
    expect.stringMatching(
      /^warning a copy of the streams did not come out right: expected 50 pictures, got \d+; each part is encoded instead$/,
    ),
  ]);
  expect(summary).toMatchObject({ mode: "normalised", reason: expect.stringMatching(/did not come out right/) });
  expect(stages()).toContain("task.skipped preparation");
  expect((await playWhole(output)).picturesSec).toBeCloseTo(2, 1);
});

test("what was uploaded is taken over, and may go away then", async () => {
  const { run, transport } = setupMerge(media);
  const uploaded = media.make("uploaded.mp4", "-i", at("a.mp4"), "-c", "copy");
  const stop = transport.watch(({ type, data }) => {
    if (type !== "stage.completed" || data.stage !== "upload") return;
    stop();
    rmSync(uploaded);
  });
  const { state } = await run({ inputs: [at("b.mkv"), { file: uploaded, isUpload: true }] });
  expect(state).toBe("completed");
  const taken = transport.facts().find(({ type, data }) => type === "task.completed" && data.task_id === "upload_2");
  expect(taken?.data.details).toMatchObject({ text: "taken over by a link" });
});

test.each([
  { fit: "pad", left: "black", middle: "red" },
  { fit: "crop", left: "red", middle: "red" },
  { fit: "blur", left: "dim red", middle: "red" },
] as const)("another shape, by $fit", async ({ fit, left, middle }) => {
  const { run, output } = setupMerge(media);
  await run({ inputs: [at("red.mp4"), at("a.mp4")], fit, size: { width: 160, height: 90 } });
  const hue = (colour = "") => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16));
    if (green + blue > 60) return colour;
    return red < 30 ? "black" : red > 240 ? "red" : "dim red";
  };
  const colours = coloursOf(output, 9, 1);
  expect([hue(colours[0]), hue(colours[4])]).toEqual([left, middle]);
});

test("the brightness of HDR is brought to that of other videos", async () => {
  const { run, output } = setupMerge(media);
  const flags = ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"];
  // Half of the PQ scale is about 100 nits: as white as other videos get, and not grey.
  const grey = ["-f", "lavfi", "-i", "color=0x828282:s=160x90:r=25:d=0.4"];
  const hdr = media.make(
    "hdr.mp4",
    ...grey,
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p10le",
    ...flags,
  );
  expect(await run({ inputs: [hdr, at("a.mp4")] })).toMatchObject({ state: "completed" });
  const [colour = ""] = coloursOf(output, 1, 1);
  expect(Number.parseInt(colour.slice(1, 3), 16)).toBeGreaterThan(150);
  expect(await lookAt(output)).toMatchObject({ pixelFormat: "yuv420p", complaints: "" });
});

test.each([
  { name: "copies", inputs: ["a.mp4", "longer.mp4"], maxBytes: 26_000 },
  { name: "prepared parts", inputs: ["a.mp4", "b.mkv"], maxBytes: 30_000 },
  { name: "copies that are small enough", inputs: ["a.mp4", "longer.mp4"], maxBytes: 9_000_000, isCopy: true },
])("a size is met: $name", async ({ inputs, maxBytes, isCopy = false }) => {
  const { run, output, log } = setupMerge(media);
  const { summary } = await run({ inputs: inputs.map(at), target: { kind: "size", maxBytes } });
  const { sizeBytes, complaints } = await playWhole(output);
  expect(sizeBytes).toBeLessThanOrEqual(maxBytes);
  expect(summary).toMatchObject({ target_met: true, size_bytes: sizeBytes });
  expect(complaints).toBe("");
  expect(log().some((line) => line.includes("is not encoded again"))).toBe(isCopy);
});

test("a size that cannot be met is said to be so; the result is as small as it gets", async () => {
  const { run, log } = setupMerge(media);
  const { state, summary } = await run({
    inputs: [at("a.mp4"), at("b.mkv")],
    target: { kind: "size", maxBytes: 2_000 },
  });
  expect(state).toBe("completed");
  expect(summary).toMatchObject({ target_met: false });
  expect(Number(summary?.size_bytes)).toBeGreaterThan(2_000);
  expect(log().at(-1)).toMatch(/^warning the size could not be met: it has .* kB; at most 2 kB were wanted\./);
});

test("a quality of copies is reached by encoding them once, of others by preparing them so", async () => {
  const copies = setupMerge(media);
  const target = { kind: "quality", crf: 40 } as const;
  await copies.run({ inputs: [at("a.mp4"), at("longer.mp4")], target });
  expect(copies.stages()).toContain("stage.completed compression");
  const others = setupMerge(media);
  await others.run({ inputs: [at("a.mp4"), at("b.mkv")], target });
  expect(others.stages()).toContain("task.skipped compression");
  const fine = setupMerge(media);
  await fine.run({ inputs: [at("a.mp4"), at("b.mkv")], target: { kind: "quality", crf: 15 } });
  const sizes = [others, fine].map(({ output }) => readFileSync(output).length);
  expect(sizes[0]).toBeLessThan((sizes[1] ?? 0) / 2);
});
