import { constants, enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Keeps what Node compiles of the program and its threads, so that the next start has it ready. In a folder of this user's,
 * since whoever could write there could have us run anything; where there is none to be written, nothing is kept, and nothing
 * else changes. `NODE_COMPILE_CACHE` names another folder, `NODE_DISABLE_COMPILE_CACHE` does without.
 *
 * @param environment of this process: threads go by what it says when they start
 */
export function keepCompiled(environment: NodeJS.ProcessEnv): void {
  try {
    const folder = environment.NODE_COMPILE_CACHE || join(cacheFolder(environment), "playhead", "compiled");
    if (enableCompileCache(folder).status === constants.compileCacheStatus.ENABLED)
      environment.NODE_COMPILE_CACHE = folder;
  } catch {
    // A user without a home folder.
  }
}

function cacheFolder({ XDG_CACHE_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv): string {
  return XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), ".cache");
}
