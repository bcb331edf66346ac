import { controlFrame } from "./connection.ts";
import type { Since } from "./feed-job.ts";
import type { JobFeed } from "./job-feed.ts";

/** The frames with which a job begins where there is no `subscribed`: nothing, or a snapshot, after `reset` where need be. */
export function openingFrames(
  { snapshot, recovered }: Pick<JobFeed, "snapshot" | "recovered">,
  since: Since | null,
  epoch: string,
  nowMs: number,
): readonly string[] {
  if (snapshot === null) return [];
  const { job_id, seq, tick, correlation_id } = snapshot;
  const ts = new Date(nowMs).toISOString();
  const frame = JSON.stringify({ type: "snapshot", job_id, epoch, seq, tick, ts, correlation_id, data: snapshot });
  if (since === null || recovered) return [frame];
  return [controlFrame("reset", { job_id, reason: "what came after the given position is not to be had" }), frame];
}
