import { type FfmpegPlan, type H264Encoder, planTask, prerollSecOf, type VideoStream } from "@playhead/ffmpeg";
import type { Source } from "../media/source.ts";
import type { ClipPlan } from "./clip-plan.ts";

const AUDIO_KBPS = 128;
/** Bits a pixel of a frame that x264 needs at our quality, at most: for the disk check, not for the encoder. */
const BITS_PER_PIXEL = 0.15;
const FALLBACK_RATE = 30;

/** What it takes beside the style. */
export interface ClipMeans {
  readonly encoder: H264Encoder;
  /** Draws the captions; null: there are none. */
  readonly captionsFilter: string | null;
  /** Makes the sound as loud as is wanted; null: it is left. */
  readonly soundFilter: string | null;
}

const PLAIN: ClipMeans = { encoder: "x264", captionsFilter: null, soundFilter: null };

/**
 * What ffmpeg has to do for a clip: cut the segment out and bring it into its style, in one go.
 *
 * @param filters of the style, for this scene
 */
export function clipTask(
  source: Source,
  clip: ClipPlan,
  filters: string,
  outputPath: string,
  means: ClipMeans = PLAIN,
): FfmpegPlan {
  const { scene } = clip;
  const { info, video } = source;
  const isSquare = info.video?.pixelAspectRatio === 1;
  const square = isSquare ? "" : `scale=${video.width}:${video.height},setsar=1,`;
  const [sound] = info.audio;
  const { encoder, captionsFilter, soundFilter } = means;
  const captions = captionsFilter === null ? "" : `,${captionsFilter}`;
  const picture = `[0:${video.index}]${square}${filters}${captions},setsar=1,format=yuv420p[clip]`;
  const evenSound = sound === undefined || soundFilter === null ? null : `[0:${sound.index}]${soundFilter}[sound]`;
  return planTask({
    inputs: [
      {
        kind: "file",
        path: source.path,
        startSec: scene.start_sec,
        durationSec: clip.durationSec,
        prerollSec: prerollSecOf(info, scene.start_sec),
        sourceDurationSec: source.durationSec,
      },
    ],
    filterGraph: evenSound === null ? picture : `${picture};${evenSound}`,
    // The sound may be over before the scene begins; then the clip has none.
    maps: sound === undefined ? ["[clip]"] : ["[clip]", evenSound === null ? `0:${sound.index}?` : "[sound]"],
    video: { codec: "h264", encoder, preset: "veryfast", quality: { kind: "crf", crf: 22 } },
    // Phones have two channels at most.
    audio: sound === undefined ? null : { codec: "aac", kbps: AUDIO_KBPS, ...(sound.channels > 2 && { channels: 2 }) },
    output: { kind: "file", path: outputPath, format: "mp4" },
  });
}

/** About how many bytes a clip will have, rather too many than too few. */
export function estimateClipBytes(video: VideoStream, clip: ClipPlan): number {
  if (!clip.style.isFit) return 0;
  const { width, height } = clip.style.size;
  const bitsPerSecond = width * height * (video.frameRate ?? FALLBACK_RATE) * BITS_PER_PIXEL + AUDIO_KBPS * 1_000;
  return Math.ceil((clip.durationSec * bitsPerSecond) / 8);
}
