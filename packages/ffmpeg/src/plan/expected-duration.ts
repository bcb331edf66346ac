import { PlayheadError } from "@playhead/core";
import { displayName } from "../system/display-name.ts";
import type { FfmpegTask, TaskInput } from "./task.ts";

/** An input may begin this close to its end before it counts as empty: shorter than a frame at 100 a second. */
const SHORTEST_SEC = 0.01;

/**
 * How long the output will be, in seconds of media time; null when that cannot be known before.
 * @throws PlayheadError `input_too_short` when a trim begins behind the end of its input
 */
export function expectedDurationSec(task: FfmpegTask): number | null {
  const lengths = task.inputs.map(inputDurationSec);
  const rule = task.length ?? { kind: "first-input" };
  switch (rule.kind) {
    case "unknown":
      return null;
    case "fixed":
      return rule.durationSec;
    case "first-input":
      return divide(lengths[0] ?? null, rule.speedRatio);
    case "sum-of-inputs":
      return divide(lengths.reduce<number | null>(add, 0), rule.speedRatio);
  }
}

const add = (sum: number | null, length: number | null) => (sum === null || length === null ? null : sum + length);
const divide = (length: number | null, speedRatio = 1) => (length === null ? null : length / speedRatio);

function inputDurationSec(input: TaskInput): number | null {
  if (input.kind !== "file") return input.durationSec;
  const { startSec = 0, durationSec, sourceDurationSec = null, repeat = false } = input;
  if (sourceDurationSec === null || repeat) return durationSec ?? null;
  const leftSec = sourceDurationSec - startSec;
  if (leftSec < SHORTEST_SEC) {
    throw new PlayheadError(
      "input_too_short",
      `the part wanted begins at ${startSec} s, but ${displayName(input.path)} is ${Number(sourceDurationSec.toFixed(2))} s long`,
      { hint: "begin earlier", detail: { start_sec: startSec, duration_sec: sourceDurationSec } },
    );
  }
  return Math.min(durationSec ?? leftSec, leftSec);
}
