// How long do clips take against a plain shell script that runs the same ffmpeg commands, as many at a time; and against
// one that runs them one after the other? The commands are those that the pipeline itself has run on the same video.
// usage: node --conditions=playhead-src bench/clips.ts [--quick]
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { locateProgram, planTask, run } from "@playhead/ffmpeg";
import { runClips } from "@playhead/pipelines";
import { createPlayhead, type Transport } from "@playhead/sdk";
import type { Command } from "./clips-script.ts";
import { printReport, ratioOf, runFile, runRounds, say, spreadOf } from "./report.ts";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 2 : 7;
const VIDEO_SECONDS = quick ? 6 : 30;
const SIZE = quick ? "s=640x360:r=30" : "s=1280x720:r=30";
const STYLES = quick ? ["original", "split"] : ["original", "center_focus", "blur_background", "split"];
/** Clips get their names when they are checked; the script writes to the names at once. */
const UNFINISHED = /\.[0-9a-f]{8}\.part$/;
const PARALLEL = Math.min(4, os.availableParallelism());
const PLAYHEAD = "playhead";
const SCRIPT = "script";
const ONE_BY_ONE = "script, one after the other";

/** Nobody needs to know. */
const NOWHERE: Transport = {
  send: async ({ records }) => ({ accepted: records.length, refused: [] }),
  onCommand: () => () => undefined,
  close: async () => undefined,
};

const folder = await mkdtemp(path.join(os.tmpdir(), "playhead-bench-clips-"));
try {
  const input = path.join(folder, "input.mp4");
  say(`making a video of ${VIDEO_SECONDS} s`);
  await makeVideo(input);
  const scenes = [0, 1, 2].map((index) => ({
    ...{ scene_id: String(index + 1), title: `Scene ${index + 1}` },
    ...{ start_sec: (index * VIDEO_SECONDS) / 3, end_sec: ((index + 1) * VIDEO_SECONDS) / 3 },
  }));
  const commands = await record(input, scenes);
  const round = { input, styles: STYLES, scenes, commands };
  const samples = await runRounds({
    variants: [SCRIPT, PLAYHEAD, ONE_BY_ONE],
    rounds: ROUNDS,
    run: (variant) =>
      runFile("./clips-round.ts", {
        ...round,
        variant: variant === PLAYHEAD ? "playhead" : "script",
        parallel: variant === ONE_BY_ONE ? 1 : PARALLEL,
      }),
  });
  const ratio = ratioOf(samples, "wall_ms", PLAYHEAD, SCRIPT);
  const serial = ratioOf(samples, "wall_ms", PLAYHEAD, ONE_BY_ONE);
  const met = printReport({
    bench: "clips",
    question: "How much longer do clips take than a plain script with the same ffmpeg commands?",
    date: new Date(),
    settings: {
      ...{ rounds: ROUNDS, video_seconds: VIDEO_SECONDS, styles: STYLES, clips: commands.length, parallel: PARALLEL },
      commands: commands.flat().length,
    },
    results: {
      wall_ms: Object.fromEntries(
        [SCRIPT, PLAYHEAD, ONE_BY_ONE].map((each) => [each, spreadOf(samples, each, "wall_ms")]),
      ),
      wall_ratio: ratio,
      wall_ratio_one_by_one: serial,
    },
    targets: [
      { name: "wall time, clips ÷ script", value: ratio.median, at_most: 1.03 },
      { name: "wall time, clips ÷ script that runs one after the other", value: serial.median, at_most: 1.03 },
    ],
  });
  process.exitCode = met ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}

/**
 * Makes the clips once with an ffmpeg and an ffprobe that write down what they are asked.
 *
 * @returns for each clip its commands, in order; `OUT` stands for the folder
 */
async function record(
  input: string,
  scenes: readonly { scene_id: string; title: string; start_sec: number; end_sec: number }[],
): Promise<readonly (readonly Command[])[]> {
  const [out, log] = [path.join(folder, "recorded"), path.join(folder, "commands")];
  const ffmpegPath = await writeRecorder("ffmpeg", log);
  await writeRecorder("ffprobe", log);
  const playhead = createPlayhead({ transport: NOWHERE });
  const { state } = await runClips(playhead, {
    ...{ input, scenes, styles: STYLES, outDir: out, registryDir: path.join(folder, "runs") },
    ...{ maxParallel: 1, ffmpegPath },
  });
  await playhead.close();
  if (state !== "completed") throw new Error(`expected the clips to be made, got ${state}`);
  const lines = readFileSync(log, "utf8")
    .split("\u001e")
    .filter((line) => line.trim() !== "");
  const all = lines.map((line) =>
    line
      .trim()
      .split("\u001f")
      .slice(0, -1)
      .map((word) => word.replaceAll(out, "OUT").replace(UNFINISHED, "")),
  );
  // What looks at the input comes before all clips; a clip's last command takes its picture.
  const clips: string[][][] = [[]];
  for (const words of all) {
    clips.at(-1)?.push(words);
    if (words.includes("mjpeg")) clips.push([]);
  }
  return clips.filter((commands) => commands.length > 0);
}

/** Writes a program that writes down its words, and becomes the real one. */
async function writeRecorder(program: "ffmpeg" | "ffprobe", log: string): Promise<string> {
  const real = await locateProgram(program);
  const file = path.join(folder, program);
  writeFileSync(
    file,
    `#!/bin/sh\nprintf '%s\\037' ${real} "$@" >> ${log}\nprintf '\\036' >> ${log}\nexec ${real} "$@"\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

/** Three scenes that differ, with motion and sound. */
async function makeVideo(file: string): Promise<void> {
  const part = VIDEO_SECONDS / 3;
  const size = SIZE;
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
