import { PlayheadError } from "@playhead/core";
import { planTask } from "./plan/plan.ts";
import { run } from "./run/run.ts";
import type { RunOptions } from "./run/run-options.ts";
import { displayName } from "./system/display-name.ts";

export interface ThumbnailOptions extends Omit<RunOptions, "onStdout" | "onProgress"> {
  /** Longest side in pixels; smaller pictures are not enlarged. @defaultValue 640 */
  readonly maxSidePixels?: number;
}

export interface Thumbnail {
  readonly path: string;
  readonly sizeBytes: number;
}

/** One picture is quick or stuck. */
const STALL_TIMEOUT_MS = 30_000;

/**
 * Writes one frame of a video as a JPEG.
 * @throws PlayheadError `input_too_short` when there is no frame at that time, or as {@link run}
 */
export async function thumbnail(
  path: string,
  atSec: number,
  outputPath: string,
  options: ThumbnailOptions = {},
): Promise<Thumbnail> {
  const { maxSidePixels = 640, ...runOptions } = options;
  const scale = `scale=w='min(iw,${maxSidePixels})':h='min(ih,${maxSidePixels})':force_original_aspect_ratio=decrease`;
  const plan = planTask({
    inputs: [{ kind: "file", path, startSec: atSec }],
    filterGraph: `[0:V:0]${scale}[picture]`,
    maps: ["[picture]"],
    video: { codec: "jpeg" },
    audio: null,
    output: { kind: "file", path: outputPath, format: "mjpeg" },
    length: { kind: "unknown" },
    maxFrames: 1,
    threads: 1,
  });
  const { sizeBytes } = await run(plan, { stallTimeoutMs: STALL_TIMEOUT_MS, ...runOptions }).catch((error: unknown) => {
    if (!(error instanceof PlayheadError) || error.code !== "output_invalid") throw error;
    throw new PlayheadError("input_too_short", `${displayName(path)} has no picture at ${atSec} s`, {
      hint: "take a time before its end",
      cause: error,
    });
  });
  return { path: outputPath, sizeBytes };
}
