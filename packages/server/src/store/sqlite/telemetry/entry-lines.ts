import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { EXECUTION_CATEGORIES, LOG_EVENT_TYPES, LOG_LEVELS, type LogFilter } from "@playhead/core";
import { EQUAL_FILTERS } from "../../log-filter.ts";
import { prepareRow, prepareRows } from "../connection.ts";

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

/** A field's value as one of core's lists has it, or null. */
const wordOf = (column: string, words: readonly string[]) =>
  `CASE ${column} ${words.map((word, at) => `WHEN ${at} THEN '"${word}"'`).join(" ")} ELSE 'null' END`;

/** The whole line. What `json_object` makes ends with one `}`, after a quote or `null`. */
const LINE = `concat(
  rtrim(json_object(${TEXTS.map((column) => `'${column}', ${column}`).join(", ")}), '}'),
  ',"entry_id":', entry_id,
  ',"timestamp":"', strftime('%Y-%m-%dT%H:%M:%f', ts_ms / 1000.0, 'unixepoch'),
  'Z","event_type":', ${wordOf("event_type", LOG_EVENT_TYPES)},
  ',"level":', ${wordOf("level", LOG_LEVELS)},
  ',"category":', ${wordOf("category", EXECUTION_CATEGORIES)},
  ',"duration":', json_quote(duration_ms),
  ',"memory_usage":', json_quote(memory_bytes),
  ',"parameters":', coalesce(parameters, 'null'),
  ',"error_details":', coalesce(error_details, 'null'),
  ',"metadata":', coalesce(metadata, '{}'),
  '}', char(10))`;

/**
 * Reads the lines of entries, in the order of the ids, as UTF-8: one value for thousands of lines, of which JavaScript
 * makes neither rows nor texts, at a third of the cost.
 */
export function prepareReadLines(db: DatabaseSync): (ids: readonly number[]) => Uint8Array {
  // `group_concat` adds as it goes, and a cross join goes in the order of its parts: to sort lines would cost half as much again.
  const select = prepareRow<[Uint8Array<ArrayBuffer> | null]>(
    db,
    `SELECT CAST(group_concat(${LINE}, '') AS BLOB) FROM json_each(?) AS wanted CROSS JOIN entries ON entry_id = wanted.value`,
  );
  return (ids) => select(`[${ids.join()}]`)?.[0] ?? new Uint8Array();
}

/** So many differently shaped filters are kept prepared. */
const MAX_STATEMENTS = 64;

/** Finds, among some ids, all that a filter wants but for words and fields, which are not looked at. */
export type SelectExact = (
  filter: LogFilter,
  match: string,
  ids: { readonly from: number; readonly to: number },
  fromMs: number,
  toMs: number,
) => readonly (readonly [entryId: number, tsMs: number])[];

/** @param found what is selected from: words and entries, by match and ids */
export function prepareSelectExact(db: DatabaseSync, found: string): SelectExact {
  const statements = new Map<string, ReturnType<typeof prepareRows<[number, number]>>>();

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

    const sql = `SELECT entry_id, ts_ms FROM ${found} AND ${conditions.join(" AND ")}`;
    if (statements.size >= MAX_STATEMENTS) statements.clear();
    const select = statements.get(sql) ?? prepareRows<[number, number]>(db, sql);
    statements.set(sql, select);
    return select(match, ids.from, ids.to, ...values);
  };
}
