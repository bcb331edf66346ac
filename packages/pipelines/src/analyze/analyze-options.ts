import type { JobOptions } from "../media/end-of-job.ts";
import type { SourceSpec } from "./sources/open-clip-source.ts";

/** What `runAnalyze` is asked for. */
export interface AnalyzeOptions extends JobOptions {
  readonly source: SourceSpec;
  /** Folder of the report; made if need be. */
  readonly outDir: string;
  /** How many of the best are named in the job's summary, from 1. @defaultValue 5 */
  readonly top?: number;
  /** Clips of the source that are looked at, 1 to 500. @defaultValue 50 */
  readonly maxItems?: number;
  /** Weights of the parts of the score, over the usual ones. */
  readonly weights?: Readonly<Record<string, number>>;
  /** How many are looked at at a time, from 1. @defaultValue the cores, at most 4 */
  readonly maxParallel?: number;
  /** Keep the files of the best that were downloaded, in `media` of the output folder. @defaultValue false */
  readonly keepTop?: boolean;
  /** Largest file that is downloaded. @defaultValue 2 GiB */
  readonly maxDownloadBytes?: number;
  /** Whether addresses of this machine and of private networks may be fetched from. @defaultValue false */
  readonly allowPrivate?: boolean;
  /** @defaultValue `YOUTUBE_API_KEY` */
  readonly youtubeKey?: string;
  /** Where the YouTube Data API is. @defaultValue Google's */
  readonly youtubeUrl?: string;
  /** @defaultValue the source's */
  readonly title?: string;
  /** Folder in which what runs is written down, so that nothing is left over after a crash: `reapOrphans` looks there. */
  readonly registryDir: string;
  /** Where viewers can get a file of the output folder; null when they cannot. @defaultValue they cannot */
  readonly urlOf?: (file: string) => string | null;
  /** Path of ffmpeg; the ffprobe beside it is used as well. @defaultValue `FFMPEG_PATH`, or the one in PATH */
  readonly ffmpegPath?: string;
}
