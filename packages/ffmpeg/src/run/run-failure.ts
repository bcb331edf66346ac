import { PlayheadError } from "@playhead/core";
import { type DiagnoseContext, diagnose, diagnoseSilentFailure } from "../diagnose/diagnose.ts";
import { canceledError } from "../system/canceled.ts";
import { displayName } from "../system/display-name.ts";
import type { OutputFile } from "./output-file.ts";
import { DEFAULT_MAX_LOST_RATIO, type RunOptions } from "./run-options.ts";
import type { PassOutcome, StopCause } from "./run-pass.ts";

export interface RunFiles {
  readonly inputPaths: readonly string[];
  readonly output: OutputFile | null;
}

/** Fewer lost frames than this are never a failure, however short the clip. */
const FEW_LOST = 10;

/** Why a pass did not succeed, or null when it did. What we did to it comes before what it said. */
export function failureOf(outcome: PassOutcome, options: RunOptions, files: RunFiles): PlayheadError | null {
  const { exitCode, signal, stopCause, stderr } = outcome;
  if (stopCause !== null) return stopError(stopCause, outcome, options);
  const context: DiagnoseContext = {
    inputPaths: files.inputPaths,
    partPath: files.output?.partPath ?? null,
    outputPath: files.output?.finalPath ?? null,
    isMemoryKill: outcome.isMemoryKill,
    includeStderr: options.includeStderr ?? false,
  };
  if (exitCode === 0 && signal === null) return diagnoseSilentFailure(stderr.lines, context);
  return diagnose(stderr.lines, exitCode, signal, context);
}

function stopError(stopCause: StopCause, outcome: PassOutcome, options: RunOptions): PlayheadError {
  const cause = new Error(`ffmpeg wrote:\n${outcome.stderr.lines.join("\n")}`);
  switch (stopCause.kind) {
    case "canceled":
      return canceledError(options.signal ?? AbortSignal.abort());
    case "reader":
      if (stopCause.error instanceof PlayheadError) return stopCause.error;
      return new PlayheadError("internal_error", "reading what ffmpeg wrote has failed", { cause: stopCause.error });
    case "timeout":
      return new PlayheadError(
        "ffmpeg_timeout",
        `ffmpeg was not done within ${(options.timeoutMs ?? 0) / 1000} s and was ended`,
        {
          hint: "give it more time, or run fewer clips at once",
          detail: { timeout_ms: options.timeoutMs },
          cause,
        },
      );
    case "stalled": {
      const { idleMs, wasBusy } = stopCause;
      const doing =
        wasBusy === null ? "" : wasBusy ? ", though it kept the processor busy" : "; it was waiting, not working";
      return new PlayheadError(
        "ffmpeg_stalled",
        `ffmpeg got no further for ${Math.round(idleMs / 1000)} s and was ended${doing}`,
        {
          hint: "try again; if it happens again, copy the input to a local disk, or run fewer clips at once",
          detail: { idle_ms: Math.round(idleMs), was_busy: wasBusy },
          cause,
        },
      );
    }
  }
}

/**
 * ffmpeg calls it a success when half of the input was unreadable.
 * @throws PlayheadError `decode_failed` when more was lost than is allowed
 */
export function checkLosses(
  outcomes: readonly PassOutcome[],
  frames: number | null,
  options: RunOptions,
  inputPaths: readonly string[],
): void {
  const worst = outcomes.toSorted((a, b) => b.stderr.lostFrameCount - a.stderr.lostFrameCount)[0];
  const lost = worst?.stderr.lostFrameCount ?? 0;
  const allowed = Math.max(FEW_LOST, (frames ?? 0) * (options.maxLostRatio ?? DEFAULT_MAX_LOST_RATIO));
  if (worst === undefined || lost <= allowed) return;
  const name = inputPaths[0] === undefined ? "the input" : displayName(inputPaths[0]);
  const of = frames === null ? "" : `, with ${frames} frames written`;
  throw new PlayheadError("decode_failed", `${name} is damaged: ${lost} frames or packets could not be decoded${of}`, {
    hint: "copy, download or export it again",
    detail: { lost_frames: lost, frames },
    cause: new Error(`ffmpeg wrote:\n${worst.stderr.lines.join("\n")}`),
  });
}
