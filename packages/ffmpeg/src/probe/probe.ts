import { resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { capture } from "../system/capture.ts";
import { displayName } from "../system/display-name.ts";
import { locateProgram } from "../system/locate.ts";
import { checkInputFile } from "./input-file.ts";
import { DEFAULT_MAX_PIXELS, fileUrl, guardArgs } from "./input-guard.ts";
import { type MediaInfo, parseMediaInfo } from "./media-info.ts";
import { frameTooLargeError, probeFailure, refusedFrame, truncatedError } from "./probe-failure.ts";
import { readOutline, UNKNOWN_OUTLINE } from "./truncation.ts";

export interface ProbeOptions {
  /** Whose ffprobe is taken, if it has one beside it. */
  readonly ffmpegPath?: string | undefined;
  readonly ffprobePath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @defaultValue 15 000 */
  readonly timeoutMs?: number;
  /** Whether a file without a video stream is an error (`input_no_video`). @defaultValue false */
  readonly requireVideo?: boolean;
  /** Most pixels a frame may have (width × height). @defaultValue 67 108 864 (8192 × 8192) */
  readonly maxPixels?: number;
  /** Longest file that is accepted. @defaultValue 86 400 (a day) */
  readonly maxDurationSec?: number;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_MAX_DURATION_SEC = 86_400;

/**
 * Reads what a media file is, and refuses what we could not work on. Only the file itself is opened: a crafted one
 * cannot make ffprobe read another file or the network.
 * @throws PlayheadError `input_missing`, `input_empty`, `input_refused`, `input_not_media`, `input_no_video`,
 * `input_truncated`, `input_too_short`, `input_too_large`, `ffmpeg_missing`, `ffmpeg_timeout` or `canceled`
 */
export async function probe(path: string, options: ProbeOptions = {}): Promise<MediaInfo> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, maxPixels = DEFAULT_MAX_PIXELS, signal } = options;
  const file = path === "" ? path : resolve(path);
  const sizeBytes = await checkInputFile(file);
  const ffprobe = await locateProgram("ffprobe", { path: options.ffprobePath, besidePath: options.ffmpegPath });
  const what = ["-of", "json", "-show_format", "-show_streams"];
  const args = ["-hide_banner", "-loglevel", "repeat+level+error", ...guardArgs(maxPixels), ...what, fileUrl(file)];
  const [answer, outline] = await Promise.all([
    capture(ffprobe, args, { timeoutMs, signal }),
    readOutline(file, sizeBytes).catch(() => UNKNOWN_OUTLINE),
  ]);
  const name = displayName(file);
  if (answer.exitCode !== 0) throw probeFailure({ name, outline, maxPixels, ...answer });
  const info = parseMediaInfo(parseJson(answer.stdout), sizeBytes);
  if (outline.missingBytes > 0) throw truncatedError(name, outline);
  const tooLarge = info.video?.width === 0 ? refusedFrame(name, answer.stderr, maxPixels) : null;
  if (tooLarge !== null) throw tooLarge;
  checkContent(name, info, options.requireVideo ?? false);
  checkSize(name, info, maxPixels, options.maxDurationSec ?? DEFAULT_MAX_DURATION_SEC);
  return info;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const hint = "check that FFPROBE_PATH, or the ffprobe beside FFMPEG_PATH, is ffprobe";
    throw new PlayheadError("ffmpeg_unsuitable", "expected JSON from ffprobe, got something else", { hint, cause });
  }
}

function checkContent(name: string, info: MediaInfo, requireVideo: boolean): void {
  const { video, audio, durationSec } = info;
  const isEmptyVideo = video !== null && (video.durationSec === 0 || video.frameCountEstimate === 0);
  const isEmpty = durationSec === 0 || (video === null && audio.length === 0);
  if (isEmpty || (requireVideo && isEmptyVideo)) {
    throw new PlayheadError("input_too_short", `${name} holds no pictures or sound: its length is 0 s`, {
      hint: "export it again, or give another file",
    });
  }
  if (!requireVideo) return;
  if (video === null) {
    throw new PlayheadError("input_no_video", `${name} has sound (${audio[0]?.codec ?? "unknown"}) but no video`, {
      hint: "give a video file",
    });
  }
  if (video.width === 0 || video.height === 0) {
    throw new PlayheadError("input_not_media", `${name} has a video stream (${video.codec}) that ffmpeg cannot read`, {
      hint: "convert it to H.264 in an mp4 file first",
    });
  }
}

function checkSize(name: string, info: MediaInfo, maxPixels: number, maxDurationSec: number): void {
  const { video, durationSec } = info;
  if (video !== null && video.width * video.height > maxPixels) {
    throw frameTooLargeError(name, video.width, video.height, maxPixels);
  }
  if (durationSec !== null && durationSec > maxDurationSec) {
    throw new PlayheadError(
      "input_too_large",
      `${name} is ${Math.round(durationSec)} s long; at most ${maxDurationSec} s are accepted`,
      { hint: "cut it into parts first", detail: { duration_sec: durationSec, max_duration_sec: maxDurationSec } },
    );
  }
}
