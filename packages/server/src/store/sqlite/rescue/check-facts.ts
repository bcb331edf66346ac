import type { DatabaseSync } from "node:sqlite";
import {
  applyEvent,
  draftOf,
  emptyJob,
  isJsonObject,
  type JobSummary,
  type PlayheadEvent,
  type Task,
} from "@playhead/core";
import { inTransaction, prepareRow } from "../connection.ts";
import { readTypeNames } from "../event-type-codes.ts";
import { createJobHistory, factJson, type JobRow } from "../job-history.ts";
import { createSegments, NO_SEGMENTS } from "../segments.ts";
import { createTailIndex } from "../tail-index.ts";
import { taskRowRange } from "../task-row-id.ts";
import { describeDifference, isPruned } from "./describe-difference.ts";
import { JSON_COLUMNS } from "./json-columns.ts";

/** Faults beyond these are not looked for: all is read anew anyway. */
const MOST_FAULTS = 20;

/**
 * What is wrong with a database whose pages are in order: each job's facts must be found through the segments, 1, 2, 3 …
 * without a gap; none must be left over; and their fold must be what the job's projection says.
 */
export function checkFacts(db: DatabaseSync, onProgress?: (fraction: number) => void): readonly string[] {
  return inTransaction(db, "BEGIN", () => {
    const faults: string[] = [];
    const check = prepareJobCheck(db);
    const all = Number(db.prepare("SELECT count(*) AS count FROM facts").get()?.count);
    let reached = 0;
    for (const row of db.prepare("SELECT job_id FROM jobs ORDER BY job_no").iterate()) {
      const jobId = String(row.job_id);
      try {
        const { facts, fault } = check(jobId);
        reached += facts;
        if (fault !== null) faults.push(`job ${jobId}: ${fault}`);
      } catch (error) {
        faults.push(`job ${jobId}: ${error instanceof Error ? error.message : String(error)}`);
      }
      onProgress?.(all === 0 ? 1 : Math.min(1, reached / all));
      if (faults.length >= MOST_FAULTS) return faults;
    }
    if (reached < all) faults.push(`${all - reached} facts belong to no job`);
    for (const [table, column] of JSON_COLUMNS) {
      const broken = Number(
        db.prepare(`SELECT count(*) AS count FROM ${table} WHERE NOT json_valid(${column})`).get()?.count,
      );
      if (broken > 0) faults.push(`${broken} ${table} have a ${column} that is no JSON`);
    }
    return faults;
  });
}

function prepareJobCheck(db: DatabaseSync) {
  const typeNames = readTypeNames(db, "the database");
  const segments = createSegments(db);
  const tail = createTailIndex();
  segments.follow(tail, NO_SEGMENTS);
  const history = createJobHistory(db, segments, tail);
  const selectProjection = prepareRow<[number, string, string]>(
    db,
    "SELECT seq, summary, state FROM job_projections JOIN jobs USING (job_no) WHERE job_no = ?",
  );
  const selectTasks = db.prepare("SELECT task FROM tasks WHERE id BETWEEN ? AND ? ORDER BY id");

  function readProjection({ jobNo }: JobRow) {
    const [seq, text, state] = selectProjection(jobNo) ?? [0, "null", ""];
    const summary = parse(text) as unknown as JobSummary;
    const tasks = selectTasks.all(...taskRowRange(jobNo)).map(({ task }) => parse(String(task)) as unknown as Task);
    return { seq, summary, tasks, state };
  }

  return (jobId: string): { readonly facts: number; readonly fault: string | null } => {
    const row = history.findJob(jobId);
    // The list of jobs and the index by their ids disagree.
    if (row === undefined) return { facts: 0, fault: "it cannot be found by its id" };
    const { seq, summary, tasks, state } = readProjection(row);
    if (summary.seq !== seq || summary.state !== state)
      return { facts: 0, fault: "its row and its projection disagree" };
    if (isPruned(summary))
      return { facts: history.facts(row, 0, Number.MAX_SAFE_INTEGER).toArray().length, fault: null };
    const draft = draftOf(emptyJob(jobId));
    let facts = 0;
    let fault: string | null = null;
    for (const fact of history.facts(row, 0, Number.MAX_SAFE_INTEGER)) {
      facts += 1;
      if (fact[0] !== facts) fault ??= `expected fact ${facts}, got ${fact[0]}`;
      const event = parse(factJson(row, fact, typeNames)) as unknown as PlayheadEvent;
      if (typeNames.get(fact[1]) === undefined) fault ??= `fact ${facts} is of an unknown type`;
      else applyEvent(draft, event);
      if (facts === seq && fault === null) fault = describeDifference(draft, summary, tasks);
    }
    if (facts < seq || facts === 0) fault ??= `it stands at fact ${seq}, and only ${facts} are there`;
    return { facts, fault };
  };
}

function parse(text: string) {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new TypeError(`expected an object, got ${text.slice(0, 40)}`);
  return value;
}
