import { appendId, type IdRanges } from "./id-ranges.ts";

/** What one job has behind the last segment. */
export interface TailEntry {
  /** Of its first fact there; 0 when it has none. */
  readonly firstSeq: number;
  /** Of its last fact there; 0 when it has none. */
  readonly lastSeq: number;
  readonly facts: IdRanges;
}

/**
 * Finds a job's facts among those that no segment holds yet. Writer and reader each keep one: the writer
 * makes the next segment of it, the reader reads by it. A list in order of commit that is searched from end to end:
 * adding, which happens to each fact, costs nothing; finding, which happens to each question, some 50 µs.
 */
export interface TailIndex {
  readonly size: number;
  addFact(jobNo: number, factId: number, seq: number): void;
  find(jobNo: number): TailEntry;
  /** The number of the job's last fact there; 0 when it has none. Quicker than `find`. */
  lastSeqOf(jobNo: number): number;
  /** All there is, by growing `job_no`. */
  entries(): Iterable<readonly [jobNo: number, entry: TailEntry]>;
  clear(): void;
}

/** An empty tail. */
export function createTailIndex(): TailIndex {
  let size = 0;
  let jobNos = new Float64Array(FIRST_CAPACITY);
  let ids = new Float64Array(FIRST_CAPACITY);
  let seqs = new Int32Array(FIRST_CAPACITY);

  function add(jobNo: number, id: number, seq: number): void {
    if (size === jobNos.length) grow();
    jobNos[size] = jobNo;
    ids[size] = id;
    seqs[size] = seq;
    size += 1;
  }

  function grow(): void {
    const [oldJobNos, oldIds, oldSeqs] = [jobNos, ids, seqs];
    jobNos = new Float64Array(size * 2);
    ids = new Float64Array(size * 2);
    seqs = new Int32Array(size * 2);
    jobNos.set(oldJobNos);
    ids.set(oldIds);
    seqs.set(oldSeqs);
  }

  function copyTo(entry: GrowingEntry, at: number): void {
    const id = ids[at] as number;
    const seq = seqs[at] as number;
    if (entry.firstSeq === 0) entry.firstSeq = seq;
    entry.lastSeq = seq;
    appendId(entry.facts, id);
  }

  /** Places in the list, by job and then in their order, as `jobNo * size + place`: numbers sort quickest. */
  function sortedPlaces(): Float64Array {
    const places = new Float64Array(size);
    for (let at = 0; at < size; at++) places[at] = (jobNos[at] as number) * size + at;
    return places.sort();
  }

  return {
    get size() {
      return size;
    },
    addFact: add,
    find(jobNo) {
      const entry = emptyEntry();
      for (let at = 0; at < size; at++) if (jobNos[at] === jobNo) copyTo(entry, at);
      return entry;
    },
    lastSeqOf(jobNo) {
      // From the end: the busier a job, the sooner it is found.
      for (let at = size - 1; at >= 0; at--) {
        if (jobNos[at] === jobNo) return seqs[at] as number;
      }
      return 0;
    },
    *entries() {
      const places = sortedPlaces();
      let next = 0;
      while (next < size) {
        const jobNo = Math.floor((places[next] as number) / size);
        const first = jobNo * size;
        const entry = emptyEntry();
        for (; next < size && (places[next] as number) < first + size; next++)
          copyTo(entry, (places[next] as number) - first);
        yield [jobNo, entry];
      }
    },
    clear() {
      size = 0;
    },
  };
}

const FIRST_CAPACITY = 1_024;

interface GrowingEntry {
  firstSeq: number;
  lastSeq: number;
  readonly facts: number[];
}

const emptyEntry = (): GrowingEntry => ({ firstSeq: 0, lastSeq: 0, facts: [] });
