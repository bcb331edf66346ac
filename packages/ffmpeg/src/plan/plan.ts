import { resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { expectedDurationSec } from "./expected-duration.ts";
import type { FfmpegTask } from "./task.ts";

/** One process of a plan. */
export interface PlannedPass {
  /** `analyse` reads for the pass that comes after it and leaves no output. */
  readonly kind: "encode" | "analyse";
  /** Its share of the whole work, 0..1; the shares of a plan add up to 1. */
  readonly weight: number;
}

/** What will be produced, and how long it will be: everything that can be known before ffmpeg starts. */
export interface FfmpegPlan {
  readonly task: FfmpegTask;
  /** Seconds of media time; null: progress has no fraction. */
  readonly expectedDurationSec: number | null;
  readonly passes: readonly PlannedPass[];
}

const ONE_PASS: readonly PlannedPass[] = [{ kind: "encode", weight: 1 }];

/** The first pass of x264 decides less than the second, and takes about half its time. */
const TWO_PASSES: readonly PlannedPass[] = [
  { kind: "analyse", weight: 0.35 },
  { kind: "encode", weight: 0.65 },
];

/**
 * Checks a task and works out what it will yield. Pure.
 * @throws PlayheadError `invalid_request` naming the fault, or `input_too_short`
 */
export function planTask(task: FfmpegTask): FfmpegPlan {
  const fault = findFault(task);
  if (fault !== null) throw new PlayheadError("invalid_request", fault);
  const { video } = task;
  const isTwoPass =
    video?.codec === "h264" &&
    (video.encoder ?? "x264") === "x264" &&
    video.quality?.kind === "bitrate" &&
    video.quality.passes === 2;
  return { task, expectedDurationSec: expectedDurationSec(task), passes: isTwoPass ? TWO_PASSES : ONE_PASS };
}

const isPositive = (value: number | undefined) => value === undefined || (Number.isFinite(value) && value > 0);
const isCount = (value: number | undefined) => value === undefined || (Number.isSafeInteger(value) && value > 0);

function findFault(task: FfmpegTask): string | null {
  const { inputs, video, audio, output, length } = task;
  if (inputs.length === 0) return "expected at least one input (inputs), got none";
  if (video === null && audio === null) return "expected video or audio to be encoded, got neither";
  if (task.maps?.length === 0) return "expected maps to name at least one stream, got none";
  for (const [i, input] of inputs.entries()) {
    if (!isPositive(input.durationSec))
      return `expected a length over 0 s, got ${input.durationSec} (inputs[${i}].durationSec)`;
    if (input.kind === "generated") continue;
    const path = input.kind === "sequence" ? input.listPath : input.path;
    if (path === "" || path.includes("\0")) return `expected the path of a file (inputs[${i}].path)`;
    if (output.kind === "file" && resolve(output.path) === resolve(path)) {
      return "expected the output to be another file than the input: it would be overwritten while it is read";
    }
    if (input.kind !== "file") continue;
    const { startSec = 0 } = input;
    if (!(Number.isFinite(startSec) && startSec >= 0)) {
      return `expected a start of 0 s or later, got ${startSec} (inputs[${i}].startSec)`;
    }
    const { prerollSec = 0 } = input;
    if (!(prerollSec >= 0 && prerollSec <= startSec))
      return `expected a preroll of 0 s to the start, got ${prerollSec} (inputs[${i}].prerollSec)`;
    if (prerollSec > 0 && inputs.length > 1)
      return `expected no preroll where there are several inputs (inputs[${i}].prerollSec)`;
    if (input.repeat === true && input.durationSec === undefined)
      return `expected a length of what is repeated (inputs[${i}].durationSec)`;
  }
  if (output.kind === "file" && (output.path === "" || output.path.includes("\0"))) {
    return "expected the path of a file (output.path)";
  }
  if (length?.kind === "fixed" && !isPositive(length.durationSec)) {
    return `expected a length over 0 s, got ${length.durationSec} (length.durationSec)`;
  }
  if (length !== undefined && "speedRatio" in length && !isPositive(length.speedRatio)) {
    return `expected a speed over 0, got ${length.speedRatio} (length.speedRatio)`;
  }
  if (!isCount(task.maxFrames)) return `expected a count of 1 or more, got ${task.maxFrames} (maxFrames)`;
  if (!isCount(task.threads)) return `expected a count of 1 or more, got ${task.threads} (threads)`;
  return null;
}
