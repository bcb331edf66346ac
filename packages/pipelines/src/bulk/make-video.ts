import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import { logFailure } from "../media/log-failure.ts";
import { waitQuietly, withRetries } from "../media/with-retries.ts";
import { type BulkRun, foldersOf } from "./bulk-run.ts";
import { openPartsStore } from "./gather-parts.ts";
import type { ItemPlan } from "./item-plan.ts";
import { renderVideo } from "./render-video.ts";

/**
 * Makes one video, tried again where an error may pass. Its failure is its own, unless it would meet every video: then the
 * others are stopped.
 */
export async function makeVideo(task: TaskHandle, item: ItemPlan, run: BulkRun): Promise<void> {
  const signal = AbortSignal.any([task.signal, run.stop.signal]);
  const { watch } = run;
  const endWork = watch.work();
  try {
    await takePlace(task, run, signal);
    run.tally.made.push(await attempts(task, item, run, signal));
  } catch (error) {
    if (!isCancellation(error, task.signal)) {
      run.tally.failed.push({ item, error });
      logFailure(task, `the video of row ${item.row.number}`, error, foldersOf(run));
      run.stop.look(error);
    }
    throw error;
  } finally {
    endWork();
  }
}

/** Waits until one more video may be begun. */
async function takePlace(task: TaskHandle, { pace, watch }: BulkRun, signal: AbortSignal): Promise<void> {
  const waitMs = pace.take();
  if (waitMs <= 0) return;
  const endWait = watch.wait(waitMs);
  await waitQuietly(task, waitMs, signal).finally(endWait);
}

async function attempts(task: TaskHandle, item: ItemPlan, run: BulkRun, signal: AbortSignal) {
  const store = await openPartsStore(item, run);
  try {
    return await withRetries(task, signal, () => renderVideo(task, item, run, store, signal), {
      onWait: ({ code }, waitMs) => (code === "rate_limited" ? run.watch.wait(waitMs) : () => undefined),
    });
  } finally {
    await store.remove();
  }
}

/** As the sdk sees it: what is thrown once the job is canceled counts as that. */
function isCancellation(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || (error instanceof PlayheadError && error.code === "canceled");
}
