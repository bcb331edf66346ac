/** A job that one went to. */
export interface RecentJob {
  readonly jobId: string;
  readonly title: string;
}

const KEY = "playhead.recent";
const MOST = 5;

/** The jobs that were gone to by the palette, the last one first. */
export function readRecent(): readonly RecentJob[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isRecent).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Notes that one went there. */
export function noteRecent({ jobId, title }: RecentJob): void {
  const others = readRecent().filter((job) => job.jobId !== jobId);
  keep([{ jobId, title }, ...others].slice(0, MOST));
}

/** Whoever signs out leaves nothing behind. */
export function forgetRecent(): void {
  keep(null);
}

function keep(jobs: readonly RecentJob[] | null): void {
  try {
    if (jobs === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(jobs));
  } catch {
    // A browser that keeps nothing has nothing recent.
  }
}

function isRecent(value: unknown): value is RecentJob {
  const { jobId, title } = (value ?? {}) as Partial<RecentJob>;
  return typeof jobId === "string" && typeof title === "string";
}
