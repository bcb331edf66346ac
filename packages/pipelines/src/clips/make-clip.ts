import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import { logFailure } from "../media/log-failure.ts";
import { withRetries } from "../media/with-retries.ts";
import type { ClipPlan } from "./clip-plan.ts";
import { type ClipsRun, foldersOf } from "./clips-run.ts";
import { renderClip } from "./render-clip.ts";

/**
 * Makes one clip, tried again where an error may pass. Its failure is its own, unless it would meet every clip: then the
 * others are stopped.
 */
export async function makeClip(task: TaskHandle, clip: ClipPlan, run: ClipsRun): Promise<void> {
  const signal = AbortSignal.any([task.signal, run.stop.signal]);
  try {
    run.tally.made.push(await withRetries(task, signal, () => renderClip(task, clip, run, signal)));
  } catch (error) {
    if (!isCancellation(error, task.signal)) {
      run.tally.failed.push({ clip, error });
      logFailure(task, `${clip.style.processor.title} of scene ${clip.scene.scene_id}`, error, foldersOf(run));
      run.stop.look(error);
    }
    throw error;
  }
}

/** As the sdk sees it: what is thrown once the job is canceled counts as that. */
function isCancellation(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || (error instanceof PlayheadError && error.code === "canceled");
}
