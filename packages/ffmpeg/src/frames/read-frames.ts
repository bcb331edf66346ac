import type { Readable } from "node:stream";
import { PlayheadError } from "@playhead/core";
import type { FrameSize } from "../plan/even-size.ts";
import { type Part, readPart } from "../plan/part.ts";
import { planTask } from "../plan/plan.ts";
import type { MediaInfo } from "../probe/media-info.ts";
import { run } from "../run/run.ts";
import type { RunOptions, RunResult } from "../run/run-options.ts";
import { displayName } from "../system/display-name.ts";

/** A picture of a video: three bytes a pixel (red, green, blue), row by row. */
export interface RawFrame {
  /** What is shown at that time, counted from where the part begins. */
  readonly timeSec: number;
  readonly width: number;
  readonly height: number;
  /** Its memory belongs to whoever gets it: it may be handed over to another thread. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** What is read, and how. */
export interface ReadFramesOptions extends Omit<RunOptions, "onStdout"> {
  readonly part: Part;
  /** How many are taken of a second, whatever the video's own rate. */
  readonly framesPerSec: number;
  /** Every picture is brought to this size, whatever its shape. */
  readonly size: FrameSize;
}

const BYTES_PER_PIXEL = 3;
/** A frame of that size is read into memory as a whole. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/**
 * Hands on pictures of a part of a video, upright, one after the other and evenly in time: at least one, the first at
 * its beginning. ffmpeg waits while one is being looked at, so that never more than one is held.
 *
 * @param onFrame what it throws ends the reading, and is thrown on
 * @throws PlayheadError `invalid_request`, `input_no_video`, or as {@link run}
 */
export async function readFrames(
  path: string,
  info: MediaInfo,
  options: ReadFramesOptions,
  onFrame: (frame: RawFrame) => Promise<void>,
): Promise<RunResult> {
  const { part, framesPerSec, size, ...runOptions } = options;
  const { width, height } = size;
  const frameBytes = width * height * BYTES_PER_PIXEL;
  if (!(framesPerSec > 0 && Number.isInteger(width * height) && frameBytes > 0 && frameBytes <= MAX_FRAME_BYTES)) {
    const message = `expected a rate over 0 and a size of at most 64 MB a frame, got ${framesPerSec} and ${width} × ${height}`;
    throw new PlayheadError("invalid_request", message);
  }
  const { video } = info;
  if (video === null) {
    throw new PlayheadError("input_no_video", `${displayName(path)} has no video to look at`, {
      hint: "give a video file",
    });
  }
  const { input, filters, length } = readPart(path, info, part);
  const plan = planTask({
    inputs: [input],
    // Rounded up, the frame of a time is the one that is shown then, and there is one of the very shortest video.
    filterGraph:
      `[0:${video.index}]${filters}fps=${framesPerSec}:start_time=0:round=up,` +
      `scale=${width}:${height}:flags=area,setsar=1[frames]`,
    maps: ["[frames]"],
    video: { codec: "raw", pixelFormat: "rgb24" },
    audio: null,
    output: { kind: "stdout", format: "rawvideo" },
    length,
  });
  let failure: { readonly error: unknown } | null = null;
  const reading = run(plan, {
    ...runOptions,
    async onStdout(stdout) {
      let count = 0;
      for await (const pixels of wholeFrames(stdout, frameBytes)) {
        const timeSec = Math.min(count / framesPerSec, part.durationSec);
        count += 1;
        await onFrame({ timeSec, width, height, pixels }).catch((error: unknown) => {
          failure = { error };
          throw error;
        });
      }
    },
  });
  return reading.catch((error: unknown) => {
    throw failure === null || runOptions.signal?.aborted ? error : failure.error;
  });
}

/** Pieces of any length in, whole frames out; a last one that is not whole is that of a run that was ended. */
async function* wholeFrames(stdout: Readable, frameBytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let frame = new Uint8Array(frameBytes);
  let filled = 0;
  for await (const piece of stdout as AsyncIterable<Uint8Array>) {
    for (let from = 0; from < piece.length; ) {
      const taken = Math.min(piece.length - from, frameBytes - filled);
      frame.set(piece.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
      if (filled < frameBytes) continue;
      yield frame;
      frame = new Uint8Array(frameBytes);
      filled = 0;
    }
  }
}
