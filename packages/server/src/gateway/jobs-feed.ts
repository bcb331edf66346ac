import { type JobsFilter, type JobSummary, summaryOf } from "@playhead/core";
import type { Bus } from "../bus/bus.ts";

export interface JobsFeedSource {
  readonly bus: Bus;
  /** The job as it stands, if it is in memory. */
  readonly peekJob: (jobId: string) => Parameters<typeof summaryOf>[0] | undefined;
}

/** One client that follows a list. */
export interface JobsListener {
  readonly tenantId: string;
  readonly filter: JobsFilter;
  readonly ref: string;
  readonly send: (frame: string, slot: string | null) => void;
}

/** A list is brought up to date at most this often. */
const EVERY_MS = 250;

/** Tells those who follow lists which jobs changed; absolute values, so that the latest says it all. */
export function createJobsFeed({ bus, peekJob }: JobsFeedSource) {
  const listeners = new Set<JobsListener>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | null = null;

  const unsubscribe = bus.subscribeAll((publications) => {
    if (listeners.size === 0) return;
    for (const { jobId } of publications) changed.add(jobId);
    timer ??= setTimeout(tell, EVERY_MS);
  });

  function tell(): void {
    timer = null;
    for (const jobId of changed) {
      const draft = peekJob(jobId);
      if (draft === undefined) continue;
      const job = summaryOf(draft);
      let json: string | null = null;
      for (const { tenantId, filter, ref, send } of listeners) {
        if (job.tenant_id !== tenantId || !matches(job, filter)) continue;
        json ??= JSON.stringify(job);
        send(`{"type":"jobs.changed","data":{"ref":${JSON.stringify(ref)},"job":${json}}}`, `${ref}:${jobId}`);
      }
    }
    changed.clear();
  }

  return {
    /** @returns ends the subscription */
    add(listener: JobsListener): () => void {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close(): void {
      unsubscribe();
      if (timer !== null) clearTimeout(timer);
      listeners.clear();
    },
  };
}

export type JobsFeed = ReturnType<typeof createJobsFeed>;

/** By kind only: a job that leaves the wanted states must be told of as well, or it would stay in the list. */
function matches(job: JobSummary, { kind }: JobsFilter): boolean {
  return kind === undefined || kind.includes(job.kind);
}
