import type { DatabaseSync } from "node:sqlite";
import { snapshotOf } from "@playhead/core";
import type { JobCounts, JobsQuery, PageCursor, TasksQuery } from "../store.ts";
import { type AlertReader, createAlertReader } from "./alerts/alert-reader.ts";
import { createFactLog, type FactLog } from "./alerts/fact-log.ts";
import { inTransaction, prepareRow } from "./connection.ts";
import { createDocumentReader, type DocumentReader } from "./documents.ts";
import { readTypeNames } from "./event-type-codes.ts";
import { createJobHistory, factJson, type JobRow } from "./job-history.ts";
import { countJobs, listEndedJobIds, listJobs, listOpenJobIds, type TextPage } from "./list-jobs.ts";
import { listTasks } from "./list-tasks.ts";
import { createQueryRunner } from "./query-builder.ts";
import { createJobReader } from "./read-job.ts";
import { createSegments, NO_SEGMENTS } from "./segments.ts";
import { createTailIndex } from "./tail-index.ts";

/** What lists give: the items as one JSON array. */
export interface PageText {
  readonly items: string;
  readonly next: PageCursor | null;
}

/** Answers every question of the store, as JSON text: that is the cheapest to hand over to another thread. */
export interface Reader extends DocumentReader, AlertReader, FactLog {
  /** The summary, then arrays of tasks; null when there is no such job. */
  readJob(jobId: string): readonly string[] | null;
  readSnapshot(jobId: string): string | null;
  readFacts(jobId: string, afterSeq: number, limit: number): string;
  readOpenJobIds(): readonly string[];
  readEndedJobIds(tenantId: string, jobIds: readonly string[]): readonly string[];
  listJobs(query: JobsQuery): PageText;
  listTasks(query: TasksQuery): PageText;
  countJobs(tenantId: string, sinceMs: number): JobCounts;
  readSource(source: string): number;
}

/** So many tasks are parsed at a time by who gets them, and no more: about a millisecond's work. */
const TASKS_PER_TEXT = 200;

/** Prepares a reader on a connection of its own. Each question is answered from one state of the database. */
export function createReader(db: DatabaseSync): Reader {
  const typeNames = readTypeNames(db, "the database");
  const segments = createSegments(db);
  const tail = createTailIndex();
  let seen = NO_SEGMENTS;

  const history = createJobHistory(db, segments, tail);
  const jobs = createJobReader(db, history, typeNames);
  const run = createQueryRunner(db);
  const selectSource = prepareRow<[number]>(db, "SELECT n FROM sources WHERE source = ?");

  /** Reads of a job with the tail as far as this transaction sees; `otherwise` when there is no such job. */
  function ofJob<Result>(jobId: string, otherwise: Result, read: (job: JobRow) => Result): Result {
    return inTransaction(db, "BEGIN", () => {
      seen = segments.follow(tail, seen);
      const job = history.findJob(jobId);
      return job === undefined ? otherwise : read(job);
    });
  }

  return {
    readJob: (jobId) =>
      ofJob<readonly string[] | null>(jobId, null, (job) => {
        const { summary, tasks } = jobs.texts(job);
        const texts = [summary];
        for (let at = 0; at < tasks.length; at += TASKS_PER_TEXT)
          texts.push(jsonArray(tasks.slice(at, at + TASKS_PER_TEXT)));
        return texts;
      }),
    readSnapshot: (jobId) => ofJob<string | null>(jobId, null, (job) => JSON.stringify(snapshotOf(jobs.job(job)))),
    readFacts: (jobId, afterSeq, limit) =>
      ofJob(jobId, "[]", (job) =>
        jsonArray(Array.from(history.facts(job, afterSeq, limit), (fact) => factJson(job, fact, typeNames))),
      ),
    readOpenJobIds: () => listOpenJobIds(run),
    readEndedJobIds: (tenantId, jobIds) => listEndedJobIds(run, tenantId, jobIds),
    listJobs: (query) => pageText(listJobs(run, query)),
    listTasks: (query) => {
      const job = history.findJob(query.jobId);
      return pageText(job === undefined ? { items: [], next: null } : listTasks(run, job.jobNo, query));
    },
    countJobs: (tenantId, sinceMs) => inTransaction(db, "BEGIN", () => countJobs(run, tenantId, sinceMs)),
    readSource: (source) => selectSource(source)?.[0] ?? 0,
    ...createDocumentReader(db),
    ...createAlertReader(db),
    ...createFactLog(db, typeNames),
  };
}

const jsonArray = (texts: readonly string[]) => `[${texts.join(",")}]`;
const pageText = ({ items, next }: TextPage): PageText => ({ items: jsonArray(items), next });
