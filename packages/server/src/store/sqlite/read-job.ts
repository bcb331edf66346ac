import type { DatabaseSync } from "node:sqlite";
import { type EventType, foldAll, type Job, type JobSummary, type PlayheadEvent, type Task } from "@playhead/core";
import { prepareRow, prepareRows } from "./connection.ts";
import { factJson, type JobHistory, type JobRow } from "./job-history.ts";
import { taskRowRange } from "./task-row-id.ts";

/** A job as JSON: its summary, and its tasks in their order. */
export interface JobTexts {
  readonly summary: string;
  readonly tasks: readonly string[];
}

/** Reads jobs whole: the projection, and the fold of the facts after it. Within one read transaction. */
export interface JobReader {
  job(row: JobRow): Job;
  /** The same as texts; what the projection says already is not parsed. */
  texts(row: JobRow): JobTexts;
}

/** Prepares the queries on the reader's connection. */
export function createJobReader(
  db: DatabaseSync,
  history: JobHistory,
  typeNames: ReadonlyMap<number, EventType>,
): JobReader {
  const selectProjection = prepareRow<[number, string]>(
    db,
    "SELECT seq, summary FROM job_projections WHERE job_no = ?",
  );
  const selectTasks = prepareRows<[string]>(db, "SELECT task FROM tasks WHERE id BETWEEN ? AND ? ORDER BY id");

  function projectionOf(row: JobRow) {
    const [seq, summary] = selectProjection(row.jobNo) as [number, string];
    const tasks = selectTasks(...taskRowRange(row.jobNo)).map(([task]) => task);
    return { summary, tasks, after: eventsAfter(row, seq) };
  }

  function eventsAfter(row: JobRow, seq: number): readonly PlayheadEvent[] {
    const facts = history.facts(row, seq, Number.MAX_SAFE_INTEGER);
    return Array.from(facts, (fact): PlayheadEvent => JSON.parse(factJson(row, fact, typeNames)));
  }

  const foldedOf = ({ summary, tasks, after }: ReturnType<typeof projectionOf>): Job =>
    foldAll({ ...parseJob(summary), tasks: new Map(tasks.map(parseTask).map((task) => [task.task_id, task])) }, after);

  return {
    job: (row) => foldedOf(projectionOf(row)),
    texts(row) {
      const projection = projectionOf(row);
      if (projection.after.length === 0) return projection;
      const { tasks, ...summary } = foldedOf(projection);
      return { summary: JSON.stringify(summary), tasks: Array.from(tasks.values(), (task) => JSON.stringify(task)) };
    },
  };
}

const parseJob = (text: string): JobSummary => JSON.parse(text);
const parseTask = (text: string): Task => JSON.parse(text);
