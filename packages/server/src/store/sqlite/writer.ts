import type { DatabaseSync } from "node:sqlite";
import { PlayheadError } from "@playhead/core";
import { createBulkInsert } from "./bulk-insert.ts";
import { inTransaction } from "./connection.ts";
import { type GroupMessage, type HandleNews, splitData } from "./group-message.ts";
import { createJobHeads, type JobHead } from "./job-heads.ts";
import { createSegments, NO_SEGMENTS, prepareSeal } from "./segments.ts";
import { createTailIndex } from "./tail-index.ts";
import { createProjectionWriter } from "./write-projection.ts";

export interface WriterOptions {
  /** A segment is made of the tail once it holds this many facts. */
  readonly segmentSize: number;
  /** The `code` of each event type, in the order of EVENT_TYPE_NAMES. */
  readonly typeCodes: readonly number[];
}

/** Writes groups: the only thing that writes to the database. */
export interface Writer {
  /** Takes a message's news of handles: of each message, in their order, also of one that is not committed. */
  learn(news: HandleNews): void;
  /**
   * Stores a group durably, or nothing of it.
   * @throws PlayheadError `internal_error` where a job's facts do not go on from what is stored; what SQLite throws
   */
  commit(group: GroupMessage, nowMs: number): void;
}

/**
 * Prepares a writer on the writing connection. What it knows in memory runs ahead of the database during a transaction;
 * when one fails, all of it is thrown away and read anew.
 */
export function createWriter(db: DatabaseSync, { segmentSize, typeCodes }: WriterOptions): Writer {
  const segments = createSegments(db);
  const tail = createTailIndex();
  const heads = createJobHeads(db, segments, tail);
  const projections = createProjectionWriter(db, heads);
  const seal = prepareSeal(db);
  const factRows = createBulkInsert(db, "facts", ["id", "job_no", "seq", "type", "ts_ms", "correlation_id", "data"]);
  const putSource = db.prepare(
    `INSERT INTO sources (source, n, seen_ms) VALUES (?1, ?2, ?3)
     ON CONFLICT (source) DO UPDATE SET n = max(n, ?2), seen_ms = ?3`,
  );

  /** What the tail reaches to; `segment` is the last one that was made. */
  let end = readEnd();
  let isStale = false;

  function readEnd() {
    factRows.clear();
    tail.clear();
    heads.forgetAll();
    return inTransaction(db, "BEGIN", () => segments.follow(tail, NO_SEGMENTS));
  }

  function insertNewJobs(group: GroupMessage): void {
    for (const projection of group.projections) {
      const { job } = projection;
      if (heads.find(job) !== undefined) continue;
      const jobNo = projections.insertJob(projection, end.segment + 1);
      heads.add(job, { jobNo, lastSeq: 0, nextTaskRow: null, lastSegment: null });
    }
  }

  /** The head of a job that something is written of now: it lies in the segment to come, also where a job has ended. */
  function touch(job: number): JobHead {
    const head = heads.get(job);
    if (head.lastSegment !== null && head.lastSegment <= end.segment) projections.extend(head, end.segment + 1);
    return head;
  }

  function writeFacts({ facts }: GroupMessage): void {
    const { jobs, seqs, types, timesMs, correlationIds } = facts;
    const data = splitData(facts);
    for (let at = 0; at < seqs.length; at++) {
      const job = jobs[at] as number;
      const head = touch(job);
      const seq = seqs[at] as number;
      if (seq !== head.lastSeq + 1)
        throw defect(`expected fact ${head.lastSeq + 1} of job ${heads.idOf(job)}, got ${seq}`);
      head.lastSeq = seq;
      end.lastFactId += 1;
      const type = typeCodes[types[at] as number] as number;
      const correlationId = correlationIds?.[at] ?? null;
      factRows.add(end.lastFactId, head.jobNo, seq, type, timesMs[at] as number, correlationId, data[at] as string);
      tail.addFact(head.jobNo, end.lastFactId, seq);
    }
    factRows.flush();
  }

  function writeProjections(group: GroupMessage): void {
    for (const projection of group.projections) {
      const head = heads.get(projection.job);
      const { jobId, seq } = projection;
      if (seq > head.lastSeq) throw defect(`job ${jobId} has ${head.lastSeq} facts, and got a projection at ${seq}`);
      projections.update(projection, head, end.segment + 1);
    }
  }

  function sealWhenDue(): void {
    if (tail.size < segmentSize) return;
    end.segment += 1;
    seal(tail, end);
    tail.clear();
  }

  return {
    learn: heads.learn,
    commit(group, nowMs) {
      if (isStale) end = readEnd();
      isStale = true;
      inTransaction(db, "BEGIN IMMEDIATE", () => {
        sealWhenDue();
        insertNewJobs(group);
        writeFacts(group);
        writeProjections(group);
        for (const [source, n] of group.sources) putSource.run(source, n, nowMs);
      });
      isStale = false;
    },
  };
}

function defect(message: string): PlayheadError {
  return new PlayheadError("internal_error", message);
}
