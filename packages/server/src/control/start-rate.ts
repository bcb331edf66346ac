import type { Job } from "@playhead/core";

/** How often jobs of a kind may begin: so many within any minute, whoever runs them. */
export interface StartRate {
  /** A job was given to a worker. */
  note(job: Job): void;
  /** It was not taken after all. */
  forget(job: Pick<Job, "job_id" | "kind">): void;
  /** In how long another job of the kind may begin, in milliseconds; 0 for now. */
  waitMs(kind: string): number;
}

export interface StartRateDeps {
  /** A kind that is missing has no limit. */
  readonly maxPerMinute: () => ReadonlyMap<string, number>;
  readonly nowMs: () => number;
}

const MINUTE_MS = 60_000;

/** Remembers the last beginnings of kinds that are limited, as many of each as may be within a minute. */
export function createStartRate({ maxPerMinute, nowMs }: StartRateDeps): StartRate {
  const begun = new Map<string, { readonly jobId: string; readonly atMs: number }[]>();
  return {
    note({ job_id: jobId, kind }) {
      const most = maxPerMinute().get(kind);
      if (most === undefined) return void begun.delete(kind);
      begun.set(kind, [...(begun.get(kind) ?? []), { jobId, atMs: nowMs() }].slice(-most));
    },
    forget({ job_id, kind }) {
      const kept = begun.get(kind)?.filter(({ jobId }) => jobId !== job_id);
      if (kept !== undefined) begun.set(kind, kept);
    },
    waitMs(kind) {
      const most = maxPerMinute().get(kind);
      const oldest = most === undefined ? undefined : begun.get(kind)?.at(-most);
      return oldest === undefined ? 0 : Math.max(0, oldest.atMs + MINUTE_MS - nowMs());
    },
  };
}
