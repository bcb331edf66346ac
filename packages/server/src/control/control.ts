import { type ControlVerb, isFinalJobState, type Job, type JobState, PlayheadError } from "@playhead/core";
import type { Workers } from "./workers.ts";

export interface ControlDeps {
  /** The tenant's job as it stands; null for none, and for another tenant's. */
  readonly findJob: (tenantId: string, jobId: string) => Promise<Pick<Job, "job_id" | "state" | "worker"> | null>;
  /** Stores a fact of the server's own; throws `conflict` where the state tables say no. */
  readonly report: (
    tenantId: string,
    record: { type: "job.state_changed" | "job.canceled"; job_id: string; data: Record<string, string> },
  ) => Promise<void>;
  readonly workers: Workers;
  readonly newId: () => string;
}

/** The state that a command puts a job into at once; the worker then does it and says so. */
const STATE_OF_VERB: Readonly<Record<ControlVerb, JobState>> = {
  pause: "pausing",
  resume: "running",
  cancel: "canceling",
};

/** Pause, resume and cancel: first a stored fact, then a command to the worker that runs the job. */
export function createControl({ findJob, report, workers, newId }: ControlDeps) {
  return {
    /**
     * @throws PlayheadError `not_found`, or `conflict` when the job's state does not allow it; then nothing changes.
     */
    async command(tenantId: string, jobId: string, verb: ControlVerb, reason: string | null): Promise<void> {
      const job = await findJob(tenantId, jobId);
      if (job === null) throw new PlayheadError("not_found", `there is no job ${jobId}`);
      // Taken now: the job goes on while the fact is stored.
      const { state, worker } = job;
      if (isFinalJobState(state)) {
        throw new PlayheadError("conflict", `job ${jobId} is ${state}; there is nothing to ${verb}`, {
          detail: { state },
        });
      }
      const why = reason ?? `${verb} requested`;
      const isRun = worker !== null && workers.isConnected(worker);
      // Asked again, a job that nobody is left to cancel ends after all.
      const isOnItsWay = verb === "cancel" && state === "canceling" && !isRun;
      if (!isOnItsWay) {
        const data = { new_state: STATE_OF_VERB[verb], reason: why };
        await report(tenantId, { type: "job.state_changed", job_id: jobId, data });
      }
      // A worker that is silent hears of it when it comes back.
      if (worker !== null) workers.send(worker, { command_id: newId(), job_id: jobId, verb, reason: why });
      if (verb === "cancel" && !isRun) {
        await report(tenantId, { type: "job.canceled", job_id: jobId, data: { reason: why } });
      }
    },
  };
}
