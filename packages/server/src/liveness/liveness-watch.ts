import { activeMs, type Job, type Liveness } from "@playhead/core";
import { assessLiveness, type LivenessLimits } from "./assess-liveness.ts";
import { createPaceMeter, type PaceMeter } from "./pace.ts";

/** An open job in memory, as far as its two clocks go. */
export interface WatchedJob {
  readonly draft: Job;
  /** When something was reported of it last, and when something of it advanced. */
  readonly lastTouchedMs: number;
  readonly lastMovedMs: number;
  /** 0..1 */
  readonly fraction: () => number;
}

export interface LivenessWatchDeps {
  readonly limitsOf: (kind: string) => LivenessLimits;
  /** A worker that is silent for longer has lost its jobs: they fail, and what it still says of them is refused. */
  readonly leaseMs: () => number;
  /** For how long a job's worker has been silent; null for one of which nothing can be expected. */
  readonly workerSilentMs: (job: Job) => number | null;
  /** Stores a fact of the server's own. */
  readonly report: (
    tenantId: string,
    record: { type: "job.liveness_changed" | "job.failed"; job_id: string; data: Record<string, string> },
  ) => void;
}

const LOST = {
  reason: "worker_lost",
  error_code: "worker_lost",
  error_class: "environment",
  hint: "what it had finished is kept; run it again to do the rest",
};

/** Says how the clocks of jobs stand when that changes, and ends the jobs of workers that do not come back. */
export function createLivenessWatch({ limitsOf, leaseMs, workerSilentMs: silentMs, report }: LivenessWatchDeps) {
  /** Goes with the job. */
  const meters = new WeakMap<Job, PaceMeter>();

  function paceOf({ draft, fraction }: WatchedJob, nowMs: number) {
    const meter = meters.get(draft) ?? createPaceMeter();
    meters.set(draft, meter);
    return meter.add({ activeMs: activeMs(draft, nowMs), fraction: fraction() });
  }

  function say({ tenant_id, job_id, liveness: before }: Job, liveness: Liveness, reason: string | null): void {
    if (liveness === before) return;
    const data = { liveness, ...(reason !== null && { reason }) };
    report(tenant_id, { type: "job.liveness_changed", job_id, data });
  }

  /** Ends a job whose worker does not come back. */
  function endLost({ tenant_id, job_id }: Job): void {
    const error_message = "its worker went silent, and did not come back in time";
    report(tenant_id, { type: "job.failed", job_id, data: { ...LOST, error_message } });
  }

  return {
    endLost,
    /** Looks at one open job. */
    check(job: WatchedJob, nowMs: number): void {
      const { draft, lastTouchedMs, lastMovedMs } = job;
      const { state, kind, rate_limited: rateLimited } = draft;
      const workerSilentMs = silentMs(draft);
      if (workerSilentMs !== null && workerSilentMs > leaseMs()) {
        endLost(draft);
        return;
      }
      const { liveness, reason } = assessLiveness(
        {
          state,
          rateLimited,
          workerSilentMs,
          unreportedMs: nowMs - lastTouchedMs,
          unmovedMs: nowMs - lastMovedMs,
          pace: paceOf(job, nowMs),
        },
        limitsOf(kind),
      );
      say(draft, liveness, reason);
    },
  };
}
