import { basename } from "node:path";
import { rounded } from "../media/words.ts";
import type { Frame } from "./choose-frame.ts";
import type { Finished } from "./compress.ts";
import type { MergeRun } from "./merge-run.ts";
import { segmentsOf } from "./segments.ts";

/** A job's summary is read whole by everyone who looks at it; the artifact has all of them. */
const MAX_SEGMENTS = 100;

/**
 * What a job that is done has to tell.
 *
 * @param wallMs how long it took, pauses included
 */
export function summaryOf(finished: Finished, frame: Frame, { output, segmentsFile }: MergeRun, wallMs: number) {
  const { segments, ...told } = segmentsOf(basename(output), finished, frame);
  const { version: _, ...facts } = told;
  return {
    ...facts,
    parts: segments.length,
    wall_sec: rounded(wallMs / 1_000, 2),
    speed_ratio: rounded(finished.durationSec / Math.max(0.001, wallMs / 1_000), 2),
    ...(finished.isTargetMet !== null && { target_met: finished.isTargetMet }),
    segments_file: basename(segmentsFile),
    segments: segments.slice(0, MAX_SEGMENTS),
  };
}
