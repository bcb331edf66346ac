import type { JobSummary } from "@playhead/core";
import type { ListQuery } from "./jobs-query.ts";

/** @returns whether a job that the server was not asked about is among those that a question asks for. */
export function fits(query: ListQuery, job: JobSummary): boolean {
  const { kind, user_id, created_from, created_to, q } = query;
  return (
    fitsByNow(query, job) &&
    (kind === undefined || kind.includes(job.kind)) &&
    (user_id === undefined || user_id === job.user_id) &&
    (created_from === undefined || job.created_at >= created_from) &&
    (created_to === undefined || job.created_at < created_to) &&
    (q === undefined || containsText(job, q.toLowerCase()))
  );
}

/** @returns whether a job that the server has found still fits: only its state changes what it is among. */
export function fitsByNow({ state }: ListQuery, job: JobSummary): boolean {
  return state === undefined || state.includes(job.state);
}

const containsText = (job: JobSummary, wanted: string) =>
  job.title.toLowerCase().includes(wanted) || job.job_id.toLowerCase().includes(wanted);
