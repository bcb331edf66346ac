import { rmSync } from "node:fs";

/** What has to go when our process exits in the middle of a run. */
export interface Leftovers {
  /** The leader of the group to kill; null before it is started. */
  groupId: number | null;
  readonly files: readonly string[];
}

const guarded = new Set<Leftovers>();

/**
 * Sees to it that `process.exit()` and an uncaught error leave no ffmpeg and no file behind. A SIGKILL of ours runs no
 * code: for that there are {@link deathWrapper} and the reaper.
 * @returns ends the watch
 */
export function guardExit(leftovers: Leftovers): () => void {
  if (guarded.size === 0) process.on("exit", cleanUp);
  guarded.add(leftovers);
  return () => {
    guarded.delete(leftovers);
    if (guarded.size === 0) process.off("exit", cleanUp);
  };
}

function cleanUp(): void {
  for (const { groupId, files } of guarded) {
    try {
      if (groupId !== null) process.kill(-groupId, "SIGKILL");
    } catch {
      // It is gone already.
    }
    for (const file of files) {
      try {
        rmSync(file, { force: true, recursive: true });
      } catch {
        // Nothing can be done any more, and nobody can be told.
      }
    }
  }
}
