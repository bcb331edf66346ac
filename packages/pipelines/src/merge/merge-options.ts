import type { FrameSize } from "@playhead/ffmpeg";
import type { JobOptions } from "../media/end-of-job.ts";
import type { Storage } from "../storage/storage.ts";

/** A video to be merged. */
export interface MergeInput {
  /** Its path. */
  readonly file: string;
  /** What its part is called. @defaultValue the file's name */
  readonly title?: string;
  /** It may go away while the job runs, so it is taken over first: linked where the disk can, else copied. */
  readonly isUpload?: boolean;
}

/**
 * What becomes of a picture that has another shape than the result: black bars beside it, its edges cut off, or the
 * whole of it over an enlarged and blurred copy of itself.
 */
export const FITS = ["pad", "crop", "blur"] as const;
export type Fit = (typeof FITS)[number];

/** How large, or how good, the result is to be. */
export type MergeTarget =
  /** At most so many bytes: encoded in two passes. Said honestly where that cannot be. */
  | { readonly kind: "size"; readonly maxBytes: number }
  /** Even quality: `crf` 0 (lossless) to 51. */
  | { readonly kind: "quality"; readonly crf: number };

/** What `runMerge` is asked for. */
export interface MergeOptions extends JobOptions {
  /** Two at least, in the order in which they are to be seen. */
  readonly inputs: readonly (string | MergeInput)[];
  /** Path of the result, an mp4. */
  readonly output: string;
  /** Whether a file that is there already is replaced. @defaultValue false: it is refused */
  readonly replace?: boolean;
  /** Even numbers. @defaultValue one that the inputs have: see `choose-frame.ts` */
  readonly size?: FrameSize;
  /** Pictures a second, 1 to 120. @defaultValue as many as most of the inputs have: see `choose-frame.ts` */
  readonly fps?: number;
  /** @defaultValue "pad" */
  readonly fit?: Fit;
  /** @defaultValue what is copied stays as it is; what is encoded has a `crf` of 20 */
  readonly target?: MergeTarget;
  /** Where the result goes, too, when it is done. */
  readonly storage?: Storage;
  /** How many ffmpeg run at a time, from 1. @defaultValue the cores, at most 4 */
  readonly maxParallel?: number;
  /** @defaultValue the result's file name */
  readonly title?: string;
  /** Folder in which what runs is written down, so that nothing is left over after a crash: `reapOrphans` looks there. */
  readonly registryDir: string;
  /** Where viewers can get a file of the output folder; null when they cannot. @defaultValue they cannot */
  readonly urlOf?: (file: string) => string | null;
  /** Path of ffmpeg; the ffprobe beside it is used as well. @defaultValue `FFMPEG_PATH`, or the one in PATH */
  readonly ffmpegPath?: string;
}
