import { stat } from "node:fs/promises";
import { PlayheadError } from "@playhead/core";
import type { FfmpegPlan } from "../plan/plan.ts";
import type { FfmpegTask } from "../plan/task.ts";
import type { MediaInfo } from "../probe/media-info.ts";
import { probe } from "../probe/probe.ts";
import { displayName } from "../system/display-name.ts";

export interface VerifyOptions {
  readonly ffmpegPath?: string | undefined;
  readonly ffprobePath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Errors that are about checking, not about what was checked. */
const NOT_OF_THE_FILE: ReadonlySet<string> = new Set([
  "canceled",
  "deadline_exceeded",
  "ffmpeg_missing",
  "ffmpeg_timeout",
]);

/** A file that is what it should be. */
export interface VerifiedOutput {
  readonly sizeBytes: number;
  /** Null for a single picture, which only has to be there. */
  readonly media: MediaInfo | null;
}

/**
 * Makes sure that a written file is what was planned: it opens, it has its streams, it is as long as it should be.
 * @throws PlayheadError `output_invalid`
 */
export async function verifyOutput(
  plan: FfmpegPlan,
  partPath: string,
  finalPath: string,
  options: VerifyOptions,
): Promise<VerifiedOutput> {
  const { task } = plan;
  const name = displayName(finalPath);
  const { size: sizeBytes } = await stat(partPath).catch(() => ({ size: 0 }));
  if (sizeBytes === 0) throw invalid(`nothing was written to ${name}`);
  if (task.output.kind === "file" && task.output.format === "mjpeg") return { sizeBytes, media: null };
  const media = await probe(partPath, { ...options, maxDurationSec: Number.POSITIVE_INFINITY }).catch(
    (error: unknown) => {
      if (error instanceof PlayheadError && NOT_OF_THE_FILE.has(error.code)) throw error;
      throw invalid(`${name} was written, but cannot be read`, error);
    },
  );
  const fault = findFault(plan, media);
  if (fault !== null) throw invalid(`${name} is not as planned: ${fault}`);
  return { sizeBytes, media };
}

function findFault(plan: FfmpegPlan, info: MediaInfo): string | null {
  const { task, expectedDurationSec } = plan;
  if (task.video !== null && info.video === null && !isOptional(task, OPTIONAL_VIDEO)) return "it has no video";
  if (task.audio !== null && info.audio.length === 0 && !isOptional(task, OPTIONAL_SOUND)) return "it has no sound";
  if (expectedDurationSec === null || task.maxFrames !== undefined) return null;
  const gotSec = info.durationSec;
  const toleranceSec = task.durationToleranceSec ?? defaultToleranceSec(task, expectedDurationSec);
  if (gotSec !== null && Math.abs(gotSec - expectedDurationSec) <= toleranceSec) return null;
  return `expected ${expectedDurationSec.toFixed(2)} s, got ${gotSec === null ? "an unknown length" : `${gotSec.toFixed(2)} s`}`;
}

/** Maps such as `0:V:0?`; one without a letter (`0:1?`) may be either. */
const OPTIONAL_VIDEO = /^\d+(:[vV]|(?!:a)).*\?$/;
const OPTIONAL_SOUND = /^\d+(:a|(?!:[vV])).*\?$/;

function isOptional({ maps }: FfmpegTask, optional: RegExp): boolean {
  return maps === undefined || maps.some((map) => optional.test(map));
}

/** Copied streams can only be cut where a key frame is. */
function defaultToleranceSec(task: FfmpegTask, expectedSec: number): number {
  const isCopy = task.video?.codec === "copy" || (task.video === null && task.audio?.codec === "copy");
  return isCopy ? Math.max(2, expectedSec * 0.1) : Math.max(0.5, expectedSec * 0.03);
}

function invalid(message: string, cause?: unknown): PlayheadError {
  return new PlayheadError("output_invalid", message, {
    hint: "try again; if it happens again, the input may be damaged: play it to its end to see",
    cause,
  });
}
