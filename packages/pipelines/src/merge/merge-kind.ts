import { basename, join } from "node:path";
import * as z from "zod";
import type { JobKind } from "../job-kind.ts";
import { storageOf } from "../storage/storage-of-place.ts";
import { FITS, type MergeTarget } from "./merge-options.ts";
import { runMergeIn } from "./run-merge.ts";

const MAX_PARALLEL = 16;
const BYTES_PER_MB = 1_000_000;

const input = z
  .strictObject({
    files: z
      .array(z.string().min(1).meta({ format: "upload" }))
      .min(2)
      .max(1_000)
      .meta({ title: "Videos", description: "In the order of the result" }),
    name: z
      .string()
      .regex(/^[^/\\]+\.mp4$/, "expected a file name that ends with .mp4")
      .default("merged.mp4")
      .meta({ title: "Name of the result" }),
    width: z
      .int()
      .min(16)
      .max(8_192)
      .multipleOf(2)
      .optional()
      .meta({ title: "Width", description: "With the height; chosen by the videos, unless given" }),
    height: z.int().min(16).max(8_192).multipleOf(2).optional().meta({ title: "Height" }),
    fps: z
      .number()
      .min(1)
      .max(120)
      .optional()
      .meta({ title: "Pictures a second", description: "Chosen by the videos, unless given" }),
    fit: z.enum(FITS).default("pad").meta({
      title: "Videos of another shape",
      description: "Get black bars, are cut off, or stand over a blurred copy",
    }),
    max_mb: z.number().positive().optional().meta({ title: "At most so many megabytes" }),
    crf: z
      .number()
      .min(0)
      .max(51)
      .optional()
      .meta({ title: "Quality", description: "Lower is better; 20 looks as good as the original" }),
    upload: z
      .boolean()
      .optional()
      .meta({ title: "Upload", description: "To the storage that the worker is configured with" }),
    max_parallel: z.int().min(1).max(MAX_PARALLEL).optional().meta({ title: "Parts at a time" }),
  })
  .refine(({ width, height }) => (width === undefined) === (height === undefined), {
    message: "expected both width and height, or neither",
    path: ["width"],
  })
  .refine(({ max_mb, crf }) => max_mb === undefined || crf === undefined, {
    message: "expected a size or a quality, not both",
    path: ["max_mb"],
  });

/** Merging as a job of the server. */
export const mergeKind: JobKind = {
  kind: "merge",
  title: "Merge",
  description: "Puts videos of any kind one after the other, into one.",
  input,
  async run({ playhead, started, input: given, place }) {
    const { files, name, width, height, fps, fit, max_mb, crf, upload, max_parallel } = input.parse(given);
    const { job, signal, retry_of } = started;
    const outDir = place.outDir({ jobId: job.job_id, retry_of });
    const target = targetOf(max_mb, crf);
    const storage = upload === true ? storageOf(place) : null;
    const running = runMergeIn(playhead, job, {
      // What was uploaded may be cleaned up while the job runs.
      inputs: files.map((file) => ({ file: place.fileOf(file), isUpload: true })),
      output: join(outDir, basename(name)),
      // What an attempt before has left is replaced.
      replace: true,
      ...{ registryDir: place.registryDir, urlOf: place.urlOf, signal, fit },
      ...(place.ffmpegPath !== undefined && { ffmpegPath: place.ffmpegPath }),
      ...(width !== undefined && height !== undefined && { size: { width, height } }),
      ...(fps !== undefined && { fps }),
      ...(target !== undefined && { target }),
      ...(max_parallel !== undefined && { maxParallel: max_parallel }),
      ...(storage !== null && { storage }),
    });
    return running.finally(() => storage?.close());
  },
};

function targetOf(maxMb: number | undefined, crf: number | undefined): MergeTarget | undefined {
  if (maxMb !== undefined) return { kind: "size", maxBytes: Math.round(maxMb * BYTES_PER_MB) };
  return crf === undefined ? undefined : { kind: "quality", crf };
}
