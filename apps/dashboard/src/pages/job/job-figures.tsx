import { formatDuration, formatRate } from "@playhead/client/format";
import { activeMs, isFinalJobState, type Job } from "@playhead/core";
import { Figure } from "../../ui/figure.tsx";

export interface JobFiguresProps {
  readonly job: Job;
  readonly nowMs: number;
}

/** The numbers of a job. */
export function JobFigures({ job, nowMs }: JobFiguresProps) {
  const { progress } = job;
  // Made, now or by an earlier run: what failed or was canceled is said below.
  const done = progress.items_completed + progress.items_skipped;
  const average = progress.average_duration_ms_per_item;
  const hasDeliverables = Object.values(job.counts.deliverables).some((count) => count > 0);
  return (
    <dl className="m-0 grid grid-cols-2 gap-x-8 gap-y-4 desk:flex desk:gap-x-10">
      <Figure
        label={hasDeliverables ? "Clips" : "Items"}
        value={progress.items_total === 0 ? "–" : done}
        unit={progress.items_total === 0 ? undefined : `of ${progress.items_total}`}
        note={notSmooth(progress)}
      />
      <Figure
        label="Rate"
        value={progress.items_per_minute === null ? "–" : formatRate(progress.items_per_minute)}
        unit={progress.items_per_minute === null ? undefined : "a minute"}
        note={average === null ? null : `${formatDuration(average)} each`}
      />
      <Figure
        label={isFinalJobState(job.state) ? "Took" : "Elapsed"}
        value={job.started_at === null ? "–" : formatDuration(activeMs(job, nowMs))}
        note={waited(job, nowMs)}
      />
      <Figure
        label="Errors"
        value={progress.errors_encountered}
        tone={progress.errors_encountered > 0 ? "failed" : "plain"}
      />
    </dl>
  );
}

/** What of the items did not simply work. */
function notSmooth({ items_failed, items_skipped, items_canceled }: Job["progress"]): string | null {
  const parts = [
    items_failed > 0 && `${items_failed} failed`,
    items_skipped > 0 && `${items_skipped} skipped`,
    items_canceled > 0 && `${items_canceled} canceled`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? null : parts.join(", ");
}

/** Time that was no work, where there was some. */
function waited(job: Job, nowMs: number): string | null {
  const pausedMs = job.paused_ms + (job.paused_since === null ? 0 : nowMs - Date.parse(job.paused_since));
  if (pausedMs >= 1_000) return `and ${formatDuration(pausedMs)} paused`;
  const waitMs = job.progress.time_to_start_ms;
  return waitMs !== null && waitMs >= 1_000 ? `after waiting ${formatDuration(waitMs)}` : null;
}
