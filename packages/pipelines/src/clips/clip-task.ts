import { type FfmpegTask, type MediaInfo, planTask, type VideoStream } from "@playhead/ffmpeg";
import type { ClipPlan } from "./clip.ts";

const AUDIO_KBPS = 128;
/** Bits a pixel of a frame that x264 needs at our quality, at most: for the disk check, not for the encoder. */
const BITS_PER_PIXEL = 0.15;
const FALLBACK_RATE = 30;

/** What ffmpeg has to do for a clip: cut the segment out and bring it into its style, in one go. */
export function clipTask(input: string, info: MediaInfo, video: VideoStream, clip: ClipPlan, outputPath: string) {
  const square = video.pixelAspectRatio === 1 ? "" : "scale=iw*sar:ih,setsar=1,";
  const task: FfmpegTask = {
    inputs: [
      {
        kind: "file",
        path: input,
        startSec: clip.scene.start_sec,
        durationSec: clip.durationSec,
        sourceDurationSec: info.durationSec,
      },
    ],
    filterGraph: `[0:${video.index}]${square}${clip.style.filters(video)},setsar=1,format=yuv420p[v]`,
    maps: info.audio.length > 0 ? ["[v]", "0:a:0"] : ["[v]"],
    video: { codec: "h264", preset: "veryfast", quality: { kind: "crf", crf: 22 } },
    audio: info.audio.length > 0 ? { codec: "aac", kbps: AUDIO_KBPS } : null,
    output: { kind: "file", path: outputPath, format: "mp4" },
  };
  return planTask(task);
}

/** About how many bytes a clip will have, rather too many than too few. */
export function estimateClipBytes(video: VideoStream, clip: ClipPlan): number {
  const { width, height } = clip.style.size(video);
  const bitsPerSecond = width * height * (video.frameRate ?? FALLBACK_RATE) * BITS_PER_PIXEL + AUDIO_KBPS * 1_000;
  return Math.ceil((clip.durationSec * bitsPerSecond) / 8);
}
