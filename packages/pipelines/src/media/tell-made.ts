import type { JobHandle } from "@playhead/sdk";
import { secondsWords } from "./words.ts";

/** What has come of the items of a job so far. */
export interface MadeCounts {
  readonly planned: readonly unknown[];
  readonly made: readonly unknown[];
  /** Finished in an earlier run. */
  readonly found: readonly unknown[];
  readonly failed: readonly unknown[];
}

/** How many were ended before they were done. */
export function canceledCount({ planned, made, found, failed }: MadeCounts): number {
  return planned.length - made.length - found.length - failed.length;
}

/** Says in a job's log what has come of it, and how fast. @param summary of the job */
export function tellMade(
  { log }: JobHandle,
  { made, found, failed }: MadeCounts,
  { wall_sec, speed_ratio }: Readonly<Record<string, unknown>>,
): void {
  const speed = typeof speed_ratio === "number" ? `, ${speed_ratio} s of video a second` : "";
  const counts = `${made.length} made, ${found.length} skipped, ${failed.length} failed`;
  const line = `${counts}, in ${secondsWords(Number(wall_sec))}${speed}`;
  if (failed.length > 0) log.warning(line);
  else log.info(line);
}
