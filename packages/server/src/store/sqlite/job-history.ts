import type { DatabaseSync } from "node:sqlite";
import type { EventType } from "@playhead/core";
import { prepareRow, prepareRows } from "./connection.ts";
import { dropIds, type IdRanges } from "./id-ranges.ts";
import type { Segments } from "./segments.ts";
import type { TailIndex } from "./tail-index.ts";

/** A job's row, as far as reading its history needs it. */
export interface JobRow {
  readonly jobNo: number;
  readonly jobId: string;
  readonly correlationId: string;
  readonly firstSegment: number;
  /** Null while the job is open. */
  readonly lastSegment: number | null;
}

/** A fact as it is stored. */
export type FactTuple = readonly [seq: number, type: number, tsMs: number, correlationId: string | null, data: string];

/** Finds a job's facts through the segments and the tail; to be used within one read transaction. */
export interface JobHistory {
  findJob(jobId: string): JobRow | undefined;
  /** Facts after `afterSeq`, in order, at most `limit`. */
  facts(job: JobRow, afterSeq: number, limit: number): Generator<FactTuple>;
}

interface Stretch {
  readonly firstSeq: number;
  readonly ids: IdRanges;
}

/** Prepares the queries on the reader's connection. */
export function createJobHistory(db: DatabaseSync, segments: Segments, tail: TailIndex): JobHistory {
  const selectJob = prepareRow<[number, string, number, number | null]>(
    db,
    "SELECT job_no, correlation_id, first_segment, last_segment FROM jobs WHERE job_id = ?",
  );
  const selectFacts = prepareRows<[...FactTuple]>(
    db,
    "SELECT seq, type, ts_ms, correlation_id, data FROM facts WHERE id BETWEEN ? AND ?",
  );

  /** Where the facts after `afterSeq` are, newest stretch first. */
  function* stretchesDown({ jobNo, firstSegment, lastSegment }: JobRow, afterSeq: number): Generator<Stretch> {
    const inTail = tail.find(jobNo);
    if (inTail.lastSeq > afterSeq) yield { firstSeq: inTail.firstSeq, ids: inTail.facts };
    if (inTail.firstSeq > 0 && inTail.firstSeq <= afterSeq + 1) return;
    const to = Math.min(lastSegment ?? Number.MAX_SAFE_INTEGER, segments.head().segment);
    for (const { firstSeq, lastSeq, facts } of segments.runsDown(jobNo, firstSegment, to)) {
      if (lastSeq > afterSeq) yield { firstSeq, ids: facts };
      if (firstSeq <= afterSeq + 1) return;
    }
  }

  return {
    findJob(jobId) {
      const row = selectJob(jobId);
      if (row === undefined) return undefined;
      const [jobNo, correlationId, firstSegment, lastSegment] = row;
      return { jobNo, jobId, correlationId, firstSegment, lastSegment };
    },
    *facts(job, afterSeq, limit) {
      let left = limit;
      for (const { firstSeq, ids } of [...stretchesDown(job, afterSeq)].reverse()) {
        const wanted = firstSeq > afterSeq ? ids : dropIds(ids, afterSeq + 1 - firstSeq);
        for (let at = 0; at < wanted.length && left > 0; at += 2) {
          const first = wanted[at] as number;
          const last = Math.min(wanted[at + 1] as number, first + left - 1);
          yield* selectFacts(first, last);
          left -= last - first + 1;
        }
        if (left <= 0) return;
      }
    },
  };
}

/** A fact as viewers get it, as JSON; its data is text already. */
export function factJson(
  job: Pick<JobRow, "jobId" | "correlationId">,
  fact: FactTuple,
  typeNames: ReadonlyMap<number, EventType>,
): string {
  const [seq, type, tsMs, correlationId, data] = fact;
  return (
    `{"type":"${typeNames.get(type)}","ts":"${new Date(tsMs).toISOString()}","job_id":${JSON.stringify(job.jobId)}` +
    `,"seq":${seq},"correlation_id":${JSON.stringify(correlationId ?? job.correlationId)},"data":${data}}`
  );
}
