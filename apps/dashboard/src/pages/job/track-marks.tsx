import type { Job, Task } from "@playhead/core";
import { isOnScale, positionOnScale, type Timescale } from "./timescale.ts";

export interface TrackMarksProps {
  readonly task: Task;
  readonly job: Pick<Job, "errors">;
  /** When it was begun again, also later than the moment that is shown. */
  readonly retries: readonly number[];
  readonly scale: Timescale;
}

/** What happened along a track: a notch where it was begun again, a flag where something went wrong that it got over. */
export function TrackMarks({ task, job, retries, scale }: TrackMarksProps) {
  const failedMs = task.state === "failed" && task.ended_at !== null ? Date.parse(task.ended_at) : null;
  const faults = job.errors
    .filter(({ task_id }) => task_id === task.task_id)
    .map(({ ts, error_message }) => ({ atMs: Date.parse(ts), message: error_message }))
    // Where it failed for good there is a flag already.
    .filter(({ atMs }) => atMs !== failedMs && isOnScale(scale, atMs));
  const begun = retries.slice(0, task.attempt - 1).filter((atMs) => isOnScale(scale, atMs));
  return (
    <>
      {begun.map((atMs) => (
        <span
          key={atMs}
          className="tl-notch"
          title="Begun again"
          style={{ left: `${positionOnScale(scale, atMs) * 100}%` }}
        />
      ))}
      {faults.map(({ atMs, message }) => (
        <span
          key={atMs}
          className="tl-flag"
          data-over=""
          title={message}
          style={{ left: `${positionOnScale(scale, atMs) * 100}%` }}
        />
      ))}
    </>
  );
}
