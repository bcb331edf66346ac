import type { Job } from "@playhead/core";

export interface RecoveryDeps {
  readonly openJobIds: () => Promise<readonly string[]>;
  readonly findJob: (jobId: string) => Promise<Pick<Job, "job_id" | "tenant_id" | "state" | "worker"> | null>;
  readonly report: (
    tenantId: string,
    record: { type: "job.failed"; job_id: string; data: Record<string, string> },
  ) => Promise<void>;
}

/** Workers of the server's own process carry this before their name. */
export const LOCAL_WORKER_PREFIX = "local:";

/**
 * What a server does about the jobs that an earlier process left open: a worker that lived inside that process died with
 * it, so its jobs have failed, and are said to have lost their worker. Jobs of other workers go on.
 *
 * @returns the jobs that lost their worker
 */
export async function recoverLostJobs({ openJobIds, findJob, report }: RecoveryDeps): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const jobId of await openJobIds()) {
    const job = await findJob(jobId);
    if (job === null || !job.worker?.startsWith(LOCAL_WORKER_PREFIX)) continue;
    await report(job.tenant_id, {
      type: "job.failed",
      job_id: jobId,
      data: {
        reason: "worker_lost",
        error_code: "worker_lost",
        error_class: "environment",
        error_message: "the process that ran this job ended without a word",
        hint: "what it had finished is kept; run it again to do the rest",
      },
    });
    lost.push(jobId);
  }
  return lost;
}
