// What does watching cost? The clips pipeline with Playhead (engine, store and all, in the same process) against the
// same ffmpeg work without it, on the same video, in turns. And a loop of functions of a microsecond each, the worst that
// can be instrumented: it is held to the budget.
// usage: node --conditions=playhead-src bench/overhead.ts [--quick]
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { planTask, run } from "@playhead/ffmpeg";
import { printReport, ratioOf, runFile, runRounds, say, spreadOf } from "./report.ts";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 2 : 5;
const VIDEO_SECONDS = quick ? 8 : 60;
/** Some five seconds of it: what is recorded before the budget takes hold is a part of what it is held to. */
const LOOP_CALLS = quick ? 2_000_000 : 8_000_000;
const STYLES = ["original", "center_focus", "blur_background"];
const WITH = "with playhead";
const WITHOUT = "without";

const folder = await mkdtemp(path.join(os.tmpdir(), "playhead-overhead-"));
try {
  const input = path.join(folder, "input.mp4");
  say(`making a video of ${VIDEO_SECONDS} s`);
  await makeVideo(input);
  const samples = await runRounds({
    variants: [WITHOUT, WITH],
    rounds: ROUNDS,
    run: (variant) =>
      runFile("./overhead-round.ts", { watched: variant === WITH, input, styles: STYLES, seconds: VIDEO_SECONDS }),
  });
  const wall = ratioOf(samples, "wall_ms", WITH, WITHOUT);
  const cpu = ratioOf(samples, "all_cpu_ms", WITH, WITHOUT);
  const loop = await runRounds({
    variants: [WITHOUT, WITH],
    rounds: ROUNDS,
    run: (variant) => runFile("./overhead-loop.ts", { watched: variant === WITH, calls: LOOP_CALLS }),
  });
  const loopRatio = ratioOf(loop, "loop_cpu_ms", WITH, WITHOUT);
  const ownCpu = spreadOf(samples, WITH, "own_cpu_ms").median - spreadOf(samples, WITHOUT, "own_cpu_ms").median;
  const ownCpuShare = ownCpu / (spreadOf(samples, WITHOUT, "wall_ms").median * os.availableParallelism());
  const met = printReport({
    bench: "overhead",
    question: "How much longer does the clips pipeline take because it is watched?",
    date: new Date(),
    settings: { rounds: ROUNDS, video_seconds: VIDEO_SECONDS, styles: STYLES },
    results: {
      wall_ms: { [WITHOUT]: spreadOf(samples, WITHOUT, "wall_ms"), [WITH]: spreadOf(samples, WITH, "wall_ms") },
      wall_ratio: wall,
      /** Of this process and all programs it runs. */
      all_cpu_ms: {
        [WITHOUT]: spreadOf(samples, WITHOUT, "all_cpu_ms"),
        [WITH]: spreadOf(samples, WITH, "all_cpu_ms"),
      },
      all_cpu_ratio: cpu,
      own_cpu_ms: {
        [WITHOUT]: spreadOf(samples, WITHOUT, "own_cpu_ms"),
        [WITH]: spreadOf(samples, WITH, "own_cpu_ms"),
      },
      /** More processor time than without, by all that there was while it ran. */
      own_cpu_share: ownCpuShare,
      loop_cpu_ms: { [WITHOUT]: spreadOf(loop, WITHOUT, "loop_cpu_ms"), [WITH]: spreadOf(loop, WITH, "loop_cpu_ms") },
      loop_cpu_ratio: loopRatio,
      loop_per_call_us: spreadOf(loop, WITHOUT, "per_call_us"),
      engine_start_ms: spreadOf(samples, WITH, "engine_start_ms"),
      engine_start_cpu_ms: spreadOf(samples, WITH, "engine_start_cpu_ms"),
    },
    // ffmpeg does the same work on both sides, and all cores are busy: what is spent beside it is what it takes longer. The
    // ratios of all that was spent say the same with the noise of the machine, which is several times half a percent.
    targets: [
      { name: "processor time of the loop, with ÷ without", value: loopRatio.median, at_most: 1.05 },
      { name: "more processor time of our own, by all there was", value: ownCpuShare, at_most: 0.005 },
    ],
  });
  process.exitCode = met ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}

/** Three scenes that differ, with motion and sound. */
async function makeVideo(file: string): Promise<void> {
  const part = VIDEO_SECONDS / 3;
  const size = "s=1280x720:r=30";
  await run(
    planTask({
      inputs: [
        { kind: "generated", graph: `testsrc2=${size}`, durationSec: part },
        { kind: "generated", graph: `mandelbrot=${size}`, durationSec: part },
        { kind: "generated", graph: `life=${size}:mold=10:ratio=0.3:life_color=#ff8800`, durationSec: part },
        { kind: "generated", graph: "sine=frequency=330", durationSec: VIDEO_SECONDS },
      ],
      filterGraph: "[0:v]format=yuv420p[a];[1:v]format=yuv420p[b];[2:v]format=yuv420p[c];[a][b][c]concat=n=3:v=1[v]",
      maps: ["[v]", "3:a"],
      video: { codec: "h264", preset: "ultrafast" },
      audio: { codec: "aac" },
      output: { kind: "file", path: file, format: "mp4" },
      length: { kind: "fixed", durationSec: VIDEO_SECONDS },
    }),
  );
}
