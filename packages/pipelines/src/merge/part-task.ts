import { type FfmpegPlan, type FfmpegTask, planTask, type StreamParameters, type VideoQuality } from "@playhead/ffmpeg";
import type { Frame } from "./choose-frame.ts";
import type { Fit } from "./merge-options.ts";
import type { Part } from "./part.ts";

/** What a part is brought to. */
export interface PartRequest {
  readonly frame: Frame;
  readonly fit: Fit;
  readonly quality: Extract<VideoQuality, { kind: "crf" }>;
  /** What is encoded again is only to be quick, and good. */
  readonly isIntermediate: boolean;
  /** How many pictures it is to have. */
  readonly frames: number;
  /** Whether brightness of a wider range is brought into that of other videos. */
  readonly mapsHdr: boolean;
}

export const SAMPLE_RATE = 48_000;
/** A last picture is held this much longer than planned: containers round. */
export const HELD_SEC = 0.5;

/** A picture is never off by more than half of its time, however long the part is. */
export function framesOf(durationSec: number, { rate }: Frame): number {
  return Math.max(1, Math.round(durationSec * rate.perSec));
}

/** How long a part is that has so many pictures. */
export function secondsOf(frames: number, { rate }: Frame): number {
  return frames / rate.perSec;
}

/**
 * What ffmpeg has to do so that a part has the same streams as all others: to the picture, and to the sample. What the
 * file lacks is made: held pictures, silence.
 */
export function partTask(part: Part, request: PartRequest, path: string): FfmpegPlan {
  const { frame, frames, quality, isIntermediate } = request;
  const { source, sound, durationSec, picturesEndSec } = part;
  const lengthSec = secondsOf(frames, frame);
  const heldSec = Math.max(0, durationSec - picturesEndSec) + HELD_SEC;
  const graph = [
    `[0:${source.video.index}]${pictureFilters(part, request)}`,
    // Held as long as is meant, and no longer: a file that breaks off must come to light.
    `tpad=stop_mode=clone:stop_duration=${heldSec.toFixed(3)},trim=end_frame=${frames},format=yuv420p[v]`,
  ].join(",");
  const hasSound = frame.channels > 0;
  const silence = `anullsrc=r=${SAMPLE_RATE}:cl=${layoutOf(frame)}`;
  const isSilent = hasSound && sound === null;
  return planTask({
    inputs: [
      { kind: "file", path: source.path, sourceDurationSec: durationSec },
      ...(isSilent ? [{ kind: "generated", graph: silence, durationSec: lengthSec } as const] : []),
    ],
    filterGraph: hasSound
      ? `${graph};${soundFilters(isSilent ? "1:a" : `0:${sound?.index}`, frame, lengthSec)}`
      : graph,
    maps: hasSound ? ["[v]", "[a]"] : ["[v]"],
    video: { codec: "h264", preset: isIntermediate ? "ultrafast" : "veryfast", quality, isInOrder: true },
    // Encoded once and in one piece when all parts are together: so there is no gap where they meet.
    audio: hasSound ? { codec: "pcm" } : null,
    output: { kind: "file", path, format: "mov" },
    length: { kind: "fixed", durationSec: lengthSec },
    // What it is short of is looked at by whoever asked.
    durationToleranceSec: lengthSec,
  } satisfies FfmpegTask);
}

function pictureFilters(part: Part, { frame, fit, mapsHdr }: PartRequest): string {
  const { video, info } = part.source;
  const isSquare = info.video?.pixelAspectRatio === 1;
  return [
    ...(isInterlaced(part.streams[video.index]) ? ["bwdif=mode=send_frame:deint=interlaced"] : []),
    ...(isSquare ? [] : [`scale=${video.width}:${video.height}`]),
    "setsar=1",
    // Also where the pictures begin after the sound: the first one is seen until then.
    `fps=fps=${frame.rate.text}:start_time=0`,
    ...(mapsHdr ? [TONE_MAP] : []),
    fitFilters(video, frame, fit),
    "setsar=1",
    "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv",
  ].join(",");
}

/** From the brightness of PQ or HLG to that of other videos. */
const TONE_MAP =
  "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p";
const COLOURS = "out_color_matrix=bt709:out_range=tv";

function fitFilters(video: { readonly width: number; readonly height: number }, { size }: Frame, fit: Fit): string {
  const { width, height } = size;
  const whole = `scale=${width}:${height}`;
  const inside = `${whole}:force_original_aspect_ratio=decrease:force_divisible_by=2:${COLOURS}`;
  const around = `${whole}:force_original_aspect_ratio=increase:force_divisible_by=2`;
  const cut = `crop=${width}:${height}`;
  // A pixel is no other shape.
  const isSameShape = Math.abs(video.width * height - video.height * width) <= Math.max(width, height);
  if (isSameShape) return `${whole}:${COLOURS}`;
  switch (fit) {
    case "pad":
      return `${inside},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`;
    case "crop":
      return `${around}:${COLOURS},${cut}`;
    case "blur":
      return (
        `split=2[whole][behind];[behind]${behindFilters(size)}[blurred];[whole]${inside}[inside];` +
        "[blurred][inside]overlay=(W-w)/2:(H-h)/2"
      );
  }
}

/** Blurred at a quarter of the size: it looks the same and takes a fraction of the time. */
function behindFilters({ width, height }: Frame["size"]): string {
  const [smallWidth, smallHeight] = [Math.ceil(width / 8) * 2, Math.ceil(height / 8) * 2];
  return (
    `scale=${smallWidth}:${smallHeight}:force_original_aspect_ratio=increase:${COLOURS},crop=${smallWidth}:${smallHeight},` +
    `boxblur=luma_radius='min(8,min(w,h)/4)':luma_power=2:chroma_radius='min(4,min(cw,ch)/4)',` +
    `scale=${width}:${height},eq=brightness=-0.08`
  );
}

function soundFilters(from: string, frame: Frame, lengthSec: number): string {
  const samples = Math.round(lengthSec * SAMPLE_RATE);
  // Holes are filled, and what begins late is filled in front.
  const even = `aresample=${SAMPLE_RATE}:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=${layoutOf(frame)}`;
  return `[${from}]${even},apad,atrim=end_sample=${samples}[a]`;
}

function layoutOf({ channels }: Frame): string {
  return channels === 1 ? "mono" : "stereo";
}

function isInterlaced(stream: StreamParameters | undefined): boolean {
  return ["tt", "bb", "tb", "bt"].includes(stream?.parameters.field_order ?? "");
}
