import { join } from "node:path";
import {
  type AudioEncoding,
  formatBytes,
  type MediaInfo,
  planTask,
  type RunResult,
  type VideoEncoding,
} from "@playhead/ffmpeg";
import type { TaskHandle } from "@playhead/sdk";
import { rounded } from "../media/words.ts";
import type { Frame } from "./choose-frame.ts";
import { isCompressed } from "./decide-join.ts";
import { encode } from "./encode.ts";
import type { Joined } from "./joined.ts";
import type { MergeRun } from "./merge-run.ts";
import { framesOf } from "./part-task.ts";
import { publish } from "./publish.ts";
import { lowerRates, type Rates, ratesFor } from "./size-target.ts";

/** The result under its name. */
export interface Finished extends Joined {
  /** Whether it is as small as was wanted; null where no size was. */
  readonly isTargetMet: boolean | null;
}

/** A size is met at the second try nearly always; what is not at the third will not be. */
const MAX_TRIES = 3;
/** What a joined file has to be encoded once more for, and with what of it as it is. */
type Encoded = Pick<Joined, "path" | "info" | "durationSec" | "sizeBytes">;

/** Stage `compression`: brings the result to the size or the quality that was asked for, and gives it its name. */
export async function compress(stage: TaskHandle, joined: Joined, frame: Frame, run: MergeRun): Promise<Finished> {
  const { target } = run.options;
  if (target === undefined || !isCompressed(target, joined)) {
    stage.skip(
      target === undefined ? "neither a size nor a quality was asked for" : "each part was encoded to that quality",
    );
    return { ...joined, isTargetMet: null };
  }
  return stage.run(async () => {
    const encoded =
      target.kind === "quality"
        ? await toQuality(stage, joined, target.crf, frame, run)
        : await toSize(stage, joined, target.maxBytes, frame, run);
    const finished: Finished = {
      ...{ ...joined, ...encoded },
      isTargetMet: target.kind === "size" ? encoded.sizeBytes <= target.maxBytes : null,
    };
    if (target.kind === "size") tellSize(stage, finished, target.maxBytes);
    await publish(finished, frame, run);
    stage.complete({ file_size_bytes: finished.sizeBytes, video_count: 1, text: formatBytes(finished.sizeBytes) });
    return finished;
  });
}

async function toQuality(
  stage: TaskHandle,
  joined: Joined,
  crf: number,
  frame: Frame,
  run: MergeRun,
): Promise<Encoded> {
  const video = { codec: "h264", preset: "veryfast", quality: { kind: "crf", crf } } as const;
  // Its sound was copied, and stays as it is.
  return encodedOf(await encodeAll(stage, joined, video, { codec: "copy" }, frame, run), joined);
}

async function toSize(
  stage: TaskHandle,
  joined: Joined,
  maxBytes: number,
  frame: Frame,
  run: MergeRun,
): Promise<Encoded> {
  if (joined.decision.mode === "copied" && joined.sizeBytes <= maxBytes) {
    stage.log.info(`it has ${formatBytes(joined.sizeBytes)} as it is, and is not encoded again`);
    return joined;
  }
  const request = { maxBytes, durationSec: joined.durationSec, frame };
  let rates: Rates | null = ratesFor(request);
  let smallest: Encoded | null = null;
  for (let tries = 1; rates !== null && tries <= MAX_TRIES; tries += 1) {
    const { videoKbps, audioKbps }: Rates = rates;
    const video = {
      codec: "h264",
      preset: "veryfast",
      quality: { kind: "bitrate", kbps: videoKbps, passes: 2 },
    } as const;
    const result: RunResult = await encodeAll(stage, joined, video, { codec: "aac", kbps: audioKbps }, frame, run);
    smallest = encodedOf(result, joined);
    if (smallest.sizeBytes <= maxBytes) return smallest;
    stage.log.info(
      `with ${videoKbps} kbit/s for pictures and ${audioKbps} for sound it has ${formatBytes(smallest.sizeBytes)}, ` +
        `more than ${formatBytes(maxBytes)}`,
    );
    rates = lowerRates(rates, smallest.sizeBytes, request);
  }
  return smallest ?? joined;
}

function encodeAll(
  stage: TaskHandle,
  joined: Joined,
  video: VideoEncoding,
  sound: AudioEncoding,
  frame: Frame,
  run: MergeRun,
): Promise<RunResult> {
  const hasSound = joined.info.audio.length > 0;
  const pictures = joined.info.video?.durationSec ?? joined.durationSec;
  const plan = planTask({
    inputs: [{ kind: "file", path: joined.path, sourceDurationSec: joined.durationSec }],
    // Parts that were copied may not meet to the picture.
    filterGraph: `[0:v:0]fps=fps=${frame.rate.text}:start_time=0,trim=end_frame=${framesOf(pictures, frame)}[v]`,
    maps: hasSound ? ["[v]", "0:a:0"] : ["[v]"],
    video,
    audio: hasSound ? sound : null,
    output: { kind: "file", path: join(run.workDir, "compressed.mp4"), format: "mp4" },
  });
  return encode(stage, plan, run, { bytes: joined.sizeBytes });
}

function encodedOf({ outputPath, info, durationSec, sizeBytes }: RunResult, joined: Joined): Encoded {
  const media: MediaInfo = info ?? joined.info;
  return { path: outputPath ?? "", info: media, durationSec: durationSec ?? joined.durationSec, sizeBytes };
}

function tellSize(stage: TaskHandle, { isTargetMet, sizeBytes, durationSec }: Finished, maxBytes: number): void {
  const sizes = `${formatBytes(sizeBytes)}; at most ${formatBytes(maxBytes)} were wanted`;
  if (isTargetMet === true) {
    stage.log.info(`it has ${sizes}`);
    return;
  }
  const kbps = rounded((sizeBytes * 8) / 1_000 / durationSec, 1);
  stage.warn(
    `the size could not be met: it has ${sizes}. It does not get smaller than ${kbps} kbit/s at its size and rate`,
    {
      hint: "ask for smaller pictures (--size) or fewer a second (--fps)",
      ...{ size_bytes: sizeBytes, max_bytes: maxBytes },
    },
  );
}
