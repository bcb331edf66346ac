import type { LogEntry } from "@playhead/core";

/** Jobs of which something may come late: the newest. */
const MAX_JOBS = 1_000;

/** Notes how much of what was observed of a job was exported, and of which jobs more has come since. */
export function createLateEntries() {
  /** The newest entry that was exported, by job. */
  const upTo = new Map<string, number>();
  /** The newest entry that came since. */
  const late = new Map<string, number>();
  return {
    /** Entries of the job were exported up to this one; 0 before any was. */
    exported(jobId: string, entryId: number): void {
      upTo.delete(jobId);
      upTo.set(jobId, entryId);
      const [oldest] = upTo.keys();
      if (upTo.size > MAX_JOBS && oldest !== undefined) upTo.delete(oldest);
    },
    /** @returns whether some of it is late */
    stored(entries: readonly { readonly entry: LogEntry }[]): boolean {
      for (const { entry } of entries) {
        const known = entry.job_id === null ? undefined : upTo.get(entry.job_id);
        if (known !== undefined && entry.entry_id > known) late.set(entry.job_id as string, entry.entry_id);
      }
      return late.size > 0;
    },
    /** The jobs of which something came, each with the newest entry that was exported. */
    take(): readonly (readonly [jobId: string, after: number])[] {
      const jobs = [...late].flatMap(([jobId, newest]) => {
        const after = upTo.get(jobId) ?? newest;
        return newest > after ? [[jobId, after] as const] : [];
      });
      late.clear();
      return jobs;
    },
  };
}
