import type { JobSummary, TimeRange } from "@playhead/core";
import type { JobsQuery, Page } from "../store/store.ts";

/** What jobs that ended within a range come to. */
export interface JobTotals {
  ended: number;
  completed: number;
  failed: number;
  canceled: number;
  /** From start to end, of those that completed. */
  wallMs: number;
  clips: number;
  clipsFailed: number;
  /** Summed over clips that were processed. */
  clipMs: number;
  errors: number;
  scored: number;
  bestScore: number | null;
}

/** Errors of one cause. */
export interface CauseTotals {
  count: number;
  readonly jobs: Set<string>;
  firstAt: string;
  lastAt: string;
  /** Of the newest. */
  message: string;
}

export interface BestClip {
  readonly score: number;
  readonly title: string;
  readonly jobTitle: string;
}

/** All that a report tells of jobs. */
export interface JobsFound {
  readonly all: JobTotals;
  readonly byKind: ReadonlyMap<string, JobTotals>;
  /** One for each span that was asked for. */
  readonly bySpan: readonly JobTotals[];
  /** By error code. */
  readonly causes: ReadonlyMap<string, CauseTotals>;
  /** The best first, a bounded number. */
  readonly best: readonly BestClip[];
}

export interface JobsAsked {
  readonly tenantId: string;
  readonly range: TimeRange;
  readonly kinds: readonly string[] | null;
  /** They follow each other without a gap. */
  readonly spans: readonly TimeRange[];
}

export type ListJobs = (query: JobsQuery) => Promise<Page<JobSummary>>;

const PAGE_SIZE = 200;
const BEST_CLIPS = 10;

/** Adds up the jobs that ended within a range: half-open, like all ranges. Those that still run are of a later one. */
export async function sumJobs(listJobs: ListJobs, { tenantId, range, kinds, spans }: JobsAsked): Promise<JobsFound> {
  const all = noJobs();
  const byKind = new Map<string, JobTotals>();
  const bySpan = spans.map(noJobs);
  const causes = new Map<string, CauseTotals>();
  let best: readonly BestClip[] = [];
  let span = 0;
  for await (const job of endedJobs(listJobs, { tenantId, range, kinds })) {
    const endedMs = Date.parse(job.ended_at ?? "");
    while (span < spans.length - 1 && endedMs >= (spans[span]?.toMs ?? 0)) span += 1;
    const ofKind = byKind.get(job.kind) ?? noJobs();
    byKind.set(job.kind, ofKind);
    const ofSpan = bySpan[span];
    for (const totals of [all, ofKind, ...(ofSpan === undefined ? [] : [ofSpan])]) addJob(totals, job);
    addCauses(causes, job);
    best = [...best, ...topOf(job)].sort((a, b) => b.score - a.score).slice(0, BEST_CLIPS);
  }
  return { all, byKind, bySpan, causes, best };
}

/** In the order of their ends. */
async function* endedJobs(
  listJobs: ListJobs,
  { tenantId, range, kinds }: Omit<JobsAsked, "spans">,
): AsyncGenerator<JobSummary> {
  // Before every job that ended at the first moment: no id is empty.
  let after: JobsQuery["after"] | null = { value: range.fromMs, id: "" };
  while (after !== null) {
    const page: Page<JobSummary> = await listJobs({
      tenantId,
      ...(kinds !== null && { kinds }),
      sort: "ended_at",
      order: "asc",
      limit: PAGE_SIZE,
      after,
    });
    for (const job of page.items) {
      // Open jobs come after all that have ended.
      if (job.ended_at === null || Date.parse(job.ended_at) >= range.toMs) return;
      yield job;
    }
    after = page.next;
  }
}

/** What no job at all comes to. */
export function noJobs(): JobTotals {
  return {
    ...{ ended: 0, completed: 0, failed: 0, canceled: 0, wallMs: 0 },
    ...{ clips: 0, clipsFailed: 0, clipMs: 0, errors: 0, scored: 0, bestScore: null },
  };
}

function addJob(totals: JobTotals, job: JobSummary): void {
  const { state, progress, started_at, ended_at, summary } = job;
  totals.ended += 1;
  if (state === "completed" || state === "failed" || state === "canceled") totals[state] += 1;
  if (state === "completed") totals.wallMs += Date.parse(ended_at ?? "") - Date.parse(started_at ?? ended_at ?? "");
  totals.clips += progress.items_completed;
  totals.clipsFailed += progress.items_failed;
  totals.clipMs += progress.time_processing_ms;
  totals.errors += progress.errors_encountered;
  const scored = summary?.clips_analyzed;
  const bestScore = summary?.best_score;
  if (typeof scored !== "number" || scored === 0 || typeof bestScore !== "number") return;
  totals.scored += scored;
  totals.bestScore = Math.max(totals.bestScore ?? bestScore, bestScore);
}

function addCauses(causes: Map<string, CauseTotals>, { job_id, errors }: JobSummary): void {
  for (const { error_code, error_message, ts } of errors) {
    const cause = causes.get(error_code);
    if (cause === undefined) {
      causes.set(error_code, { count: 1, jobs: new Set([job_id]), firstAt: ts, lastAt: ts, message: error_message });
      continue;
    }
    cause.count += 1;
    cause.jobs.add(job_id);
    if (ts < cause.firstAt) cause.firstAt = ts;
    if (ts >= cause.lastAt) {
      cause.lastAt = ts;
      cause.message = error_message;
    }
  }
}

/** The clips that a job names as its best; what it says there is its own, and may be anything. */
function topOf({ title, summary }: JobSummary): readonly BestClip[] {
  const top: unknown = summary?.top;
  if (!Array.isArray(top)) return [];
  return top.flatMap((each: unknown) => {
    const { score, title: clip } = (each ?? {}) as { readonly score?: unknown; readonly title?: unknown };
    return typeof score === "number" && typeof clip === "string" ? [{ score, title: clip, jobTitle: title }] : [];
  });
}
