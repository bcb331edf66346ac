import type { Outcome } from "../reading/said-job.ts";

/** A job that was made of a trace and has not ended. */
export interface OpenJob {
  readonly tenantId: string;
  readonly jobId: string;
  readonly traceId: string;
  /** When something of it came last. */
  heardMs: number;
  /** How the topmost span that we know ended, where its parent is in a program that may not tell us. */
  localEnd: { readonly outcome: Outcome; readonly atMs: number } | null;
}

/** The root's end may come from another program, a batch later. */
export const LOCAL_END_MS = 30_000;

/** The jobs made of traces that have not ended; so that none stays open for ever whose root never comes. */
export function createOpenJobs(nowMs: () => number) {
  const open = new Map<string, OpenJob>();
  return {
    heard(tenantId: string, jobId: string, traceId: string): OpenJob {
      const known = open.get(jobId) ?? { tenantId, jobId, traceId, heardMs: 0, localEnd: null };
      known.heardMs = nowMs();
      open.set(jobId, known);
      return known;
    },
    ended: (jobId: string): void => void open.delete(jobId),
    /** Those of which it is time to say how they ended. */
    due(timeoutMs: number): readonly { readonly job: OpenJob; readonly outcome: Outcome; readonly atMs: number }[] {
      const now = nowMs();
      return [...open.values()].flatMap((job) => {
        const silentMs = now - job.heardMs;
        if (job.localEnd !== null && silentMs > LOCAL_END_MS) return [{ job, ...job.localEnd }];
        return silentMs > timeoutMs ? [{ job, outcome: lost(silentMs), atMs: now }] : [];
      });
    },
  };
}

export type OpenJobs = ReturnType<typeof createOpenJobs>;

function lost(silentMs: number): Outcome {
  const minutes = Math.round(silentMs / 60_000);
  return {
    state: "failed",
    error: {
      reason: "worker_lost",
      error_code: "worker_lost",
      error_class: "environment",
      error_message: `no span or log of its trace came for ${minutes} min, and its root span never did`,
      hint: "the program may have died, or its root span was not exported; otlp.trace_timeout_ms says how long to wait",
    },
  };
}
