import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import { logFailure } from "../media/log-failure.ts";
import { withRetries } from "../media/with-retries.ts";
import { announceClip } from "./announce-clip.ts";
import type { ClipPlan } from "./clip-plan.ts";
import { type ClipsRun, foldersOf } from "./clips-run.ts";
import type { ClipEntry } from "./manifest.ts";
import { type RenderedClip, renderClip } from "./render-clip.ts";
import { completeClip } from "./tell-clip.ts";
import { uploadClip } from "./upload-clip.ts";

/**
 * Makes one clip: rendered, and then uploaded if that is wanted; each is tried again where an error may pass. Its failure
 * is its own, unless it would meet every clip: then the others are stopped.
 *
 * @param found what is left of it to do is the upload; null: nothing is there
 */
export async function makeClip(
  task: TaskHandle,
  clip: ClipPlan,
  found: ClipEntry | null,
  run: ClipsRun,
): Promise<void> {
  const signal = AbortSignal.any([task.signal, run.stop.signal]);
  const { upload } = run.options;
  try {
    const rendered: RenderedClip =
      found === null
        ? await withRetries(task, signal, () => renderClip(task, clip, run, signal))
        : { entry: found, renderMs: null, details: {} };
    const { entry: local } = rendered;
    const entry = upload === undefined ? local : await uploadClip(task, local, upload, run, signal);
    announceClip(task, entry, run);
    completeClip(task, clip, { ...rendered, entry });
    run.tally.made.push({ clip, entry, renderMs: rendered.renderMs });
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
