import type { JobSummary } from "@playhead/core";
import type { ListQuery } from "./jobs-query.ts";

/** @returns whether a job is among those that a question asks for. */
export function fits(query: ListQuery, job: JobSummary): boolean {
  return fitsByNow(query, job) && (query.q === undefined || containsText(job, query.q.toLowerCase()));
}

/**
 * As far as a job that was found can change its mind: by its state. By text the server is the judge, who knows more ways
 * to write a letter than we do.
 */
export function fitsByNow({ state, kind, user_id, created_from, created_to }: ListQuery, job: JobSummary): boolean {
  return (
    (state === undefined || state.includes(job.state)) &&
    (kind === undefined || kind.includes(job.kind)) &&
    (user_id === undefined || user_id === job.user_id) &&
    (created_from === undefined || job.created_at >= created_from) &&
    (created_to === undefined || job.created_at < created_to)
  );
}

const containsText = (job: JobSummary, wanted: string) =>
  job.title.toLowerCase().includes(wanted) || job.job_id.toLowerCase().includes(wanted);
