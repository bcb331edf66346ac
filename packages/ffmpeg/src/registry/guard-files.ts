import { randomUUID } from "node:crypto";
import { guardExit } from "../run/exit-guard.ts";
import { registerRun } from "./run-registry.ts";

/**
 * Sees to it that what a process writes by itself does not outlive it half written: it is removed when the process
 * exits, and by {@link reapOrphans} when it was killed.
 *
 * @param registryDir as in `RunOptions`; without it a kill leaves the files
 * @param files absolute paths that end with `.part`; a folder goes with all that is in it
 * @returns ends the watch, and leaves the files alone
 * @throws PlayheadError `output_unwritable` or `disk_full` for the registry's folder
 */
export async function guardFiles(
  registryDir: string | undefined,
  files: readonly string[],
): Promise<() => Promise<void>> {
  const registration = await registerRun(registryDir, randomUUID(), files);
  const endGuard = guardExit({ groupId: null, files });
  return async () => {
    endGuard();
    await registration.remove();
  };
}
