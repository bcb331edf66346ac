import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { MediaInfo, VideoStream } from "@playhead/ffmpeg";
import { PlayheadError } from "@playhead/sdk";
import { measureDuration, probe } from "./ffmpeg-calls.ts";
import { fileWords } from "./words.ts";

/** A video that something is made of. */
export interface Source {
  /** Absolute. */
  readonly path: string;
  /** As people see it: without folders. */
  readonly name: string;
  /** The same for the same content, whatever its name. */
  readonly sourceId: string;
  readonly info: MediaInfo;
  /** Its pictures as styles get them: upright, with square pixels. */
  readonly video: VideoStream;
  /** How long there are pictures. */
  readonly durationSec: number;
}

export interface SourceOptions {
  /** Path of the video. */
  readonly input: string;
  readonly signal?: AbortSignal | undefined;
  readonly ffmpegPath?: string | undefined;
  /** Folder in which what runs is written down. */
  readonly registryDir: string;
}

/** What is read of each end of a file to know it again. */
const SAMPLE_BYTES = 1024 * 1024;

/**
 * Looks at a video.
 *
 * @throws PlayheadError when nothing can be made of it, or `canceled`
 */
export async function openSource(options: SourceOptions): Promise<Source> {
  const { input, signal, ffmpegPath, registryDir } = options;
  const path = input === "" ? input : resolve(input);
  const name = fileWords(path);
  const info = await probe(path, { requireVideo: true, signal, ffmpegPath });
  const { video } = info;
  if (video === null)
    throw new PlayheadError("input_no_video", `"${name}" has no video`, { hint: "give a video file" });
  // Browsers record without saying how long: then all of it is read once, without decoding.
  const durationSec =
    video.durationSec ?? info.durationSec ?? (await measureDuration(path, { signal, ffmpegPath, registryDir }));
  if (durationSec === null || durationSec <= 0) {
    throw new PlayheadError("input_not_media", `"${name}" does not tell how long it is`, {
      hint: "bring it into an mp4 file first, for example with ffmpeg -i IN -c copy OUT.mp4",
    });
  }
  return {
    path,
    name,
    sourceId: await idOf(path, info.sizeBytes),
    info: { ...info, durationSec: info.durationSec ?? durationSec },
    video: withSquarePixels(video),
    durationSec,
  };
}

/** The stream as it is once its pixels were made square: as wide as players show it. */
export function withSquarePixels(video: VideoStream): VideoStream {
  if (video.pixelAspectRatio === 1) return video;
  return { ...video, width: Math.max(1, Math.round(video.width * video.pixelAspectRatio)), pixelAspectRatio: 1 };
}

/** Out of its size, its first and its last megabyte. */
async function idOf(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash("sha256").update(String(sizeBytes));
  const file = await open(path, "r");
  try {
    for (const position of [0, Math.max(0, sizeBytes - SAMPLE_BYTES)]) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
  return `source_${hash.digest("hex").slice(0, 16)}`;
}
