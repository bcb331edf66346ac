import type { JobSummary, ToldForecast } from "@playhead/core";
import type { Store } from "../store/store.ts";
import { expectedAtStart } from "./expected-at-start.ts";
import { type JobMeasure, measureJob } from "./job-measure.ts";

export interface JobMeasuresDeps {
  readonly store: Pick<Store, "listJobs" | "listTasks">;
  /** The machine that a job ran on when it ended; null where nobody said. */
  readonly hostOf: (job: JobSummary) => Promise<string | null>;
  /** What was said of a job's finish while it ran, oldest first. @defaultValue nothing */
  readonly toldOf: (jobId: string) => Promise<readonly ToldForecast[]>;
}

/** Of each kind, the newest so many jobs are looked at; of each, so many of its tasks. */
const MAX_JOBS = 120;
const MAX_TASKS = 200;
/** What ended does not change: measures are kept, the latest used ones. */
const MAX_KEPT = 5_000;

/** Measures jobs that completed, from the store. */
export function createJobMeasures({ store, hostOf, toldOf }: JobMeasuresDeps) {
  const kept = new Map<string, JobMeasure | null>();

  async function completed(tenantId: string, kind?: string): Promise<readonly JobSummary[]> {
    const { items } = await store.listJobs({
      ...{ tenantId, states: ["completed"], sort: "ended_at", order: "desc", limit: MAX_JOBS },
      ...(kind !== undefined && { kinds: [kind] }),
    });
    return items;
  }

  async function measure(job: JobSummary): Promise<JobMeasure | null> {
    const page = await store.listTasks({ jobId: job.job_id, states: ["completed"], limit: MAX_TASKS });
    const told = await toldOf(job.job_id);
    return measureJob(job, page.items, { expectedMs: expectedAtStart(job, told), host: await hostOf(job) });
  }

  return {
    /** The kinds of the newest jobs. */
    async kinds(tenantId: string): Promise<readonly string[]> {
      return [...new Set((await completed(tenantId)).map(({ kind }) => kind))];
    },
    /** Of the newest jobs of a kind, the oldest first. */
    async read(tenantId: string, kind: string): Promise<readonly JobMeasure[]> {
      const jobs = await completed(tenantId, kind);
      const unknown = jobs.filter(({ job_id }) => !kept.has(job_id));
      for (const job of unknown) kept.set(job.job_id, await measure(job));
      const measures = jobs.map(({ job_id }) => {
        const known = kept.get(job_id) ?? null;
        kept.delete(job_id);
        kept.set(job_id, known);
        return known;
      });
      for (const [jobId] of kept) {
        if (kept.size <= MAX_KEPT) break;
        kept.delete(jobId);
      }
      return measures.filter((each) => each !== null).toSorted((a, b) => a.endedMs - b.endedMs);
    },
  };
}

export type JobMeasures = ReturnType<typeof createJobMeasures>;
