import type { DatabaseSync } from "node:sqlite";
import { createBulkInsert } from "./bulk-insert.ts";
import { prepareRow, prepareRows } from "./connection.ts";
import { decodeRanges, encodeRanges } from "./id-ranges.ts";
import type { TailEntry, TailIndex } from "./tail-index.ts";

/** A segment, and where it (or the tail behind it) ends; all 0 before the first. */
export interface SegmentHead {
  segment: number;
  lastFactId: number;
}

/** What a job has in one segment. */
export interface Run extends TailEntry {
  readonly segment: number;
}

/** Reads the segments: from a job to its facts that lie before the tail. */
export interface Segments {
  head(): Readonly<SegmentHead>;
  /** The job's runs within these segments, newest first, read one at a time. */
  runsDown(jobNo: number, from: number, to: number): Generator<Run>;
  /** Puts into the tail what stands behind what it has seen. @returns where it now ends */
  follow(tail: TailIndex, seen: Readonly<SegmentHead>): SegmentHead;
}

/** A history of which nothing has been seen yet. */
export const NO_SEGMENTS: Readonly<SegmentHead> = { segment: 0, lastFactId: 0 };

/** Prepares the queries on a connection. */
export function createSegments(db: DatabaseSync): Segments {
  const selectHead = prepareRow<[number, number]>(
    db,
    "SELECT segment, last_fact_id FROM segments ORDER BY segment DESC LIMIT 1",
  );
  const selectRun = prepareRow<[number, number, NodeJS.NonSharedUint8Array]>(
    db,
    "SELECT first_seq, last_seq, facts FROM runs WHERE segment = ? AND job_no = ?",
  );
  const selectFacts = prepareRows<[number, number, number]>(
    db,
    "SELECT id, job_no, seq FROM facts WHERE id > ? ORDER BY id",
  );

  const head = (): Readonly<SegmentHead> => {
    const row = selectHead();
    return row === undefined ? NO_SEGMENTS : { segment: row[0], lastFactId: row[1] };
  };

  return {
    head,
    *runsDown(jobNo, from, to) {
      for (let segment = to; segment >= from; segment--) {
        const row = selectRun(segment, jobNo);
        if (row === undefined) continue;
        const [firstSeq, lastSeq, facts] = row;
        yield { segment, firstSeq, lastSeq, facts: decodeRanges(facts) };
      }
    },
    follow(tail, seen) {
      const sealed = head();
      // Whatever was in the tail when the segment was made is in the segment: all of what this one has seen.
      const isNew = sealed.segment !== seen.segment;
      const from = isNew ? sealed : seen;
      // Read before the tail changes, so that a failure leaves it as it was.
      const facts = selectFacts(from.lastFactId);
      if (isNew) tail.clear();
      for (const [id, jobNo, seq] of facts) tail.addFact(jobNo, id, seq);
      return {
        segment: sealed.segment,
        lastFactId: facts.at(-1)?.[0] ?? from.lastFactId,
      };
    },
  };
}

/** @returns a function that makes a segment of a whole tail, in the transaction at hand */
export function prepareSeal(db: DatabaseSync): (tail: TailIndex, head: Readonly<SegmentHead>) => void {
  const runRows = createBulkInsert(db, "runs", ["segment", "job_no", "first_seq", "last_seq", "facts"]);
  const insertSegment = db.prepare("INSERT INTO segments (segment, last_fact_id) VALUES (?, ?)");
  return (tail, { segment, lastFactId }) => {
    runRows.clear();
    // In the order of the table's key, so that each lands behind the one before.
    for (const [jobNo, { firstSeq, lastSeq, facts }] of tail.entries()) {
      runRows.add(segment, jobNo, firstSeq, lastSeq, encodeRanges(facts));
    }
    runRows.flush();
    insertSegment.run(segment, lastFactId);
  };
}
