import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** How many runs of the demo keep their clips. */
const KEPT_RUNS = 3;
const RUN_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}$/;

/**
 * A folder for the clips of one run of the demo, so that each run has something to do; those of old runs are removed.
 *
 * @returns its path; the pipeline makes it
 */
export function newDemoRun(dataFolder: string, nowMs: number): string {
  const folder = join(dataFolder, "demo", "clips");
  const runs = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => RUN_NAME.test(name))
        .sort()
    : [];
  for (const name of runs.slice(0, Math.max(0, runs.length - KEPT_RUNS + 1))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  return join(folder, new Date(nowMs).toISOString().slice(0, -1).replaceAll(/[:.]/g, "-"));
}
