import { PlayheadError } from "@playhead/core";
import { Cron } from "croner";

/**
 * When a schedule is due after a moment. On the day on which clocks go forward a time that does not exist comes an hour
 * later; on the day on which they go back, one that exists twice comes once.
 *
 * @returns null for never
 * @throws PlayheadError `validation_error` for a cron expression that is none
 */
export function nextDueMs(cron: string, timeZone: string, afterMs: number): number | null {
  return cronOf(cron, timeZone).nextRun(new Date(afterMs))?.getTime() ?? null;
}

function cronOf(cron: string, timezone: string): Cron {
  try {
    // Five fields: seconds and years would be one more way to be surprised.
    return new Cron(cron, { timezone, paused: true, mode: "5-part" });
  } catch (cause) {
    throw new PlayheadError(
      "validation_error",
      `expected cron to be of five fields such as "0 6 * * 1", got "${cron}" (${(cause as Error).message})`,
      { cause },
    );
  }
}
