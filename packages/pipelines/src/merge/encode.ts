import { dirname } from "node:path";
import { ensureDiskSpace, type FfmpegPlan, type FfmpegProgress, type RunResult } from "@playhead/ffmpeg";
import type { TaskHandle } from "@playhead/sdk";
import { runFfmpeg } from "../media/ffmpeg-calls.ts";
import { withRetries } from "../media/with-retries.ts";
import { rounded } from "../media/words.ts";
import type { MergeRun } from "./merge-run.ts";
import { DISK_MARGIN_BYTES } from "./prepare.ts";

export interface EncodeOptions {
  /** About how many bytes it will write: so many have to be free. */
  readonly bytes: number;
  /** The part of the task's bar that this is, 0..1. @defaultValue all of it */
  readonly from?: number;
  readonly to?: number;
}

/** Of an mp4 only its head is on the disk for a while; that is no size to tell. */
const HEADER_BYTES = 1_024;

/** Has ffmpeg do a piece of work of a task, tried again where an error may pass. */
export async function encode(
  task: TaskHandle,
  plan: FfmpegPlan,
  run: MergeRun,
  { bytes, from = 0, to = 1 }: EncodeOptions,
): Promise<RunResult> {
  const { registryDir, ffmpegPath } = run.options;
  const { output } = plan.task;
  return withRetries(task, task.signal, async () => {
    if (output.kind === "file") await ensureDiskSpace(dirname(output.path), bytes + DISK_MARGIN_BYTES);
    const running = runFfmpeg(plan, {
      ...{ signal: task.signal, pause: task.pauseGate, registryDir, ffmpegPath, includeStderr: true },
      onProgress(progress) {
        run.gauges.progress(task.task_id, progress);
        if (progress.phase !== "starting")
          task.progress(from + (progress.fraction ?? 0) * (to - from), progressDetails(progress));
      },
    });
    return running.finally(() => run.gauges.ended(task.task_id));
  });
}

/** What is known of the moment; what is not is left out, and what was said before stays. */
function progressDetails({ phase, fps, speedRatio, sizeBytes }: FfmpegProgress): Record<string, unknown> {
  return {
    ...(fps !== null && { fps: rounded(fps, 1) }),
    ...(speedRatio !== null && { speed_ratio: rounded(speedRatio, 2) }),
    ...(sizeBytes !== null && sizeBytes > HEADER_BYTES && { size_bytes: sizeBytes }),
    ...(phase === "finalizing" && { phase }),
  };
}
