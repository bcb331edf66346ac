import { isFinalJobState, type JobSnapshot, type JobSummary, snapshotOf, summaryOf } from "@playhead/core";
import type { Ingest } from "./ingest/ingest.ts";
import type { LiveJob } from "./ingest/live-job.ts";
import type { Store } from "./store/store.ts";

/** Who waits for a job longer than this gets it as it is stored. */
const STORED_SOON_MS = 2_000;

/** Jobs as they stand, from memory where they are there, from the store else; nothing of them that is not stored. */
export function createJobReads({
  store,
  ingest,
}: {
  readonly store: Pick<Store, "readSnapshot" | "readEndedJobIds">;
  readonly ingest: Ingest;
}) {
  async function findJob(tenantId: string, jobId: string) {
    const live = await ingest.jobs.get(jobId);
    return live !== null && live.draft.tenant_id === tenantId ? live.draft : null;
  }

  /** Whether all that a job in memory shows by now is stored, or will be in a moment. */
  async function isStoredSoon(live: LiveJob): Promise<boolean> {
    return ingest.isStored(live) || (await isDoneSoon(() => ingest.committed(live)));
  }

  /** Whether something that waits for the store is done in a moment. */
  async function isDoneSoon(start: () => Promise<void>): Promise<boolean> {
    if (ingest.isStuck()) return false;
    const late = Promise.withResolvers<false>();
    const timer = setTimeout(() => late.resolve(false), STORED_SOON_MS);
    try {
      return await Promise.race([start().then(() => true), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  function summaryNow(live: LiveJob): JobSummary {
    ingest.asked(live);
    return summaryOf(live.draft);
  }

  /** The tenant's job as it stands, nothing of it unstored; null for none, and for another tenant's. */
  async function readJob(tenantId: string, jobId: string): Promise<JobSnapshot | null> {
    const live = ingest.jobs.peek(jobId);
    if (live !== undefined && live.draft.tenant_id === tenantId) {
      ingest.asked(live);
      const snapshot = snapshotOf(live.draft);
      if (await isStoredSoon(live)) return snapshot;
    }
    const stored = await store.readSnapshot(jobId);
    return stored?.tenant_id === tenantId ? stored : null;
  }

  /** Whether the tenant has such a job. */
  async function hasJob(tenantId: string, jobId: string): Promise<boolean> {
    const job = ingest.jobs.peek(jobId)?.draft ?? (await store.readSnapshot(jobId));
    return job?.tenant_id === tenantId;
  }

  /** Has the store list the tasks of a job in memory as they stand by now, as far as it writes. */
  async function projectTasks(jobId: string): Promise<void> {
    const live = ingest.jobs.peek(jobId);
    if (live !== undefined) await isDoneSoon(() => ingest.project(live));
  }

  /** How many items the tenant's running jobs finish a minute; null while nothing tells. */
  function itemsPerMinute(tenantId: string): number | null {
    let sum: number | null = null;
    for (const { draft } of ingest.jobs.open()) {
      const { items_per_minute: rate } = draft.progress;
      if (draft.tenant_id === tenantId && draft.state === "running" && rate !== null) sum = (sum ?? 0) + rate;
    }
    return sum;
  }

  /** Jobs as the store lists them, with what memory knows better, nothing of it unstored. */
  async function refresh(listed: readonly JobSummary[]): Promise<readonly JobSummary[]> {
    return Promise.all(
      listed.map(async (job) => {
        const live = ingest.jobs.peek(job.job_id);
        if (live === undefined) return job;
        const summary = summaryNow(live);
        return (await isStoredSoon(live)) ? summary : job;
      }),
    );
  }

  /** Those of the jobs that are in memory, as they stand, as far as that is stored soon. */
  async function readLive(jobIds: readonly string[]): Promise<readonly JobSummary[]> {
    const read = jobIds.map(async (jobId) => {
      const live = ingest.jobs.peek(jobId);
      if (live === undefined) return null;
      const summary = summaryNow(live);
      return (await isStoredSoon(live)) ? summary : null;
    });
    return (await Promise.all(read)).filter((job) => job !== null);
  }

  /** Those of the tenant's jobs that have ended. */
  async function endedJobs(tenantId: string, jobIds: readonly string[]): Promise<readonly string[]> {
    const inMemory = jobIds.flatMap((jobId) => ingest.jobs.peek(jobId)?.draft ?? []);
    const ended = inMemory.filter((job) => job.tenant_id === tenantId && isFinalJobState(job.state));
    // No job is taken into memory for this: a worker may go on for hours about jobs that nobody else speaks of.
    const known = new Set(inMemory.map(({ job_id }) => job_id));
    const unknown = jobIds.filter((jobId) => !known.has(jobId));
    const stored = unknown.length === 0 ? [] : await store.readEndedJobIds(tenantId, unknown);
    return [...ended.map(({ job_id }) => job_id), ...stored];
  }

  /** How many jobs have not ended, of all tenants. */
  function activeJobs(): number {
    return [...ingest.jobs.open()].length;
  }

  return {
    ...{ activeJobs, findJob, isStoredSoon, readJob, hasJob, projectTasks, itemsPerMinute, refresh, readLive },
    endedJobs,
  };
}

export type JobReads = ReturnType<typeof createJobReads>;
