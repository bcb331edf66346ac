import { ENTRY_COLUMNS, type EntryTuple } from "../../entry-row.ts";
import { columnText, textOfColumn } from "../column-text.ts";

/** Of what type each column of `entries` is. */
const TYPES: Readonly<Record<(typeof ENTRY_COLUMNS)[number], string>> = {
  entry_id: "bigint",
  ts_ms: "bigint",
  tenant_id: "text",
  session_id: "text",
  event_type: "smallint",
  level: "smallint",
  category: "smallint",
  logger: "text",
  function_name: "text",
  message: "text",
  duration_ms: "double precision",
  memory_bytes: "double precision",
  job_id: "text",
  task_id: "text",
  trace_id: "text",
  span_id: "text",
  parent_span_id: "text",
  stage: "text",
  user_id: "text",
  result_summary: "text",
  parameters: "text",
  error_details: "text",
  metadata: "text",
};

/** The columns that a group is inserted with: all but the id, which it is given by the database. */
export const INSERTED_COLUMNS = ENTRY_COLUMNS.slice(1);
export const INSERTED_TYPES = INSERTED_COLUMNS.map((column) => TYPES[column]);

/** What a row of `entries` is read as. */
export type EntryRecord = Readonly<Record<(typeof ENTRY_COLUMNS)[number], string | number | null>>;

/** An entry's values as their columns take them. */
export function columnValues(tuple: EntryTuple): readonly (string | number | null)[] {
  return tuple.map((value) => (typeof value === "string" ? columnText(value) : value));
}

/** What was inserted. */
export function tupleOfRecord(record: EntryRecord): EntryTuple {
  return ENTRY_COLUMNS.map((column) => {
    const value = record[column];
    return typeof value === "string" ? textOfColumn(value) : value;
  }) as EntryTuple;
}
