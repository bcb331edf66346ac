import { basename } from "node:path";
import type { ClipsOptions } from "@playhead/pipelines";
import type { Ending } from "./exit-codes.ts";
import { type PipelineView, resultLine, runPipelineJob } from "./pipeline-job.ts";

export interface ClipsJobOptions extends PipelineView {
  readonly clips: Omit<ClipsOptions, "signal" | "onJob">;
}

/**
 * Cuts a video into clips as a job that is shown while it runs, and says what came of it.
 *
 * @throws PlayheadError for bad input, before there is a job
 */
export async function runClipsJob({ clips, ...view }: ClipsJobOptions): Promise<Ending> {
  // Loaded when it is needed: no other command has to wait for it.
  const { runClips } = await import("@playhead/pipelines");
  return runPipelineJob({
    ...view,
    title: basename(clips.input),
    run: async (hooks) => ({ ...(await runClips(view.playhead, { ...clips, ...hooks })), out: clips.outDir }),
    results: ({ completed, skipped, manifest, out }) => [
      ...(completed + skipped > 0 ? [resultLine("Clips", out)] : []),
      ...(completed + skipped > 0 && clips.upload !== undefined ? [resultLine("Uploaded", clips.upload.title)] : []),
      ...(manifest === null ? [] : [resultLine("Manifest", manifest)]),
    ],
  });
}
