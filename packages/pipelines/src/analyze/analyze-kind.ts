import { PlayheadError } from "@playhead/sdk";
import * as z from "zod";
import type { JobKind } from "../job-kind.ts";
import { MOST_ITEMS } from "./limits.ts";
import { runAnalyzeIn } from "./run-analyze.ts";
import { DEFAULT_WEIGHTS, type PartName } from "./score/score.ts";
import { parseSource, type SourceSpec } from "./sources/open-clip-source.ts";

const MAX_PARALLEL = 16;
const PARTS = Object.keys(DEFAULT_WEIGHTS) as [PartName, ...PartName[]];

const input = z.strictObject({
  source: z.string().min(1).max(2_000).optional().meta({
    title: "Feed or YouTube",
    description: "The address of a feed; youtube:channel:@name, youtube:playlist:PL…, youtube:search:WORDS",
  }),
  files: z
    .array(z.string().min(1).meta({ format: "upload" }))
    .min(1)
    .max(MOST_ITEMS)
    .optional()
    .meta({ title: "Videos", description: "Instead of a feed or YouTube" }),
  top: z.int().min(1).max(MOST_ITEMS).optional().meta({ title: "How many of the best are named" }),
  max_items: z.int().min(1).max(MOST_ITEMS).optional().meta({ title: "Clips looked at, at most" }),
  weights: z.partialRecord(z.enum(PARTS), z.number().min(0)).optional().meta({
    title: "Weights of the score",
    description: 'What counts how much, such as {"motion": 5, "loudness": 0}',
  }),
  max_parallel: z.int().min(1).max(MAX_PARALLEL).optional().meta({ title: "Clips at a time" }),
});

/** Analyses as jobs of the server. */
export const analyzeKind: JobKind = {
  kind: "analyze",
  title: "Analyze",
  description: "Looks at the videos of a feed, of YouTube, or your own, scores them, and names the best.",
  input,
  run({ playhead, started, input: given, place }) {
    const { source, files, top, max_items, weights, max_parallel } = input.parse(given);
    const { job, signal, retry_of } = started;
    return runAnalyzeIn(playhead, job, {
      source: sourceOf(source, files?.map(place.fileOf)),
      outDir: place.outDir({ jobId: job.job_id, retry_of }),
      registryDir: place.registryDir,
      urlOf: place.urlOf,
      signal,
      ...(place.ffmpegPath !== undefined && { ffmpegPath: place.ffmpegPath }),
      ...(top !== undefined && { top }),
      ...(max_items !== undefined && { maxItems: max_items }),
      ...(weights !== undefined && { weights }),
      ...(max_parallel !== undefined && { maxParallel: max_parallel }),
    });
  },
};

/** Whoever may start jobs may not therefore read folders of the worker. */
function sourceOf(source: string | undefined, files: readonly string[] | undefined): SourceSpec {
  if (files !== undefined && source === undefined) return { kind: "files", paths: files };
  const spec = source === undefined || files !== undefined ? null : parseSource(source);
  if (spec !== null && spec.kind !== "folder") return spec;
  const message = "expected either the address of a feed or YouTube (input.source), or videos (input.files)";
  throw new PlayheadError("validation_error", message);
}
