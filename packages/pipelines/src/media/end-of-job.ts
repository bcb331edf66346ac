import { type JobHandle, PlayheadError } from "@playhead/sdk";

/** How a job of a pipeline has ended, whatever it makes. */
export interface JobEnd {
  readonly job_id: string;
  readonly state: "completed" | "failed" | "canceled";
  /** What its work came to; null when it did not complete. */
  readonly summary: Record<string, unknown> | null;
  /** What ended the job, when it failed; null otherwise. */
  readonly error: unknown;
}

/** What whoever calls a pipeline decides of its job. */
export interface JobOptions {
  readonly jobId?: string;
  readonly userId?: string;
  /** Cancels the job. */
  readonly signal?: AbortSignal;
  /** Called as soon as the job is announced. */
  readonly onJob?: (jobId: string) => void;
}

/**
 * Does the work of a job that was announced, and waits until it has ended. Never rejects.
 *
 * @param work resolves with the job's summary
 */
export async function endOfJob(
  job: JobHandle,
  { onJob }: Pick<JobOptions, "onJob">,
  work: () => Promise<Record<string, unknown>>,
): Promise<JobEnd> {
  let summary: JobEnd["summary"] = null;
  let error: unknown = null;
  try {
    await job.run(async () => {
      onJob?.(job.job_id);
      summary = await work();
      return summary;
    });
  } catch (thrown) {
    error = thrown;
  }
  const { job_id } = job;
  if (job.state === "completed") return { job_id, state: job.state, summary, error: null };
  if (job.state === "canceled") return { job_id, state: job.state, summary: null, error: null };
  const failure = error ?? new PlayheadError("task_failed", "the job failed");
  return { job_id, state: "failed", summary: null, error: failure };
}

/** What of it goes into the announcement. */
export function jobFieldsOf({ jobId, userId, signal }: JobOptions) {
  return {
    ...(jobId !== undefined && { id: jobId }),
    ...(userId !== undefined && { user_id: userId }),
    ...(signal !== undefined && { signal }),
  };
}
