import { dirname } from "node:path";
import type { TaskHandle } from "@playhead/sdk";
import type { FfmpegGauges } from "../media/ffmpeg-gauges.ts";
import { logFailure } from "../media/log-failure.ts";
import type { MergeOptions } from "./merge-options.ts";
import type { Prepared } from "./prepare.ts";

/** What the stages of one run share. */
export interface MergeRun extends Prepared {
  readonly options: MergeOptions;
  readonly gauges: Pick<FfmpegGauges, "progress" | "ended">;
  /** Says in the log what failed, and why: once, where it happened, and not again in what failed with it. */
  readonly tellFailure: (task: TaskHandle, what: string, error: unknown) => void;
}

/** See {@link MergeRun.tellFailure}. */
export function createFailureTeller({ given, output, workDir }: Prepared): MergeRun["tellFailure"] {
  const folders = [...new Set([...given.map(({ path }) => dirname(path)), dirname(output), workDir])];
  const told = new Set<unknown>();
  return (task, what, error) => {
    if (told.has(error)) return;
    told.add(error);
    logFailure(task, what, error, folders);
  };
}
