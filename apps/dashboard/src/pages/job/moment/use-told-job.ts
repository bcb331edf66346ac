import { type Job, type JobSnapshot, jobFromSnapshot } from "@playhead/core";
import { useEffect, useState } from "react";
import { client } from "../../../client.ts";

/** What the server says of a job at a moment. */
export interface ToldJob {
  readonly atMs: number;
  /** Null where it could not say. */
  readonly job: Job | null;
  readonly error: unknown;
}

/** So long a moment is looked at before the server is asked about it. */
const REST_MS = 150;

/** The job as the server tells it of a moment, once one rests there; null before, and while live. */
export function useToldJob(jobId: string, atMs: number | null): ToldJob | null {
  const [told, setTold] = useState<ToldJob | null>(null);
  useEffect(() => {
    if (atMs === null) {
      setTold(null);
      return;
    }
    let isOver = false;
    const tell = (job: Job | null, error: unknown) => isOver || setTold({ atMs, job, error });
    const timer = setTimeout(() => {
      client.api
        .ask<JobSnapshot>("GET", `jobs/${encodeURIComponent(jobId)}`, { query: { at: new Date(atMs).toISOString() } })
        .then(
          (snapshot) => tell(jobFromSnapshot(snapshot), null),
          (error: unknown) => tell(null, error),
        );
    }, REST_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [jobId, atMs]);
  return told;
}
