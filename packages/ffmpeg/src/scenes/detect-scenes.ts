import { PlayheadError } from "@playhead/core";
import { sizeWithin } from "../plan/even-size.ts";
import { type Part, readPart } from "../plan/part.ts";
import { planTask } from "../plan/plan.ts";
import type { MediaInfo } from "../probe/media-info.ts";
import { run } from "../run/run.ts";
import type { RunOptions } from "../run/run-options.ts";
import { displayName } from "../system/display-name.ts";
import { type CutOptions, decideCuts, type SceneCut } from "./decide-cuts.ts";
import { createScoreReader } from "./score-lines.ts";

export interface DetectScenesOptions extends CutOptions, Omit<RunOptions, "onStdout"> {
  /** Times are then counted from where it begins. @defaultValue all of the video */
  readonly part?: Part | undefined;
}

/** Small pictures tell cuts as well as large ones, and are compared in a fraction of the time. */
export const COMPARE_SIDE = 320;

/**
 * Finds the scenes of a video, or of a part of it, by reading it once. They cover it without a gap; where there are no
 * cuts, it is divided evenly.
 * @throws PlayheadError `input_no_video`, or as {@link run}
 */
export async function detectScenes(
  path: string,
  info: MediaInfo,
  options: DetectScenesOptions = {},
): Promise<readonly SceneCut[]> {
  const { video } = info;
  if (video === null) {
    throw new PlayheadError("input_no_video", `${displayName(path)} has no video to look for scenes in`, {
      hint: "give a video file",
    });
  }
  const { part } = options;
  const endSec = part?.durationSec ?? video.durationSec ?? info.durationSec;
  const reading = part && readPart(path, info, part);
  const reader = createScoreReader();
  const { width, height } = sizeWithin(video, COMPARE_SIDE);
  const filters = `scale=${width}:${height},scdet=threshold=100,metadata=mode=print:key=lavfi.scd.score:file=-`;
  const plan = planTask({
    inputs: [reading?.input ?? { kind: "file", path, sourceDurationSec: endSec }],
    filterGraph: `[0:${video.index}]${reading?.filters ?? ""}${filters}[scores]`,
    maps: ["[scores]"],
    video: { codec: "raw", pixelFormat: "yuv420p" },
    audio: null,
    output: { kind: "none" },
    ...(reading !== undefined && { length: reading.length }),
  });
  const result = await run(plan, {
    ...options,
    async onStdout(stdout) {
      for await (const text of stdout.setEncoding("latin1")) reader.push(text);
    },
  });
  const scores = reader.scores();
  // Sound may go on when the pictures are over; scenes are made of pictures.
  const durationSec = endSec ?? result.durationSec ?? scores.at(-1)?.timeSec ?? 0;
  return decideCuts(scores, durationSec, options);
}
