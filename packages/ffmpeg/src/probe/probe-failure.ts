import { PlayheadError } from "@playhead/core";
import { REFERRING_DEMUXERS } from "./input-guard.ts";
import type { ContainerOutline } from "./truncation.ts";

const NOT_ALLOWED = /\[(\w+) @ 0x[0-9a-f]+\] \[error\] Format not on whitelist/;

/** What is beyond our limit, and what is beyond ffmpeg's own (a side of 0 is `invalid`, too). */
const TOO_MANY_PIXELS = /Picture size ([1-9]\d*)x([1-9]\d*) (?:exceeds specified max pixel count|is invalid)/;

/** Names that ffmpeg takes for a numbered sequence or a glob, and the one kind of picture that can load others. */
const SEQUENCE_OR_DRAWING = /[%*?{[]|\.svgz?"$/i;

const STILL_HINT = "give a video file (mp4, mov, mkv, webm …)";

/** What is known when ffprobe could not read a file. */
export interface FailedProbe {
  /** The file as messages name it. */
  readonly name: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly outline: ContainerOutline;
  readonly maxPixels: number;
}

/** Why ffprobe could not read a file, from what it wrote and from the file's own outline. */
export function probeFailure(attempt: FailedProbe): PlayheadError {
  const { name, stderr, outline, exitCode, maxPixels } = attempt;
  const cause = new Error(`ffprobe exited with code ${exitCode}:\n${stderr.trim().slice(-4000)}`);
  const format = NOT_ALLOWED.exec(stderr)?.[1] ?? null;
  const isSinglePicture = format === "image2" && !SEQUENCE_OR_DRAWING.test(name);
  if (format !== null && REFERRING_DEMUXERS.has(format) && !isSinglePicture) {
    return new PlayheadError("input_refused", `${name} is not a video but a file that refers to others (${format})`, {
      hint: "playlists, image sequences and drawings are refused for safety: give the video file itself",
      detail: { format },
      cause,
    });
  }
  if (format !== null && (isSinglePicture || format.endsWith("_pipe"))) {
    return new PlayheadError("input_no_video", `${name} is a still image (${format}), not a video`, {
      hint: STILL_HINT,
      detail: { format },
      cause,
    });
  }
  if (stderr.includes("No such file or directory")) {
    return new PlayheadError("input_missing", `${name} is no longer there`, { hint: "leave it in its place", cause });
  }
  const tooLarge = refusedFrame(name, stderr, maxPixels);
  if (tooLarge !== null) return tooLarge;
  if (outline.container === "mp4" && stderr.includes("moov atom not found")) {
    return new PlayheadError("input_truncated", `${name} is not complete: its index (moov atom) is missing`, {
      hint: "the recording or the copy stopped early: copy, download or export it again",
      detail: { missing_bytes: outline.missingBytes },
      cause,
    });
  }
  if (outline.missingBytes > 0) return truncatedError(name, outline, cause);
  return new PlayheadError("input_not_media", `${name} is not a video or audio file that ffmpeg can read`, {
    hint: STILL_HINT,
    ...(format === null ? {} : { detail: { format } }),
    cause,
  });
}

/** The error for a file whose outline goes on behind its end. */
export function truncatedError(name: string, outline: ContainerOutline, cause?: unknown): PlayheadError {
  return new PlayheadError(
    "input_truncated",
    `${name} is cut off: at least ${outline.missingBytes} bytes are missing at its end`,
    {
      hint: "the recording or the copy stopped early: copy, download or export it again",
      detail: { missing_bytes: outline.missingBytes },
      cause,
    },
  );
}

/** The error for frames that ffprobe itself refused as too large, which may leave its exit code 0; null for others. */
export function refusedFrame(name: string, stderr: string, maxPixels: number): PlayheadError | null {
  const [, width, height] = TOO_MANY_PIXELS.exec(stderr) ?? [];
  return width === undefined ? null : frameTooLargeError(name, Number(width), Number(height), maxPixels);
}

/** The error for frames with more pixels than are accepted. */
export function frameTooLargeError(name: string, width: number, height: number, maxPixels: number): PlayheadError {
  const side = Math.floor(Math.sqrt(maxPixels));
  return new PlayheadError(
    "input_too_large",
    `${name} has frames of ${width} × ${height} pixels; at most ${maxPixels} pixels (as in ${side} × ${side}) are accepted`,
    { hint: "scale it down first", detail: { width, height, max_pixels: maxPixels } },
  );
}
