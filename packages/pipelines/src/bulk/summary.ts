import { rounded } from "../media/words.ts";
import { JOURNAL_NAME } from "./journal.ts";
import type { Tally } from "./tally.ts";

/**
 * What a job that is done has to tell: plain values whose names tell their units.
 *
 * @param wallMs how long it took, pauses and waits included
 */
export function summaryOf({ planned, made, found, failed }: Tally, wallMs: number): Record<string, string | number> {
  const media_sec = made.reduce((sum, { duration_sec }) => sum + duration_sec, 0);
  const wall_sec = wallMs / 1_000;
  return {
    videos_total: planned.length,
    videos_completed: made.length,
    videos_failed: failed.length,
    videos_skipped: found.length,
    wall_sec: rounded(wall_sec, 2),
    // Several videos are made at a time, so this may be over the speed of each.
    ...(made.length > 0 && { media_sec: rounded(media_sec, 2), speed_ratio: rounded(media_sec / wall_sec, 2) }),
    ...(made.length > 0 && { size_bytes: made.reduce((sum, { size_bytes }) => sum + size_bytes, 0) }),
    ...(made.length + found.length > 0 && { manifest: JOURNAL_NAME }),
  };
}
