import type { ErrorBody, JobSummary, JobsFilter, ServerFrame } from "@playhead/core";

/** A list of jobs as a client knows it. */
export interface JobsList {
  /** Newest first. */
  readonly jobs: readonly JobSummary[];
  /** Whether a list has come at all; before that, `jobs` is empty for another reason. */
  readonly loaded: boolean;
  /** Whether the list is followed, so that what is shown is now. */
  readonly live: boolean;
  readonly error: ErrorBody | null;
  readonly heardAtMs: number | null;
}

/** How many jobs a list holds when its filter does not say. */
const DEFAULT_LIMIT = 50;

/** Takes in frames of a list, in order. Pure; frames that change nothing keep the reference. */
export function receiveListFrames(
  start: JobsList,
  frames: readonly ServerFrame[],
  filter: JobsFilter,
  nowMs: number,
): JobsList {
  let list = start;
  const changed = new Map<string, JobSummary>();
  for (const frame of frames) {
    if (frame.type === "subscribed") {
      changed.clear();
      list = { jobs: frame.data.jobs ?? [], loaded: true, live: true, error: null, heardAtMs: nowMs };
    } else if (frame.type === "jobs.changed") {
      changed.set(frame.data.job.job_id, frame.data.job);
    } else if (frame.type === "error") {
      list = { ...list, live: false, error: frame.data };
    }
  }
  if (changed.size === 0) return list;
  return { ...list, jobs: mergeJobs(list.jobs, changed, filter), heardAtMs: nowMs };
}

/** The list with the newer of each job, those that the filter no longer lets through taken out, newest first. */
function mergeJobs(
  jobs: readonly JobSummary[],
  changed: ReadonlyMap<string, JobSummary>,
  filter: JobsFilter,
): readonly JobSummary[] {
  const byId = new Map(jobs.map((job) => [job.job_id, job]));
  for (const [id, job] of changed) {
    const known = byId.get(id);
    if (!passes(job, filter)) byId.delete(id);
    else if (known === undefined || isNewer(job, known)) byId.set(id, job);
  }
  return [...byId.values()]
    .sort((a, b) => (a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : 0))
    .slice(0, filter.limit ?? DEFAULT_LIMIT);
}

/** @returns whether a filter of a list lets a job through. */
export function passes(
  job: Pick<JobSummary, "state" | "kind" | "user_id">,
  { state, kind, user_id }: JobsFilter,
): boolean {
  return (
    (state === undefined || state.includes(job.state)) &&
    (kind === undefined || kind.includes(job.kind)) &&
    (user_id === undefined || user_id === job.user_id)
  );
}

const isNewer = (job: JobSummary, than: JobSummary) =>
  job.seq > than.seq || (job.seq === than.seq && job.tick >= than.tick);
