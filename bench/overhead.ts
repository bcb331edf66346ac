// What does watching cost? The clips pipeline with Playhead (its server in a process of its own; and engine, store and all
// in the same process) against the same ffmpeg work without it, on the same video, in turns. And a loop of functions of a
// microsecond each, the worst that can be instrumented: it is held to the budget.
// It is the packages as they are published that are measured: where sources run, Node strips their types as it loads them.
// usage: node --conditions=playhead-src bench/overhead.ts [--quick]
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { planTask, run } from "@playhead/ffmpeg";
import { printReport, ratioOf, runFile, runRounds, say, spread, spreadOf, valuesOf } from "./report.ts";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 2 : 5;
const VIDEO_SECONDS = quick ? 8 : 60;
/** Some nine seconds of it: what is recorded before the budget takes hold is a part of what it is held to. */
const LOOP_CALLS = quick ? 2_000_000 : 8_000_000;
const STYLES = ["original", "center_focus", "blur_background"];
const WITHOUT = "without";
const WITH = "with playhead";
const WITHIN = "with playhead, its server in the same process";
const SERVERS: Record<string, string> = { [WITHOUT]: "none", [WITH]: "apart", [WITHIN]: "within" };

/** Packages are loaded as users load them: without the condition that leads to sources. */
const AS_BUILT: readonly string[] = [];

const build = fileURLToPath(new URL("../scripts/build.mjs", import.meta.url));
if (spawnSync(process.execPath, [build], { stdio: ["ignore", 2, 2] }).status !== 0) process.exit(1);
const folder = await mkdtemp(path.join(os.tmpdir(), "playhead-overhead-"));
try {
  const input = path.join(folder, "input.mp4");
  say(`making a video of ${VIDEO_SECONDS} s`);
  await makeVideo(input);
  const variants = Object.keys(SERVERS);
  const samples = await runRounds({
    variants,
    rounds: ROUNDS,
    run: (variant) =>
      runFile(
        "./overhead-round.ts",
        { server: SERVERS[variant], input, styles: STYLES, seconds: VIDEO_SECONDS },
        ["--expose-gc"],
        AS_BUILT,
      ),
  });
  const byVariant = (metric: string) =>
    Object.fromEntries(variants.map((variant) => [variant, spreadOf(samples, variant, metric)]));
  const ratios = (metric: string) =>
    Object.fromEntries([WITH, WITHIN].map((variant) => [variant, ratioOf(samples, metric, variant, WITHOUT)]));
  const loop = await runRounds({
    variants: [WITHOUT, WITH],
    rounds: ROUNDS,
    run: (variant) => runFile("./overhead-loop.ts", { watched: variant === WITH, calls: LOOP_CALLS }, [], AS_BUILT),
  });
  const loopRatio = ratioOf(loop, "loop_cpu_ms", WITH, WITHOUT);
  const allMs = valuesOf(samples, WITHOUT, "wall_ms").map((wallMs) => wallMs * os.availableParallelism());
  /** By all the processor time that there was while the bare work ran, round by round, as the machine was in that round. */
  const shares = (valuesMs: readonly number[]) =>
    spread(valuesMs.map((valueMs, round) => valueMs / (allMs[round] as number)));
  /** Of what the process took more than without. */
  const ownShare = (variant: string) => {
    const bareMs = valuesOf(samples, WITHOUT, "own_cpu_ms");
    return shares(valuesOf(samples, variant, "own_cpu_ms").map((ownMs, round) => ownMs - (bareMs[round] as number)));
  };
  const own_cpu_share = { [WITH]: ownShare(WITH), [WITHIN]: ownShare(WITHIN) };
  const met = printReport({
    bench: "overhead",
    question: "How much longer does the clips pipeline take because it is watched?",
    date: new Date(),
    settings: { rounds: ROUNDS, video_seconds: VIDEO_SECONDS, styles: STYLES },
    results: {
      wall_ms: byVariant("wall_ms"),
      wall_ratio: ratios("wall_ms"),
      /** Of the process and all programs it runs, without a server that is apart. */
      all_cpu_ms: byVariant("all_cpu_ms"),
      all_cpu_ratio: ratios("all_cpu_ms"),
      own_cpu_ms: byVariant("own_cpu_ms"),
      own_cpu_share,
      server_cpu_ms: spreadOf(samples, WITH, "server_cpu_ms"),
      server_cpu_share: shares(valuesOf(samples, WITH, "server_cpu_ms")),
      loop_cpu_ms: { [WITHOUT]: spreadOf(loop, WITHOUT, "loop_cpu_ms"), [WITH]: spreadOf(loop, WITH, "loop_cpu_ms") },
      loop_cpu_ratio: loopRatio,
      loop_per_call_us: spreadOf(loop, WITHOUT, "per_call_us"),
      engine_start_ms: spreadOf(samples, WITHIN, "engine_start_ms"),
      engine_start_cpu_ms: spreadOf(samples, WITHIN, "engine_start_cpu_ms"),
    },
    // ffmpeg does the same work on both sides, and all cores are busy: what is spent beside it is what it takes longer. The
    // ratios of all that was spent say the same with the noise of the machine, which is several times half a percent.
    targets: [
      { name: "processor time of the loop, with ÷ without", value: loopRatio.median, at_most: 1.05 },
      {
        name: "more processor time of the process, by all there was",
        value: own_cpu_share[WITH].median,
        at_most: 0.005,
      },
      { name: "the same, with its server in it", value: own_cpu_share[WITHIN].median, at_most: 0.005 },
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
