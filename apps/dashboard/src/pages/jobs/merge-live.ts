import type { JobState, JobSummary } from "@playhead/core";
import type { JobsView } from "./jobs-query.ts";

/** What was read, brought up to date: rows that changed are replaced, or leave; newer ones stand at the top. */
export function mergeLive(
  read: readonly JobSummary[],
  live: readonly JobSummary[],
  view: JobsView,
): readonly JobSummary[] {
  const byId = new Map(live.map((job) => [job.job_id, job]));
  const known = new Set(read.map(({ job_id }) => job_id));
  const newestRead = read[0]?.created_at ?? "";
  const fresh = live.filter((job) => !known.has(job.job_id) && job.created_at > newestRead && shows(view, job));
  return [
    ...fresh,
    ...read
      .map((job) => byId.get(job.job_id) ?? job)
      .filter((job) => view.states.length === 0 || includes(view.states, job.state)),
  ];
}

function shows({ states, text }: JobsView, job: JobSummary): boolean {
  const wanted = text.toLowerCase();
  const fits = wanted === "" || job.title.toLowerCase().includes(wanted) || job.job_id.toLowerCase().includes(wanted);
  return fits && (states.length === 0 || includes(states, job.state));
}

const includes = (states: readonly JobState[], state: JobState) => states.includes(state);
