import { dirname } from "node:path";
import type { FfmpegGauges } from "../media/ffmpeg-gauges.ts";
import type { MergeOptions } from "./merge-options.ts";
import type { Prepared } from "./prepare.ts";

/** What the stages of one run share. */
export interface MergeRun extends Prepared {
  readonly options: MergeOptions;
  readonly gauges: Pick<FfmpegGauges, "progress" | "ended">;
}

/** The folders that it reads from and writes to. */
export function foldersOf({ given, output, workDir }: Pick<MergeRun, "given" | "output" | "workDir">) {
  return [...new Set([...given.map(({ path }) => dirname(path)), dirname(output), workDir])];
}
