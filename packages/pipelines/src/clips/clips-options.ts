import type { SceneSpec } from "./scenes.ts";
import type { StyleProcessor } from "./styles/style.ts";

/** What `runClips` is asked for. */
export interface ClipsOptions {
  /** Path of the video. */
  readonly input: string;
  /** @defaultValue found by where the picture changes */
  readonly scenes?: readonly SceneSpec[];
  /** Names of styles. @defaultValue all */
  readonly styles?: readonly string[];
  /** Styles of your own, beside the built-in ones. */
  readonly extraStyles?: readonly StyleProcessor[];
  /** Folder of the clips; made if need be. */
  readonly outDir: string;
  /** How many ffmpeg run at a time. @defaultValue the cores, at most 4 */
  readonly maxParallel?: number;
  readonly jobId?: string;
  /** @defaultValue the video's file name */
  readonly title?: string;
  readonly userId?: string;
  /** Cancels the job. */
  readonly signal?: AbortSignal;
  /** Folder in which running ffmpegs are written down, so that none is left over after a crash. */
  readonly registryDir: string;
  /** Where viewers can get a file of the output folder; null when they cannot. @defaultValue they cannot */
  readonly urlOf?: (file: string) => string | null;
  readonly ffmpegPath?: string;
  /** Called as soon as the job is announced. */
  readonly onJob?: (jobId: string) => void;
}
