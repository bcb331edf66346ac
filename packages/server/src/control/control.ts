import {
  type ControlVerb,
  isFinalJobState,
  type Job,
  type JobState,
  type JsonValue,
  PlayheadError,
} from "@playhead/core";
import type { Workers } from "./workers.ts";

export interface ControlDeps {
  /** The tenant's job as it stands; null for none, and for another tenant's. */
  readonly findJob: (tenantId: string, jobId: string) => Promise<Job | null>;
  /** Stores a fact of the server's own; throws `conflict` where the state tables say no. */
  readonly report: (
    tenantId: string,
    record: {
      type: "job.state_changed" | "job.canceled" | "job.created";
      job_id: string;
      data: Readonly<Record<string, JsonValue>>;
    },
  ) => Promise<void>;
  readonly workers: Pick<Workers, "send" | "isLost">;
  readonly newId: () => string;
  readonly newJobId: () => string;
}

/** What is done for a retry before it is announced. @returns undoes it, should it not be announced after all */
export type PrepareRetry = (retryId: string, definition: RetryDefinition) => Promise<() => Promise<void>>;

/** What matters of a retry that is to be announced. */
export type RetryDefinition = Pick<Job, "kind" | "attempt" | "max_attempts">;

/** How a retry is to be announced. */
export interface RetryOptions {
  readonly prepare?: PrepareRetry;
  /** @defaultValue a new one */
  readonly retryId?: string;
  /** It is not started before this moment, in milliseconds. @defaultValue at once */
  readonly notBeforeMs?: number;
  /** How often it is tried in all. @defaultValue as often as the job that it tries again */
  readonly maxAttempts?: number;
}

/** The state that a command puts a job into at once; the worker then does it and says so. */
const STATE_OF_VERB: Readonly<Record<ControlVerb, JobState>> = {
  pause: "pausing",
  resume: "running",
  cancel: "canceling",
};

/** The command that brings a worker to where a job in a state is wanted; null where it is there by itself. */
const VERB_OF_STATE: Partial<Readonly<Record<JobState, ControlVerb>>> = {
  pausing: "pause",
  paused: "pause",
  running: "resume",
  canceling: "cancel",
};

/** A retry of these makes sense. */
const RETRIED: ReadonlySet<JobState> = new Set(["failed", "canceled"]);

const nothing: PrepareRetry = async () => async () => undefined;

/** Pause, resume, cancel and retry: first a stored fact, then a command to the worker that runs the job. */
export function createControl({ findJob, report, workers, newId, newJobId }: ControlDeps) {
  async function expectJob(tenantId: string, jobId: string): Promise<Job> {
    const job = await findJob(tenantId, jobId);
    if (job === null) throw new PlayheadError("not_found", `there is no job ${jobId}`);
    return job;
  }

  return {
    /**
     * @throws PlayheadError `not_found`, or `conflict` when the job's state does not allow it; then nothing changes.
     */
    async command(tenantId: string, jobId: string, verb: ControlVerb, reason: string | null): Promise<void> {
      // Taken now: the job goes on while the fact is stored.
      const { state, worker } = await expectJob(tenantId, jobId);
      if (isFinalJobState(state)) {
        throw new PlayheadError("conflict", `job ${jobId} is ${state}; there is nothing to ${verb}`, {
          detail: { state },
        });
      }
      if (verb === "resume" && state === "pending") {
        throw new PlayheadError("conflict", `job ${jobId} has not begun; there is nothing to resume`, {
          detail: { state },
        });
      }
      const why = reason ?? `${verb} requested`;
      const isRun = worker !== null && !workers.isLost(worker);
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
    /**
     * Announces a job that does again what an ended one was to do; a worker of its kind starts it.
     *
     * @returns the new job's id
     * @throws PlayheadError `not_found`; `conflict` for a job that has neither failed nor been canceled
     */
    async retry(tenantId: string, jobId: string, options: RetryOptions = {}): Promise<string> {
      const { prepare = nothing, retryId = newJobId(), notBeforeMs } = options;
      const job = await expectJob(tenantId, jobId);
      const { state, kind, title, user_id, metadata, processing_deadline_ms, priority } = job;
      const { maxAttempts: max_attempts = job.max_attempts } = options;
      if (!RETRIED.has(state)) {
        throw new PlayheadError(
          "conflict",
          `job ${jobId} is ${state}; only what has failed or was canceled is retried`,
          {
            detail: { state },
          },
        );
      }
      const attempt = job.attempt + 1;
      const data = {
        ...{ kind, title, user_id, metadata, processing_deadline_ms, attempt, retry_of: jobId },
        first_attempt: job.first_attempt ?? jobId,
        ...(priority !== undefined && { priority }),
        ...(max_attempts !== undefined && { max_attempts }),
        ...(notBeforeMs !== undefined && { not_before: new Date(notBeforeMs).toISOString() }),
      };
      const undo = await prepare(retryId, { kind, attempt, ...(max_attempts !== undefined && { max_attempts }) });
      try {
        await report(tenantId, { type: "job.created", job_id: retryId, data });
      } catch (error) {
        await undo();
        throw error;
      }
      return retryId;
    },
    /** The command that tells a worker how one of its jobs is wanted; null for one that it needs not hear of. */
    commandFor({ job_id, state, reason }: Pick<Job, "job_id" | "state" | "reason">) {
      const verb = VERB_OF_STATE[state];
      return verb === undefined ? null : { command_id: newId(), job_id, verb, reason };
    },
  };
}

export type Control = ReturnType<typeof createControl>;
