import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { getPriority } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clipArgs, createMediaFolder, PICTURES, QUICK } from "../../fixtures/media-files.ts";
import { pacedTask } from "../../fixtures/tasks.ts";
import { measureDuration } from "../measure-duration.ts";
import { EVEN_FILTER } from "../plan/even-size.ts";
import { planTask } from "../plan/plan.ts";
import type { FfmpegTask } from "../plan/task.ts";
import { probe } from "../probe/probe.ts";
import { findRunProcesses } from "../registry/proc.ts";
import type { FfmpegProgress } from "./progress-tracker.ts";
import { run } from "./run.ts";
import type { RunOptions } from "./run-options.ts";

const media = createMediaFolder();
const clip = () => media.at("clip.mp4");

beforeAll(() => {
  media.make("clip.mp4", ...clipArgs(2));
  media.make("varying.mp4", "-i", clip(), "-vf", "select=lt(n\\,10)+not(mod(n\\,4))", "-vsync", "vfr", ...QUICK);
});
afterAll(() => media.remove());

/** What a clip is by default; `output` is a name in the folder. */
function taskOf(output: string, changes: Partial<FfmpegTask> = {}): FfmpegTask {
  return {
    inputs: [{ kind: "file", path: clip(), sourceDurationSec: 2 }],
    video: { codec: "h264", preset: "ultrafast" },
    audio: { codec: "aac" },
    output: { kind: "file", path: media.at(output), format: "mp4" },
    ...changes,
  };
}

async function runTask(task: FfmpegTask, options: RunOptions = {}) {
  const seen: FfmpegProgress[] = [];
  const plan = planTask(task);
  const result = await run(plan, { onProgress: (progress) => seen.push(progress), ...options });
  return { result, seen, plan };
}

/** Names that no run may leave behind. */
const leftovers = () => readdirSync(media.path).filter((name) => /part|log|mbtree/.test(name));

test("an optional stream may have nothing in the part that is read; one that was asked for must be there", async () => {
  const short = media.make("short-sound.mp4", ...clipArgs(2), "-filter_complex", "[1]atrim=0:0.5", "-map", "0");
  const inputs = [{ kind: "file", path: short, startSec: 1, durationSec: 0.4 }] as const;
  const { result } = await runTask(taskOf("without.mp4", { inputs, maps: ["0:V:0", "0:a:0?"] }));
  expect(result.info).toMatchObject({ video: { width: 160 }, audio: [] });
  await expect(runTask(taskOf("with.mp4", { inputs, maps: ["0:V:0", "0:a:0"] }))).rejects.toMatchObject({
    code: "output_invalid",
    message: '"with.mp4" is not as planned: it has no sound',
  });
});

test("progress rises to 1, and only the last says 1", async () => {
  const { result, seen } = await runTask(pacedTask(clip(), media.at("paced.mp4")));
  const fractions = seen.map((progress) => progress.fraction ?? -1);
  expect(fractions.length).toBeGreaterThan(4);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(fractions[0]).toBe(0);
  expect(fractions.filter((fraction) => fraction === 1)).toHaveLength(1);
  expect(fractions.at(-1)).toBe(1);
  const phases = seen.map((progress) => progress.phase);
  expect(phases.filter((phase, i) => phase !== phases[i - 1])).toEqual(["starting", "encoding", "finalizing"]);
  expect(fractions.some((fraction) => fraction > 0.2 && fraction < 0.8)).toBe(true);
  expect(result).toMatchObject({
    outputPath: media.at("paced.mp4"),
    lostFrameCount: 0,
    info: { video: { width: 160 } },
  });
  expect(result.sizeBytes).toBe(readFileSync(media.at("paced.mp4")).length);
  expect(result.cpuSec).toBeGreaterThan(0);
  expect(result.peakMemoryBytes).toBeGreaterThan(1e6);
});

const source = { kind: "file", sourceDurationSec: 2 } as const;

test.each([
  {
    name: "a trim",
    expected: 0.8,
    changes: () => ({ inputs: [{ ...source, path: clip(), startSec: 0.7, durationSec: 0.8 }] }),
  },
  {
    name: "a trim past the end",
    expected: 0.5,
    changes: () => ({ inputs: [{ ...source, path: clip(), startSec: 1.5, durationSec: 9 }] }),
  },
  {
    name: "a trim of a varying rate",
    expected: 1,
    changes: () => ({ inputs: [{ ...source, path: media.at("varying.mp4"), startSec: 0.6, durationSec: 1 }] }),
  },
  {
    name: "twice as fast",
    expected: 1,
    changes: () => ({
      filterGraph: "[0:V:0]setpts=PTS/2[v];[0:a:0]atempo=2[a]",
      maps: ["[v]", "[a]"],
      length: { kind: "first-input", speedRatio: 2 } as const,
    }),
  },
  {
    name: "one after the other",
    expected: 3,
    changes: () => ({
      inputs: [
        { ...source, path: clip() },
        { ...source, path: clip(), startSec: 1 },
      ],
      filterGraph: "[0:V:0][1:V:0]concat=n=2:v=1[v]",
      maps: ["[v]"],
      audio: null,
      length: { kind: "sum-of-inputs" } as const,
    }),
  },
  {
    name: "a copy",
    expected: 2,
    changes: () => ({ video: { codec: "copy" } as const, audio: { codec: "copy" } as const }),
  },
  {
    name: "generated",
    expected: 0.6,
    changes: () => ({
      inputs: [{ kind: "generated", graph: PICTURES, durationSec: 0.6 } as const],
      maps: ["0:v:0"],
      audio: null,
    }),
  },
])("as long as planned: $name", async ({ expected, changes }) => {
  const { result, seen, plan } = await runTask(taskOf("long.mp4", changes()));
  expect(plan.expectedDurationSec).toBeCloseTo(expected, 3);
  expect(result.info?.durationSec).toBeGreaterThan(expected - 0.2);
  expect(result.info?.durationSec).toBeLessThan(expected + 0.2);
  expect(Math.max(...seen.map((progress) => progress.outTimeSec ?? 0))).toBeGreaterThan(expected * 0.8);
  expect(leftovers()).toEqual([]);
});

test("an unknown length has no fraction before the end", async () => {
  const { seen } = await runTask(
    taskOf("unknown.mp4", {
      filterGraph: "[0:V:0]select='not(mod(n,5))'[v]",
      maps: ["[v]"],
      audio: null,
      length: { kind: "unknown" },
    }),
  );
  expect(seen.slice(0, -1).every((progress) => progress.fraction === null)).toBe(true);
  expect(seen.at(-1)?.fraction).toBe(1);
});

test("two passes make one bar and leave no logs", async () => {
  const video = { codec: "h264", preset: "ultrafast", quality: { kind: "bitrate", kbps: 100, passes: 2 } } as const;
  const { seen, result } = await runTask(taskOf("passes.mp4", { video, maps: ["0:V:0", "0:a:0"] }));
  const fractions = seen.map((progress) => progress.fraction ?? -1);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(fractions.some((fraction) => fraction >= 0.3 && fraction <= 0.36)).toBe(true);
  expect(result.info?.audio).toHaveLength(1);
  expect(leftovers()).toEqual([]);
});

test("odd sizes: refused by the encoder with a reason, and made even by our filter", async () => {
  const odd = media.make("odd.mkv", "-f", "lavfi", "-t", "0.4", "-i", "testsrc=s=161x91", "-c:v", "mjpeg");
  const task = (filter: string) =>
    taskOf("odd.mp4", {
      inputs: [{ kind: "file", path: odd, sourceDurationSec: 0.4 }],
      filterGraph: `[0:V:0]${filter}[v]`,
      maps: ["[v]"],
      audio: null,
    });
  await expect(runTask(task("null"))).rejects.toMatchObject({
    code: "encoder_failed",
    message: "the encoder refused the frames (width not divisible by 2 (161x91))",
  });
  const { result } = await runTask(task(EVEN_FILTER));
  expect(result.info?.video).toMatchObject({ width: 160, height: 90 });
});

test("what is not as planned is no success, and what was there before stays", async () => {
  writeFileSync(media.at("kept.mp4"), "before");
  const wrongLength = taskOf("kept.mp4", { length: { kind: "fixed", durationSec: 5 } });
  await expect(runTask(wrongLength)).rejects.toMatchObject({
    code: "output_invalid",
    message: expect.stringMatching(/^"kept.mp4" is not as planned: expected 5.00 s, got 2.\d\d s$/),
  });
  expect(readFileSync(media.at("kept.mp4"), "utf8")).toBe("before");
  expect(leftovers()).toEqual([]);
});

test("a success replaces what was there before", async () => {
  writeFileSync(media.at("replaced.mp4"), "before");
  await runTask(taskOf("replaced.mp4"));
  expect((await probe(media.at("replaced.mp4"))).video?.width).toBe(160);
});

test("two runs to the same name do not mix", async () => {
  await Promise.all([runTask(taskOf("same.mp4")), runTask(taskOf("same.mp4"))]);
  expect((await probe(media.at("same.mp4"), { requireVideo: true })).durationSec).toBeCloseTo(2, 1);
  expect(leftovers()).toEqual([]);
});

test("an output that is an input under another name is refused before it is harmed", async () => {
  symlinkSync(clip(), media.at("alias.mp4"));
  const before = readFileSync(clip());
  await expect(runTask(taskOf("alias.mp4"))).rejects.toMatchObject({ code: "invalid_request" });
  expect(readFileSync(clip()).equals(before)).toBe(true);
});

test.each(["a b.mp4", "-y.mp4", `it's "q".mp4`, "映画\n2.mp4", "c%03d.mp4", `${"n".repeat(250)}.mp4`])(
  "writes a file by the name of %j",
  async (name) => {
    const { result } = await runTask(taskOf(name));
    expect(result.outputPath).toBe(media.at(name));
    expect(leftovers()).toEqual([]);
  },
);

test("a damaged input is told, unless that much is allowed", async () => {
  const damaged = readFileSync(media.make("damaged.mp4", "-i", clip(), "-c", "copy", "-movflags", "+faststart"));
  const start = damaged.indexOf("mdat") + 600;
  for (let i = 0; i < 600; i++) damaged[start + ((i * 7919) % (damaged.length - start))] = (i * 31) % 256;
  writeFileSync(media.at("damaged.mp4"), damaged);
  const task = taskOf("from-damaged.mp4", {
    inputs: [{ ...source, path: media.at("damaged.mp4") }],
    durationToleranceSec: 2,
  });
  await expect(runTask(task)).rejects.toMatchObject({
    code: "decode_failed",
    message: expect.stringMatching(
      /^"damaged.mp4" is damaged: \d+ frames or packets could not be decoded, with \d+ frames written$/,
    ),
  });
  const { result } = await runTask(task, { maxLostRatio: 10 });
  expect(result.lostFrameCount).toBeGreaterThan(10);
});

test("the reader of stdout gets every byte", async () => {
  let bytes = 0;
  const { result } = await runTask(
    taskOf("", {
      video: { codec: "raw", pixelFormat: "rgb24" },
      audio: null,
      maps: ["0:V:0"],
      output: { kind: "stdout", format: "rawvideo" },
    }),
    {
      async onStdout(stdout) {
        for await (const chunk of stdout) bytes += (chunk as Buffer).length;
      },
    },
  );
  expect(bytes).toBe(50 * 160 * 90 * 3);
  expect(result).toMatchObject({ outputPath: null, sizeBytes: 0, info: null, frames: 50 });
});

test("a reader that fails ends the run", async () => {
  const task = taskOf("", {
    output: { kind: "stdout", format: "rawvideo" },
    video: { codec: "raw", pixelFormat: "gray" },
    audio: null,
    maps: ["0:V:0"],
  });
  const reading = runTask(task, { onStdout: () => Promise.reject(new Error("no more")) });
  await expect(reading).rejects.toMatchObject({
    code: "internal_error",
    cause: expect.objectContaining({ message: "no more" }),
  });
});

test("a run id and a priority go to the process", async () => {
  const runId = "run-1.test_A";
  let priority: number | null = null;
  await runTask(pacedTask(clip(), media.at("nice.mp4")), {
    runId,
    nice: 7,
    async onProgress({ phase }) {
      if (phase !== "encoding") return;
      const [pid] = (await findRunProcesses(new Set([runId]))).get(runId) ?? [];
      if (pid !== undefined) priority ??= getPriority(pid);
    },
  });
  expect(priority).toBe(7);
  await expect(run(planTask(taskOf("x.mp4")), { runId: "../x" })).rejects.toMatchObject({ code: "invalid_request" });
});

test("inputs that are gone, and programs that are none, are told before anything starts", async () => {
  const missing = taskOf("x.mp4", { inputs: [{ kind: "file", path: media.at("gone.mp4") }] });
  await expect(runTask(missing)).rejects.toMatchObject({ code: "input_missing" });
  await expect(runTask(taskOf("x.mp4"), { ffmpegPath: clip() })).rejects.toMatchObject({ code: "ffmpeg_missing" });
  await expect(runTask(taskOf("x.mp4", { maps: ["0:V:7"] }))).rejects.toMatchObject({ code: "input_no_video" });
  await expect(runTask(taskOf("x.mp4", { filterGraph: "[0:V:0]nosuch[v]", maps: ["[v]"] }))).rejects.toMatchObject({
    code: "ffmpeg_unsuitable",
    message: "this ffmpeg lacks a part that is needed (No such filter: 'nosuch')",
  });
});

test("a length that the container does not tell can be measured", async () => {
  const live = media.make("live.mkv", "-i", clip(), "-c", "copy", "-live", "1");
  expect((await probe(live)).durationSec).toBeNull();
  expect(await measureDuration(live)).toBeCloseTo(2, 0);
});
