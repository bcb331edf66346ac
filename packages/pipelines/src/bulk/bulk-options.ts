import type { JobOptions } from "../media/end-of-job.ts";
/** What `runBulk` is asked for. */
export interface BulkOptions extends JobOptions {
  /** Path of the CSV or JSON file of rows. */
  readonly rows: string;
  /** What a video of each row looks like, as JSON: docs/bulk.md has its fields. */
  readonly template: unknown;
  /** Folder of the videos; made if need be. One run at a time should write to it. */
  readonly outDir: string;
  /** How many videos are made at a time, from 1. @defaultValue the cores, at most 4 */
  readonly maxParallel?: number;
  /** How often a video may be begun: `30/min`, `2/s`. @defaultValue as often as there is a place */
  readonly rate?: string;
  /** Where files are that rows name. @defaultValue below the folder of the rows, and nowhere else */
  readonly fileOf?: (name: string) => string;
  /** Of which a provider's headers may take values. @defaultValue of none */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Whether providers may be on private networks and on this machine. @defaultValue false */
  readonly allowPrivate?: boolean;
  /** @defaultValue the name of the file of rows */
  readonly title?: string;
  /** Folder in which what runs is written down, so that nothing is left over after a crash: `reapOrphans` looks there. */
  readonly registryDir: string;
  /** Where viewers can get a file of the output folder; null when they cannot. @defaultValue they cannot */
  readonly urlOf?: (file: string) => string | null;
  /** Path of ffmpeg; the ffprobe beside it is used as well. @defaultValue `FFMPEG_PATH`, or the one in PATH */
  readonly ffmpegPath?: string;
}
