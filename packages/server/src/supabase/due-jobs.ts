/** A job's row is written this often at most, unless its state changes. */
const EVERY_MS = 1_000;
/** Of more jobs nobody remembers that they moved: what moves on is noted again, and how a job ended is in the log. */
const MOST = 50_000;

/** Which jobs' rows are to be written, and when. */
export function createDueJobs(nowMs: () => number) {
  const moved = new Set<string>();
  const urgent = new Set<string>();
  const writtenMs = new Map<string, number>();

  return {
    /** Something of the job's row is different. */
    note(jobId: string): void {
      if (moved.size >= MOST) moved.clear();
      moved.add(jobId);
    },
    /** Something of it is that nobody waits a second for: its state. */
    noteAtOnce(jobId: string): void {
      urgent.add(jobId);
    },
    /** Those whose turn it is; they are to be given back should they not be written. */
    take(limit: number): readonly string[] {
      const taken: string[] = [];
      for (const jobId of urgent) {
        if (taken.length >= limit) break;
        urgent.delete(jobId);
        moved.delete(jobId);
        taken.push(jobId);
      }
      const before = nowMs() - EVERY_MS;
      for (const jobId of moved) {
        if (taken.length >= limit) break;
        if ((writtenMs.get(jobId) ?? Number.NEGATIVE_INFINITY) > before) continue;
        moved.delete(jobId);
        taken.push(jobId);
      }
      return taken;
    },
    giveBack(jobIds: readonly string[]): void {
      for (const jobId of jobIds) urgent.add(jobId);
    },
    /** The row is written. */
    wrote(jobId: string, isOver: boolean): void {
      if (isOver) writtenMs.delete(jobId);
      else writtenMs.set(jobId, nowMs());
    },
    /** There is no such job any more. */
    forget(jobId: string): void {
      writtenMs.delete(jobId);
    },
  };
}
