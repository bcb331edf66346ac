import type { Job } from "@playhead/core";
import { useMemo } from "react";
import { type PastJob, pastJobOf } from "./past-job.ts";
import { type LoadedHistory, useJobHistory } from "./use-job-history.ts";
import { useToldJob } from "./use-told-job.ts";

/** With more facts than this the server folds them: to read them all would take longer than one likes to wait. */
const MOST_FACTS = 50_000;
/** So few are read before anybody asks: two pages. */
const FEW_FACTS = 2_000;

/** The job at a moment; null while live. */
export function usePastJob(
  job: Job,
  atMs: number | null,
): { readonly past: PastJob | null; readonly loaded: LoadedHistory } {
  const { job_id: jobId, seq } = job;
  const isAway = atMs !== null;
  const hasFacts = job.details_removed_at === undefined;
  const loaded = useJobHistory(job, hasFacts && seq <= (isAway ? MOST_FACTS : FEW_FACTS));
  const told = useToldJob(jobId, atMs);
  const { history, error } = loaded;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history grows, and its count says so
  const past = useMemo(
    () => (atMs === null ? null : pastJobOf({ history, factsTotal: seq, historyError: error, told }, atMs)),
    [history, loaded.count, error, told, atMs, seq],
  );
  return { past, loaded };
}
