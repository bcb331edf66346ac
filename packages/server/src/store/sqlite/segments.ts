import type { DatabaseSync } from "node:sqlite";
import { createBulkInsert } from "./bulk-insert.ts";
import { prepareRow, prepareRows } from "./connection.ts";
import { decodeRanges, encodeRanges } from "./id-ranges.ts";
import type { TailEntry, TailIndex } from "./tail-index.ts";

/** A segment, and where it (or the tail behind it) ends; all 0 before the first. */
export interface SegmentHead {
  segment: number;
  lastFactId: number;
  lastLogId: number;
}

/** What a job has in one segment. */
export interface Run extends TailEntry {
  readonly segment: number;
}

/** Reads the segments: from a job to its facts and log lines that lie before the tail. */
export interface Segments {
  head(): Readonly<SegmentHead>;
  /** The job's runs within these segments, newest first, read one at a time. */
  runsDown(jobNo: number, from: number, to: number): Generator<Run>;
  /** The first segment that ends after a log line. */
  segmentAfterLog(logId: number): number;
  /** Puts into the tail what stands behind what it has seen. @returns where it now ends */
  follow(tail: TailIndex, seen: Readonly<SegmentHead>): SegmentHead;
}

/** A history of which nothing has been seen yet. */
export const NO_SEGMENTS: Readonly<SegmentHead> = { segment: 0, lastFactId: 0, lastLogId: 0 };

/** Prepares the queries on a connection. */
export function createSegments(db: DatabaseSync): Segments {
  const selectHead = prepareRow<[number, number, number]>(
    db,
    "SELECT segment, last_fact_id, last_log_id FROM segments ORDER BY segment DESC LIMIT 1",
  );
  const selectRun = prepareRow<[number, number, NodeJS.NonSharedUint8Array, NodeJS.NonSharedUint8Array]>(
    db,
    "SELECT first_seq, last_seq, facts, logs FROM runs WHERE segment = ? AND job_no = ?",
  );
  const selectAfterLog = prepareRow<[number | null]>(db, "SELECT min(segment) FROM segments WHERE last_log_id > ?");
  const selectFacts = prepareRows<[number, number, number]>(
    db,
    "SELECT id, job_no, seq FROM facts WHERE id > ? ORDER BY id",
  );
  const selectLogs = prepareRows<[number, number]>(db, "SELECT id, job_no FROM logs WHERE id > ? ORDER BY id");

  const head = (): Readonly<SegmentHead> => {
    const row = selectHead();
    return row === undefined ? NO_SEGMENTS : { segment: row[0], lastFactId: row[1], lastLogId: row[2] };
  };

  return {
    head,
    *runsDown(jobNo, from, to) {
      for (let segment = to; segment >= from; segment--) {
        const row = selectRun(segment, jobNo);
        if (row === undefined) continue;
        const [firstSeq, lastSeq, facts, logs] = row;
        yield { segment, firstSeq, lastSeq, facts: decodeRanges(facts), logs: decodeRanges(logs) };
      }
    },
    segmentAfterLog(logId) {
      return selectAfterLog(logId)?.[0] ?? head().segment + 1;
    },
    follow(tail, seen) {
      const sealed = head();
      // Whatever was in the tail when the segment was made is in the segment: all of what this one has seen.
      const isNew = sealed.segment !== seen.segment;
      const from = isNew ? sealed : seen;
      // Both are read before the tail changes, so that a failure leaves it as it was.
      const facts = selectFacts(from.lastFactId);
      const logs = selectLogs(from.lastLogId);
      if (isNew) tail.clear();
      for (const [id, jobNo, seq] of facts) tail.addFact(jobNo, id, seq);
      for (const [id, jobNo] of logs) tail.addLog(jobNo, id);
      return {
        segment: sealed.segment,
        lastFactId: facts.at(-1)?.[0] ?? from.lastFactId,
        lastLogId: logs.at(-1)?.[0] ?? from.lastLogId,
      };
    },
  };
}

/** @returns a function that makes a segment of a whole tail, in the transaction at hand */
export function prepareSeal(db: DatabaseSync): (tail: TailIndex, head: Readonly<SegmentHead>) => void {
  const runRows = createBulkInsert(db, "runs", ["segment", "job_no", "first_seq", "last_seq", "facts", "logs"]);
  const insertSegment = db.prepare("INSERT INTO segments (segment, last_fact_id, last_log_id) VALUES (?, ?, ?)");
  return (tail, { segment, lastFactId, lastLogId }) => {
    runRows.clear();
    // In the order of the table's key, so that each lands behind the one before.
    for (const [jobNo, { firstSeq, lastSeq, facts, logs }] of tail.entries()) {
      runRows.add(segment, jobNo, firstSeq, lastSeq, encodeRanges(facts), encodeRanges(logs));
    }
    runRows.flush();
    insertSegment.run(segment, lastFactId, lastLogId);
  };
}
