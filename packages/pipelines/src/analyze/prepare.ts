import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { ensureDiskSpace, ensureWritableFolder, locateProgram } from "@playhead/ffmpeg";
import { createSlots, PlayheadError, type Slots } from "@playhead/sdk";
import type { AnalyzeOptions } from "./analyze-options.ts";
import { type AddressGuard, createAddressGuard } from "./fetch/address-guard.ts";
import { DEFAULT_MAX_DOWNLOAD_BYTES, DEFAULT_MAX_ITEMS, DISK_MARGIN_BYTES, MOST_ITEMS } from "./limits.ts";
import { type Weights, weightsOf } from "./score/score.ts";
import type { ClipSource } from "./sources/clip-source.ts";
import { openClipSource } from "./sources/open-clip-source.ts";

/** What is known when the job begins. */
export interface Prepared {
  readonly source: ClipSource;
  readonly weights: Weights;
  readonly guard: AddressGuard;
  readonly top: number;
  readonly maxDownloadBytes: number;
  /** Absolute. */
  readonly outDir: string;
  /** The folder was not there before. */
  readonly isNewFolder: boolean;
  /** What this run's own files are called by, beside those of other runs into the same folder. */
  readonly runTag: string;
  readonly slots: Slots;
}

const MAX_PARALLEL = 4;
const DEFAULT_TOP = 5;

/**
 * Everything that can be refused is refused here, before there is a job, and before anything is written.
 *
 * @throws PlayheadError for a source, weights, counts, an ffmpeg or an output folder that cannot be worked with
 */
export async function prepare(options: AnalyzeOptions, nowMs: () => number): Promise<Prepared> {
  const top = countOf("top", options.top ?? DEFAULT_TOP, MOST_ITEMS);
  const maxItems = countOf("maxItems", options.maxItems ?? DEFAULT_MAX_ITEMS, MOST_ITEMS);
  const weights = weightsOf(options.weights);
  const slots = createSlots(options.maxParallel ?? Math.min(MAX_PARALLEL, availableParallelism()));
  const guard = createAddressGuard({ allowPrivate: options.allowPrivate ?? false });
  const source = await openClipSource(options.source, {
    ...{ maxItems, guard, nowMs },
    youtubeKey: options.youtubeKey ?? process.env.YOUTUBE_API_KEY,
    youtubeUrl: options.youtubeUrl,
  });
  if (source.kind !== "youtube") await locateProgram("ffmpeg", { path: options.ffmpegPath });
  const outDir = resolve(options.outDir);
  await ensureDiskSpace(outDir, DISK_MARGIN_BYTES);
  const isNewFolder = (await stat(outDir).catch(() => null)) === null;
  await ensureWritableFolder(outDir);
  return {
    ...{ source, weights, guard, top, outDir, isNewFolder, slots },
    maxDownloadBytes: options.maxDownloadBytes ?? DEFAULT_MAX_DOWNLOAD_BYTES,
    runTag: randomBytes(4).toString("hex"),
  };
}

function countOf(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new PlayheadError("validation_error", `expected ${name} to be a whole number from 1 to ${most}, got ${value}`);
}
