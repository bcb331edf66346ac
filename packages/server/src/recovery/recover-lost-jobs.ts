import type { Job } from "@playhead/core";

export interface RecoveryDeps {
  readonly openJobIds: () => Promise<readonly string[]>;
  readonly findJob: (jobId: string) => Promise<Pick<Job, "job_id" | "tenant_id" | "worker"> | null>;
  readonly report: (
    tenantId: string,
    record: { type: "job.failed"; job_id: string; data: Record<string, string> },
  ) => Promise<void>;
}

/** Workers of the server's own process carry this before their name. */
export const LOCAL_WORKER_PREFIX = "local:";

/** How many jobs are looked at side by side. */
const AT_ONCE = 100;

/**
 * What a server does about the jobs that an earlier process left open: a worker that lived inside that process died with
 * it, so its jobs have failed, and are said to have lost their worker. Jobs of other workers go on.
 *
 * @returns the jobs that lost their worker
 */
export async function recoverLostJobs({ openJobIds, findJob, report }: RecoveryDeps): Promise<readonly string[]> {
  async function recover(jobId: string): Promise<boolean> {
    const job = await findJob(jobId);
    if (job === null || !job.worker?.startsWith(LOCAL_WORKER_PREFIX)) return false;
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
    return true;
  }

  const lost: string[] = [];
  const jobIds = await openJobIds();
  for (let from = 0; from < jobIds.length; from += AT_ONCE) {
    const some = jobIds.slice(from, from + AT_ONCE);
    const wereLost = await Promise.all(some.map(recover));
    lost.push(...some.filter((_, at) => wereLost[at]));
  }
  return lost;
}
