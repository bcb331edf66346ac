/** One file that is read, whole or from `startSec` on for `durationSec`. */
export interface FileInput {
  readonly kind: "file";
  readonly path: string;
  /** Where to begin, in seconds of the file, 0 or more. Sought before decoding, so it is exact and quick. */
  readonly startSec?: number;
  /** How much to read, in seconds, over 0. @defaultValue to its end */
  readonly durationSec?: number;
  /**
   * How much before `startSec` to read and throw away, where the container cannot be sought in exactly: see
   * `prerollSecOf`. Only of an input that is the only one. @defaultValue 0
   */
  readonly prerollSec?: number;
  /** How long the whole file is (`MediaInfo.durationSec`): without it, the length of an untrimmed input is unknown. */
  readonly sourceDurationSec?: number | null;
  /** Begin anew at its end, again and again; then `durationSec` says how much is read. @defaultValue false */
  readonly repeat?: boolean;
}

/** How the bytes of a picture say what it is: each reads one file and can refer to no other. */
export type PictureFormat = "png" | "jpeg" | "webp" | "bmp";

/** One picture: a single frame. How long it stands is up to the filters. */
export interface PictureInput {
  readonly kind: "picture";
  readonly path: string;
  readonly format: PictureFormat;
  /** How long it stands in the output, in seconds. */
  readonly durationSec: number;
}

/** Pictures or sound that ffmpeg makes itself, such as `testsrc=s=1280x720`. The graph must be ours, never a user's. */
export interface GeneratedInput {
  readonly kind: "generated";
  /** A `lavfi` graph. */
  readonly graph: string;
  readonly durationSec: number;
}

/**
 * Files of the same streams that are read one after the other as if they were one: what they hold can be copied. Of each
 * stream its first file tells what it is, so all must agree to the bit: see `readStreams`.
 */
export interface SequenceInput {
  readonly kind: "sequence";
  /** As `writeSequence` made it. */
  readonly listPath: string;
  /** Of all files together. */
  readonly durationSec: number;
}

export type TaskInput = FileInput | PictureInput | GeneratedInput | SequenceInput;

/** Who writes H.264: `x264` is everywhere, the others need hardware and its driver: see `provenEncoders`. */
export type H264Encoder = "x264" | HardwareEncoder;
export type HardwareEncoder = "nvenc" | "qsv" | "vaapi" | "videotoolbox";

export type X264Preset = "ultrafast" | "superfast" | "veryfast" | "faster" | "fast" | "medium" | "slow" | "slower";

/** How the pictures are written. */
export type VideoEncoding =
  | { readonly codec: "copy" }
  /**
   * `encoder` @defaultValue x264. `preset` is for x264 alone; hardware encodes in one pass, whatever is asked. `isInOrder`:
   * pictures are written as they are shown, so that files of any length can be put one after the other.
   */
  | {
      readonly codec: "h264";
      readonly encoder?: H264Encoder;
      readonly preset?: X264Preset;
      readonly quality?: VideoQuality;
      readonly isInOrder?: boolean;
    }
  /** `quality` 2 (best) to 31. @defaultValue 3 */
  | { readonly codec: "jpeg"; readonly quality?: number }
  | { readonly codec: "raw"; readonly pixelFormat: "gray" | "rgb24" | "yuv420p" };

export type VideoQuality =
  /** Even quality: `crf` 0 (lossless) to 51. @defaultValue 20 */
  | { readonly kind: "crf"; readonly crf: number }
  /** Even size: the average bit rate; in two passes it is met well, and takes longer. */
  | { readonly kind: "bitrate"; readonly kbps: number; readonly passes: 1 | 2 };

/** How the sound is written. */
export type AudioEncoding =
  | { readonly codec: "copy" }
  /** As it is decoded, 16 bits a sample: for findings about it, for `RunOptions.onStdout`, or for what is encoded later. */
  | { readonly codec: "pcm" }
  /** `kbps` @defaultValue 160. `channels` @defaultValue as many as there are */
  | { readonly codec: "aac"; readonly kbps?: number; readonly channels?: 1 | 2 };

export type TaskOutput =
  /** A file, which appears under its name only when it is whole and was checked. */
  | { readonly kind: "file"; readonly path: string; readonly format: "mp4" | "mov" | "matroska" | "mpegts" | "mjpeg" }
  /** Bytes for `RunOptions.onStdout`. */
  | { readonly kind: "stdout"; readonly format: "rawvideo" | "s16le" }
  /** Nothing: the filters' findings are what is wanted. They may be printed to stdout (`metadata=print:file=-`). */
  | { readonly kind: "none" };

/** What the length of the output follows from. Progress is its share, so a wrong rule makes a wrong bar. */
export type OutputLength =
  /** The first input's, divided by the speed at which the filters play it. */
  | { readonly kind: "first-input"; readonly speedRatio?: number }
  /** All inputs one after the other. */
  | { readonly kind: "sum-of-inputs"; readonly speedRatio?: number }
  | { readonly kind: "fixed"; readonly durationSec: number }
  /** Nobody knows before (`select` filters): progress has no fraction. */
  | { readonly kind: "unknown" };

/** One piece of work for ffmpeg: one process (one per pass), one output. */
export interface FfmpegTask {
  readonly inputs: readonly TaskInput[];
  /** A `-filter_complex` graph with labelled outputs. It must be ours, never a user's. */
  readonly filterGraph?: string;
  /**
   * What goes into the output; with `?` at its end, if it is there: a stream may also have nothing in the part that is
   * read. @defaultValue the first video (`0:V:0?`) and sound (`0:a:0?`) that are encoded
   */
  readonly maps?: readonly string[];
  readonly video: VideoEncoding | null;
  readonly audio: AudioEncoding | null;
  readonly output: TaskOutput;
  /** @defaultValue `{ kind: "first-input" }` */
  readonly length?: OutputLength;
  /** Stop after so many frames. */
  readonly maxFrames?: number;
  /** How far the finished file's length may be off, in seconds. @defaultValue 0.5 or 3 %; when copying, 2 or 10 % */
  readonly durationToleranceSec?: number;
  /** Threads of the encoder and the filters, each. @defaultValue ffmpeg's choice (the cores) */
  readonly threads?: number;
}
