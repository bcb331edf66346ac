import type { BulkResult } from "@playhead/client";
import type { JobSummary } from "@playhead/core";
import { type JobVerb, whyNever } from "../../control/control-rules.ts";
import { sentence } from "../../ui/error-text.ts";

/** Some jobs, parted into those that something may be asked of, and the others with the reason. */
export interface BulkPlan {
  readonly verb: JobVerb;
  readonly able: readonly JobSummary[];
  readonly refused: readonly Refusal[];
}

/** A job to which something could not be done. */
export interface Refusal {
  readonly job: JobSummary;
  readonly why: string;
}

/** What became of a request to many jobs. */
export interface BulkOutcome {
  readonly verb: JobVerb;
  readonly done: readonly JobSummary[];
  readonly refused: readonly Refusal[];
  /** The new jobs, for a retry. */
  readonly retryIds: readonly string[];
}

/** Which of some jobs a request makes sense for. */
export function planBulk(verb: JobVerb, jobs: readonly JobSummary[]): BulkPlan {
  const able: JobSummary[] = [];
  const refused: Refusal[] = [];
  for (const job of jobs) {
    const why = whyNever(verb, job.state);
    if (why === null) able.push(job);
    else refused.push({ job, why });
  }
  return { verb, able, refused };
}

/** So many jobs go into one request at most. */
const MOST_AT_ONCE = 1_000;

/** Asks the server for what was planned, and says of each job what became of it. */
export async function runBulk(
  { verb, able, refused }: BulkPlan,
  ask: (verb: JobVerb, jobIds: readonly string[]) => Promise<{ readonly results: readonly BulkResult[] }>,
): Promise<BulkOutcome> {
  const results: BulkResult[] = [];
  for (let from = 0; from < able.length; from += MOST_AT_ONCE) {
    const jobIds = able.slice(from, from + MOST_AT_ONCE).map(({ job_id }) => job_id);
    try {
      results.push(...(await ask(verb, jobIds)).results);
    } catch (error) {
      // What went before has happened all the same, and is to be said.
      if (from === 0) throw error;
      break;
    }
  }
  const byId = new Map(results.map((result) => [result.job_id, result]));
  const done = able.filter(({ job_id }) => byId.get(job_id)?.ok === true);
  const failed = able.flatMap((job): readonly Refusal[] => {
    const result = byId.get(job.job_id);
    if (result?.ok === true) return [];
    return [{ job, why: sentence(result?.error?.error_message ?? "it was not asked: the server stopped answering") }];
  });
  const retryIds = results.flatMap(({ retry_job_id }) => retry_job_id ?? []);
  return { verb, done, refused: [...failed, ...refused], retryIds };
}

/** What was done to a job, of each request. */
const DONE: Readonly<Record<JobVerb, string>> = {
  pause: "paused",
  resume: "resumed",
  cancel: "canceled",
  retry: "retried",
};

/** The outcome in a line: `12 canceled, 3 could not be`. */
export function outcomeWords({ verb, done, refused }: BulkOutcome): string {
  if (refused.length === 0) return `${done.length} ${DONE[verb]}`;
  const none = done.length === 0 ? "None" : String(done.length);
  return `${none} ${DONE[verb]}, ${refused.length} could not be`;
}
