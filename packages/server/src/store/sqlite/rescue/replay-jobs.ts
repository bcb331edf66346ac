import type { DatabaseSync } from "node:sqlite";
import { emptyJob, fold, type PlayheadEvent, summaryOf } from "@playhead/core";
import type { FactRow, JobProjection } from "../../store.ts";
import { createGroupEncoder } from "../group-message.ts";
import { openWriterService } from "../writer-service.ts";
import { type FoundJob, type MendedJob, mendJob } from "./mend-job.ts";
import { readFoundJobs } from "./read-found.ts";

/** What came of the salvaged jobs. */
export interface ReplayReport {
  readonly jobs: number;
  readonly facts: number;
  /** Jobs that lost some of their facts; at most so many of them are named. */
  readonly mended: readonly { readonly jobId: string; readonly lostEvents: number }[];
  readonly mendedCount: number;
  /** Facts that were found and could not be used: damaged themselves, or of a job that nothing names. */
  readonly unusableFacts: number;
}

export interface ReplayOptions {
  readonly salvaged: DatabaseSync;
  /** The new database; is not there yet. */
  readonly file: string;
  readonly newEpoch: string;
  readonly segmentSize: number;
  /** @param fraction 0..1 */
  readonly onProgress?: (fraction: number) => void;
}

const FACTS_PER_GROUP = 2_000;
const MOST_NAMED = 100;

/** Writes what was salvaged into a new database, by the store's own writer: so that whatever it holds fits together. */
export function replayJobs({ salvaged, file, newEpoch, segmentSize, onProgress }: ReplayOptions): ReplayReport {
  const found = readFoundJobs(salvaged);
  const writer = openWriterService({ file, newEpoch, segmentSize });
  const encoder = createGroupEncoder();
  const pending = { facts: [] as FactRow[], projections: [] as JobProjection[] };
  const mended: { jobId: string; lostEvents: number }[] = [];
  const totals = { jobs: 0, facts: 0, mendedCount: 0, nameless: 0 };

  function flush(): void {
    writer.commit(1, encoder.encode({ ...pending, sources: new Map() }), 0);
    for (const rows of Object.values(pending)) rows.length = 0;
  }

  function replay(job: FoundJob): MendedJob {
    const events = mendJob(job);
    let ownId = "";
    for (;;) {
      const { done, value } = events.next();
      if (done) return value;
      // The row of a job comes with its first fact, by a projection; a later one tells the rest.
      if (value.seq === 1) {
        pending.projections.push({ job: summaryOf(fold(emptyJob(job.jobId), value)), tasks: [] });
        ownId = value.correlation_id;
      }
      pending.facts.push(factRowOf(value, ownId));
      totals.facts += 1;
      if (pending.facts.length >= FACTS_PER_GROUP) flush();
    }
  }

  try {
    const jobNos = found.jobNos();
    for (const [place, jobNo] of jobNos.entries()) {
      onProgress?.(place / jobNos.length);
      const job = found.job(jobNo);
      if (job === null) {
        totals.nameless += countFacts(salvaged, jobNo);
        continue;
      }
      const { lost, ...projection } = replay(job);
      pending.projections.push(projection);
      totals.jobs += 1;
      if (lost === 0) continue;
      totals.mendedCount += 1;
      if (mended.length < MOST_NAMED) mended.push({ jobId: job.jobId, lostEvents: lost });
    }
    flush();
  } finally {
    writer.close();
  }
  const { jobs, facts, mendedCount, nameless } = totals;
  return { jobs, facts, mended, mendedCount, unusableFacts: found.unusable + nameless };
}

function factRowOf({ job_id, seq, type, ts, correlation_id, data }: PlayheadEvent, ownId: string): FactRow {
  const otherId = correlation_id === ownId ? null : correlation_id;
  return { job_id, seq, type, tsMs: Date.parse(ts), correlation_id: otherId, dataJson: JSON.stringify(data) };
}

function countFacts(db: DatabaseSync, jobNo: number): number {
  return Number(db.prepare("SELECT count(*) AS count FROM facts WHERE job_no = ?").get(jobNo)?.count);
}
