import { rm } from "node:fs/promises";
import { unwritable } from "@playhead/ffmpeg";
import type { TaskHandle } from "@playhead/sdk";
import type { MergeRun } from "./merge-run.ts";

/**
 * Stage `cleanup`: removes everything that is not the result. What cannot be removed is a warning: the result is there;
 * the next start of Playhead tries again.
 */
export async function cleanUp(stage: TaskHandle, run: MergeRun): Promise<void> {
  const { workDir } = run;
  await stage.settle(async () => {
    try {
      await rm(workDir, { recursive: true, force: true });
    } catch (cause) {
      const error = unwritable(workDir, cause);
      run.tellFailure(stage, "cleaning up", error);
      throw error;
    }
  });
}
