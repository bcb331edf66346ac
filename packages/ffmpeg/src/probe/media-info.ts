/** What is known of a media file after looking at it; times in seconds from its start. */
export interface MediaInfo {
  /** Length of the whole file; null where the container does not say (a stream recorded live). */
  readonly durationSec: number | null;
  /** ffmpeg's name of the container, for example `mov` (for mp4, too), `matroska`, `mpegts`. */
  readonly container: string;
  readonly sizeBytes: number;
  /** The first stream that is a video and not a cover picture; null when there is none. */
  readonly video: VideoStream | null;
  readonly audio: readonly AudioStream[];
}

export interface VideoStream {
  /** Number of the stream in the file: `0:${index}` maps it, when the file is the first input. */
  readonly index: number;
  readonly codec: string;
  /** Size in pixels as ffmpeg hands it to filters: after the rotation, before the pixel's aspect ratio. */
  readonly width: number;
  readonly height: number;
  /** How far players turn it clockwise, in degrees. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Width of a pixel over its height, after the rotation; 1 for square ones. */
  readonly pixelAspectRatio: number;
  readonly pixelFormat: string | null;
  /** Average frames per second over the whole stream; null when unknown. */
  readonly frameRate: number | null;
  /** The rate that all time stamps fit to; higher than {@link frameRate} where frames were left out. */
  readonly baseFrameRate: number | null;
  readonly isVariableFrameRate: boolean;
  /** As the container counts them, or else duration × rate; null when neither is known. */
  readonly frameCountEstimate: number | null;
  readonly durationSec: number | null;
  /** Brightness by the PQ or HLG curve. */
  readonly isHdr: boolean;
}

export interface AudioStream {
  readonly index: number;
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
  readonly durationSec: number | null;
}

type Fields = Readonly<Record<string, unknown>>;

/** Rates that differ by more than this are two rates, and not one that was rounded. */
const RATE_TOLERANCE = 0.01;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** @returns a number of 0 or more; null for `N/A`, nonsense and what is not there. */
function numberOf(value: unknown): number | null {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}

/** `30000/1001` and `16:9`; null for a zero on either side. */
function ratioOf(value: unknown): number | null {
  const parts = textOf(value)?.split(/[/:]/);
  if (parts?.length !== 2) return null;
  const ratio = Number(parts[0]) / Number(parts[1]);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}

/** Turns ffprobe's JSON (`-show_format -show_streams`) into facts; never throws, whatever it is given. */
export function parseMediaInfo(json: unknown, sizeBytes: number): MediaInfo {
  const root = isFields(json) ? json : {};
  const format = isFields(root.format) ? root.format : {};
  const streams = listOf(root.streams);
  const durationSec = numberOf(format.duration);
  const video = streams.find((s) => s.codec_type === "video" && !isPicture(s));
  return {
    durationSec,
    container: textOf(format.format_name)?.split(",")[0] ?? "unknown",
    sizeBytes,
    video: video === undefined ? null : videoOf(video, durationSec),
    audio: streams.filter((s) => s.codec_type === "audio").map(audioOf),
  };
}

function isPicture(stream: Fields): boolean {
  const { disposition } = stream;
  return isFields(disposition) && (disposition.attached_pic === 1 || disposition.timed_thumbnails === 1);
}

function videoOf(stream: Fields, fileDurationSec: number | null): VideoStream {
  const rotation = rotationOf(stream);
  const isTurned = rotation === 90 || rotation === 270;
  const width = numberOf(stream.width) ?? 0;
  const height = numberOf(stream.height) ?? 0;
  const aspect = ratioOf(stream.sample_aspect_ratio) ?? 1;
  const frameRate = ratioOf(stream.avg_frame_rate);
  const baseFrameRate = ratioOf(stream.r_frame_rate);
  const durationSec = streamDurationOf(stream);
  const lengthSec = durationSec ?? fileDurationSec;
  const estimate = lengthSec === null || frameRate === null ? null : Math.round(lengthSec * frameRate);
  return {
    index: numberOf(stream.index) ?? 0,
    codec: textOf(stream.codec_name) ?? "unknown",
    width: isTurned ? height : width,
    height: isTurned ? width : height,
    rotation,
    pixelAspectRatio: isTurned ? 1 / aspect : aspect,
    pixelFormat: textOf(stream.pix_fmt),
    frameRate: frameRate ?? baseFrameRate,
    baseFrameRate,
    isVariableFrameRate:
      frameRate !== null &&
      baseFrameRate !== null &&
      Math.abs(baseFrameRate - frameRate) / baseFrameRate > RATE_TOLERANCE,
    frameCountEstimate: numberOf(stream.nb_frames) ?? estimate,
    durationSec,
    isHdr: stream.color_transfer === "smpte2084" || stream.color_transfer === "arib-std-b67",
  };
}

/** The display matrix tells counter-clockwise degrees; files by older writers have a clockwise tag instead. */
function rotationOf(stream: Fields): VideoStream["rotation"] {
  const matrix = listOf(stream.side_data_list).find((s) => typeof s.rotation === "number")?.rotation;
  const tag = isFields(stream.tags) ? Number(stream.tags.rotate ?? 0) : 0;
  const clockwise = typeof matrix === "number" ? -matrix : tag;
  const quarter = Math.round(clockwise / 90) % 4;
  return ([0, 90, 180, 270] as const)[(quarter + 4) % 4] ?? 0;
}

function audioOf(stream: Fields): AudioStream {
  return {
    index: numberOf(stream.index) ?? 0,
    codec: textOf(stream.codec_name) ?? "unknown",
    channels: numberOf(stream.channels) ?? 0,
    sampleRate: numberOf(stream.sample_rate) ?? 0,
    durationSec: streamDurationOf(stream),
  };
}

/** Matroska has the length of a stream in a tag, such as `00:00:04.040000000`. */
function streamDurationOf(stream: Fields): number | null {
  const durationSec = numberOf(stream.duration);
  if (durationSec !== null) return durationSec;
  const tag = isFields(stream.tags) ? textOf(stream.tags.DURATION) : null;
  const [, hours, minutes, seconds] = /^(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)$/.exec(tag ?? "") ?? [];
  return seconds === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
