import { formatPercent, speakEta } from "@playhead/client/format";
import type { JobSummary } from "@playhead/core";
import { lookOfJob } from "./state-mark.tsx";

export interface PlayheadBarProps {
  readonly job: Pick<JobSummary, "title" | "state" | "progress" | "rate_limited" | "error" | "liveness">;
  /** Whether what is shown is now: only then does the playhead stand at its end. */
  readonly live: boolean;
  readonly className?: string;
}

/** Of the whole: what moves less is not to be seen, and would be drawn all the same. */
const FINEST = 1_000;

/** How far a job is: what lies behind, and the playhead where it stands now. */
export function PlayheadBar({ job, live, className = "h-1.5" }: PlayheadBarProps) {
  const { percent_complete: percent } = job.progress;
  const at = Math.floor((percent / 100) * FINEST) / FINEST;
  const { word } = lookOfJob(job);
  const running = job.state === "running" || job.state === "completing";
  const said = [word, `${Math.floor(percent)} percent`, running ? speakEta(job.progress) : null].filter(
    (part) => part !== null,
  );
  return (
    <div
      role="progressbar"
      aria-label={job.title}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(percent)}
      aria-valuetext={said.join(", ")}
      title={formatPercent(percent)}
      data-state={job.state}
      className={`bar relative w-full rounded-sm bg-raised ${className}`}
    >
      <div className="absolute inset-0 overflow-hidden rounded-sm">
        <div className="bar-past absolute inset-0 origin-left" style={{ transform: `scaleX(${at})` }} />
      </div>
      {running && live && percent < 100 && (
        <div className="bar-stage">
          <div className="bar-at" style={{ transform: `translateX(${at * 100}%)` }} />
        </div>
      )}
    </div>
  );
}
