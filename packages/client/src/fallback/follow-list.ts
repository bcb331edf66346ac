import type { JobSummary, JobsFilter, ServerFrame } from "@playhead/core";
import type { JobsPage } from "../api.ts";
import type { FollowJobDeps } from "./follow-job.ts";
import { pause } from "./pause.ts";

/** Between two looks at a list. */
export const LIST_PERIOD_MS = 3_000;
/** As the server has it. */
const PAGE_SIZE = { min: 10, normal: 50, max: 200 };

/** Follows a list by looking every few seconds: what has changed is told, and when other jobs are in it, all of it. */
export async function* followList(
  { request, clock }: FollowJobDeps,
  ref: string,
  filter: JobsFilter,
  signal: AbortSignal,
): AsyncGenerator<readonly ServerFrame[]> {
  const { limit = PAGE_SIZE.normal, ...query } = filter;
  const page_size = Math.min(Math.max(limit, PAGE_SIZE.min), PAGE_SIZE.max);
  let known: readonly JobSummary[] | null = null;
  while (!signal.aborted) {
    const response = await request("jobs", { query: { ...query, page_size }, signal });
    const jobs = ((await response.json()) as JobsPage).jobs.slice(0, limit);
    yield known === null ? [...whole(ref, jobs), { type: "live", data: { ref } }] : changes(ref, known, jobs);
    known = jobs;
    await pause(clock, LIST_PERIOD_MS, signal);
  }
}

function whole(ref: string, jobs: readonly JobSummary[]): readonly ServerFrame[] {
  const data = { ref, job_id: null, recovered: false, epoch: "", snapshot: null, jobs };
  return [{ type: "subscribed", data }];
}

function changes(ref: string, before: readonly JobSummary[], after: readonly JobSummary[]): readonly ServerFrame[] {
  const isSame = before.length === after.length && after.every(({ job_id }, index) => before[index]?.job_id === job_id);
  if (!isSame) return whole(ref, after);
  const changed = after.filter(({ seq, tick }, index) => before[index]?.seq !== seq || before[index].tick !== tick);
  return changed.map((job) => ({ type: "jobs.changed", data: { ref, job } }));
}
