import { activeMs, type ControlVerb, type Job, type JobState } from "@playhead/core";

export interface ControlDeadlinesDeps {
  /** Asked each time: they may change. */
  readonly limits: () => {
    /** A job that was to pause and has not come to a checkpoint by then goes on. */
    readonly pauseDeadlineMs: number;
    /** A job that was canceled and whose worker has not ended it by then is ended by the server. */
    readonly cancelDeadlineMs: number;
  };
  readonly command: (tenantId: string, jobId: string, verb: ControlVerb, reason: string) => void;
  /** Ends a job that is being canceled. */
  readonly endCanceled: (tenantId: string, jobId: string, reason: string) => void;
}

/** Sees to it that nothing waits for ever: a pause that is not reached, a cancel that is not obeyed, work without end. */
export function createControlDeadlines(deps: ControlDeadlinesDeps) {
  const { limits, command, endCanceled } = deps;
  /** Since when a job is in its state, as far as this process has seen. */
  const since = new WeakMap<Job, { readonly state: JobState; readonly ms: number }>();

  function inStateMs(job: Job, nowMs: number): number {
    const known = since.get(job);
    if (known?.state === job.state) return nowMs - known.ms;
    since.set(job, { state: job.state, ms: nowMs });
    return 0;
  }

  return {
    /** Looks at one open job. */
    check(job: Job, nowMs: number): void {
      const { tenant_id, job_id, state, processing_deadline_ms: deadlineMs } = job;
      const { pauseDeadlineMs, cancelDeadlineMs } = limits();
      const waitedMs = inStateMs(job, nowMs);
      if (state === "canceling") {
        if (waitedMs >= cancelDeadlineMs) endCanceled(tenant_id, job_id, job.reason ?? "canceled");
        return;
      }
      if (deadlineMs !== null && state !== "completing" && activeMs(job, nowMs) > deadlineMs) {
        command(tenant_id, job_id, "cancel", "deadline_exceeded");
      } else if (state === "pausing" && waitedMs >= pauseDeadlineMs) {
        command(tenant_id, job_id, "resume", "it came to no checkpoint in time, and goes on");
      }
    },
  };
}
