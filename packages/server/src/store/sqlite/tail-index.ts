import { appendId, type IdRanges } from "./id-ranges.ts";

/** What one job has behind the last segment. */
export interface TailEntry {
  /** Of its first fact there; 0 when it has none. */
  readonly firstSeq: number;
  /** Of its last fact there; 0 when it has none. */
  readonly lastSeq: number;
  readonly facts: IdRanges;
  readonly logs: IdRanges;
}

interface Growing extends TailEntry {
  firstSeq: number;
  lastSeq: number;
  readonly facts: number[];
  readonly logs: number[];
}

/**
 * Finds a job's facts and log lines among those that no segment holds yet. Writer and reader each keep one: the writer
 * makes the next segment of it, the reader reads by it.
 */
export interface TailIndex {
  /** Facts and log lines together. */
  readonly size: number;
  addFact(jobNo: number, factId: number, seq: number): void;
  addLog(jobNo: number, logId: number): void;
  get(jobNo: number): TailEntry | undefined;
  /** All there is, by growing `job_no`. */
  entries(): readonly (readonly [jobNo: number, entry: TailEntry])[];
  clear(): void;
}

/** An empty tail. */
export function createTailIndex(): TailIndex {
  const byJob = new Map<number, Growing>();
  let size = 0;

  function entryOf(jobNo: number): Growing {
    size += 1;
    let entry = byJob.get(jobNo);
    if (entry === undefined) {
      entry = { firstSeq: 0, lastSeq: 0, facts: [], logs: [] };
      byJob.set(jobNo, entry);
    }
    return entry;
  }

  return {
    get size() {
      return size;
    },
    addFact(jobNo, factId, seq) {
      const entry = entryOf(jobNo);
      if (entry.firstSeq === 0) entry.firstSeq = seq;
      entry.lastSeq = seq;
      appendId(entry.facts, factId);
    },
    addLog(jobNo, logId) {
      appendId(entryOf(jobNo).logs, logId);
    },
    get: (jobNo) => byJob.get(jobNo),
    entries: () => [...byJob].sort(([a], [b]) => a - b),
    clear() {
      byJob.clear();
      size = 0;
    },
  };
}
