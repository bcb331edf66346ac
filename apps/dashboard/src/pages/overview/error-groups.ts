import type { JobSummary, ViewedError } from "@playhead/core";

/** Errors that have one cause. */
export interface ErrorGroup {
  readonly key: string;
  readonly newest: ViewedError;
  /** In which the newest happened. */
  readonly job: JobSummary;
  readonly count: number;
  /** How many jobs had it. */
  readonly jobCount: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * The errors of jobs by their causes, what happened last first. Of one cause are those of one code whose messages differ only
 * in numbers, paths, ids, and what stands in quotes.
 */
export function groupErrors(jobs: readonly JobSummary[]): readonly ErrorGroup[] {
  const groups = new Map<string, { all: { job: JobSummary; error: ViewedError; atMs: number }[] }>();
  for (const job of jobs) {
    for (const error of job.errors) {
      const key = causeOf(error);
      const group = groups.get(key) ?? { all: [] };
      groups.set(key, group);
      group.all.push({ job, error, atMs: Date.parse(error.ts) });
    }
  }
  const told = [...groups].flatMap(([key, { all }]): ErrorGroup[] => {
    all.sort((a, b) => b.atMs - a.atMs);
    const [last, first] = [all[0], all.at(-1)];
    if (last === undefined || first === undefined) return [];
    const jobCount = new Set(all.map(({ job }) => job.job_id)).size;
    return [
      { key, newest: last.error, job: last.job, count: all.length, jobCount, firstMs: first.atMs, lastMs: last.atMs },
    ];
  });
  return told.sort((a, b) => b.lastMs - a.lastMs);
}

const PARTICULARS = /"[^"]*"|'[^']*'|“[^”]*”|\S*\/\S*|\b(?=[\w.-]*\d)[\w.-]+\b/g;

/** What an error is about, whatever it happened to. */
function causeOf({ error_code, error_message }: ViewedError): string {
  return `${error_code} ${error_message.replace(PARTICULARS, "…")}`;
}
