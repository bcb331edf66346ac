import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { EXECUTION_CATEGORIES, LOG_EVENT_TYPES, LOG_LEVELS, type LogFilter } from "@playhead/core";
import { EQUAL_FILTERS } from "../../log-filter.ts";
import { prepareRows } from "../connection.ts";
import type { Candidate } from "./walk-blocks.ts";

/** SQLite writes these as JSON at a sixth of what it costs to do so here. */
const TEXTS = [
  "tenant_id",
  "session_id",
  "logger",
  "function_name",
  "message",
  "result_summary",
  "job_id",
  "task_id",
  "trace_id",
  "span_id",
  "parent_span_id",
  "stage",
  "user_id",
];

type LineTuple = [
  entryId: number,
  tsMs: number,
  eventType: number,
  level: number,
  category: number | null,
  durationMs: number | null,
  memoryBytes: number | null,
  parameters: string | null,
  errorDetails: string | null,
  metadata: string | null,
  texts: string,
];

const COLUMNS = `entry_id, ts_ms, event_type, level, category, duration_ms, memory_bytes, parameters, error_details, metadata,
  json_object(${TEXTS.map((column) => `'${column}', ${column}`).join(", ")})`;

/** So many differently shaped filters are kept prepared. */
const MAX_STATEMENTS = 64;

/** Reads entries as lines of JSON: all that a filter wants of some ids, but for words and fields, which are not looked at. */
export type ReadLines = (
  filter: LogFilter,
  match: string,
  ids: { readonly from: number; readonly to: number },
  fromMs: number,
  toMs: number,
) => Candidate<string>[];

/** @param found what is selected from: words and entries, by match and ids */
export function prepareReadLines(db: DatabaseSync, found: string): ReadLines {
  const statements = new Map<string, ReturnType<typeof prepareRows<LineTuple>>>();

  return (filter, match, ids, fromMs, toMs) => {
    const conditions = ["ts_ms >= ?", "ts_ms < ?"];
    const values: SQLInputValue[] = [fromMs, toMs];
    const hold = (condition: string, value: SQLInputValue) => {
      conditions.push(condition);
      values.push(value);
    };
    for (const column of EQUAL_FILTERS) {
      const value = filter[column];
      if (value === undefined) continue;
      hold(`${column} = ?`, column === "category" ? EXECUTION_CATEGORIES.indexOf(value as never) : value);
    }
    if (filter.duration_over !== undefined) hold("duration_ms > ?", filter.duration_over);
    const { levels, event_types: types } = filter;
    if (levels !== undefined) conditions.push(`level IN (${levels.map((each) => LOG_LEVELS.indexOf(each))})`);
    if (types !== undefined) conditions.push(`event_type IN (${types.map((each) => LOG_EVENT_TYPES.indexOf(each))})`);

    const sql = `SELECT ${COLUMNS} FROM ${found} AND ${conditions.join(" AND ")}`;
    if (statements.size >= MAX_STATEMENTS) statements.clear();
    const select = statements.get(sql) ?? prepareRows<LineTuple>(db, sql);
    statements.set(sql, select);
    return select(match, ids.from, ids.to, ...values).map((row) => ({ id: row[0], tsMs: row[1], row: lineOf(row) }));
  };
}

function lineOf([
  entryId,
  tsMs,
  type,
  level,
  category,
  durationMs,
  memory,
  parameters,
  error,
  metadata,
  texts,
]: LineTuple) {
  return (
    `{"entry_id":${entryId},"timestamp":"${new Date(tsMs).toISOString()}","event_type":"${LOG_EVENT_TYPES[type]}"` +
    `,"level":"${LOG_LEVELS[level]}","category":${category === null ? null : `"${EXECUTION_CATEGORIES[category]}"`}` +
    `,"duration":${durationMs},"memory_usage":${memory},"parameters":${parameters},"error_details":${error}` +
    `,"metadata":${metadata ?? "{}"},${texts.slice(1)}\n`
  );
}
