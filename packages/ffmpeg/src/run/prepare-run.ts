import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import type { FfmpegPlan } from "../plan/plan.ts";
import { checkInputFile } from "../probe/input-file.ts";
import { RUN_ID_PATTERN } from "../registry/run-registry.ts";
import { canceledError } from "../system/canceled.ts";
import { locateProgram } from "../system/locate.ts";
import { type OutputFile, prepareOutput } from "./output-file.ts";
import type { RunOptions } from "./run-options.ts";

/** What a run works with, all of it checked. */
export interface PreparedRun {
  readonly runId: string;
  /** Absolute path of ffmpeg. */
  readonly program: string;
  readonly inputPaths: readonly string[];
  readonly output: OutputFile | null;
  readonly passLogPath: string;
  /** All that may lie about while it runs, and must not afterwards. */
  readonly files: readonly string[];
}

/** What x264 leaves between two passes, and while it writes it. */
const PASS_LOG_SUFFIXES = ["-0.log", "-0.log.temp", "-0.log.mbtree", "-0.log.mbtree.temp"];

/**
 * Checks what can be checked before ffmpeg starts.
 * @throws PlayheadError about the options, the input, the output or the program
 */
export async function prepareRun(plan: FfmpegPlan, options: RunOptions): Promise<PreparedRun> {
  const { runId = randomUUID(), signal } = options;
  if (!RUN_ID_PATTERN.test(runId)) {
    const message = `expected letters, digits, ".", "_" and "-", at most 100, got ${JSON.stringify(runId)} (runId)`;
    throw new PlayheadError("invalid_request", message);
  }
  if (signal?.aborted) throw canceledError(signal);
  const { inputs, output: wanted } = plan.task;
  const inputPaths = inputs.flatMap((input) => {
    if (input.kind === "generated") return [];
    return [resolve(input.kind === "sequence" ? input.listPath : input.path)];
  });
  await Promise.all(inputPaths.map(checkInputFile));
  const program = await locateProgram("ffmpeg", { path: options.ffmpegPath });
  const output = wanted.kind === "file" ? await prepareOutput(wanted.path, inputPaths) : null;
  const passLogPath = output?.partPath ?? join(tmpdir(), `playhead-${runId}.part`);
  const passLogs = plan.passes.length > 1 ? PASS_LOG_SUFFIXES.map((suffix) => passLogPath + suffix) : [];
  const files = output === null ? passLogs : [output.partPath, ...passLogs];
  return { runId, program, inputPaths, output, passLogPath, files };
}
