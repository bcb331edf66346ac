import { basename } from "node:path";
import type { MergeOptions } from "@playhead/pipelines";
import type { Ending } from "./exit-codes.ts";
import { type PipelineView, resultLine, runPipelineJob } from "./pipeline-job.ts";

export interface MergeJobOptions extends PipelineView {
  readonly merge: Omit<MergeOptions, "signal" | "onJob">;
}

/**
 * Merges videos as a job that is shown while it runs, and says what came of it.
 *
 * @throws PlayheadError for bad input, before there is a job
 */
export async function runMergeJob({ merge, ...view }: MergeJobOptions): Promise<Ending> {
  // Loaded when it is needed: no other command has to wait for it.
  const { runMerge } = await import("@playhead/pipelines");
  return runPipelineJob({
    ...view,
    title: basename(merge.output),
    run: async (hooks) => ({ ...(await runMerge(view.playhead, { ...merge, ...hooks })), out: merge.output }),
    results: ({ state, out, summary }) =>
      state === "completed"
        ? [
            resultLine("Video", out),
            ...(merge.storage === undefined ? [] : [resultLine("Uploaded", merge.storage.title)]),
            resultLine("Joined", `${String(summary?.mode)}, since ${String(summary?.reason)}`),
            ...(summary?.target_met === false ? [resultLine("Size", "larger than wanted: see the log")] : []),
          ]
        : [],
  });
}
