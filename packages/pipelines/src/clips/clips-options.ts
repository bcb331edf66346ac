import type { JobOptions } from "../media/end-of-job.ts";
import type { Storage } from "../storage/storage.ts";
import type { EncoderName } from "./encoder-choice.ts";
import type { SceneSpec } from "./scenes.ts";
import type { StyleProcessor } from "./styles/style.ts";

/** What `runClips` is asked for. */
export interface ClipsOptions extends JobOptions {
  /** Path of the video. */
  readonly input: string;
  /** In order, apart, within the video. @defaultValue found by where the picture changes */
  readonly scenes?: readonly SceneSpec[];
  /** Names of styles. @defaultValue all, your own included */
  readonly styles?: readonly string[];
  /** Styles of your own, beside the built-in ones. */
  readonly extraStyles?: readonly StyleProcessor[];
  /** Path of an SRT or WebVTT file whose captions are burnt into the picture. @defaultValue none */
  readonly captions?: string;
  /** Loudness to which the sound of each scene is brought, in LUFS from -36 to -5; null leaves it. @defaultValue -14 */
  readonly loudnessLufs?: number | null;
  /** Who encodes. @defaultValue `auto`: hardware that proves itself by a trial encode, else x264 */
  readonly encoder?: EncoderName;
  /** Where finished clips are uploaded to; it is not closed. @defaultValue nowhere: they stay in the output folder */
  readonly upload?: Storage;
  /** Folder of the clips; made if need be. One run at a time should write to it. */
  readonly outDir: string;
  /** How many ffmpeg run at a time, from 1. @defaultValue the cores, at most 4 */
  readonly maxParallel?: number;
  /** @defaultValue the video's file name */
  readonly title?: string;
  /** Folder in which what runs is written down, so that nothing is left over after a crash: `reapOrphans` looks there. */
  readonly registryDir: string;
  /** Where viewers can get a file of the output folder; null when they cannot. @defaultValue they cannot */
  readonly urlOf?: (file: string) => string | null;
  /** Path of ffmpeg; the ffprobe beside it is used as well. @defaultValue `FFMPEG_PATH`, or the one in PATH */
  readonly ffmpegPath?: string;
}
