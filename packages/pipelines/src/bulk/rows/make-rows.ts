import { faultsError } from "../faults.ts";
import { MAX_COLUMNS, MAX_FIELD_LENGTH, MAX_ROWS, PRIORITY_COLUMN, type Row, type Rows } from "./row.ts";

/** Rows as they were read, whatever the format. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly place: string; readonly values: readonly string[] }[];
}

const HINT = "each row makes a video; its columns are named in the first line, each once";

/**
 * Checks what was read, and takes the priority out.
 *
 * @throws PlayheadError `rows_invalid`
 */
export function makeRows({ columns, rows }: Table): Rows {
  const faults = [...headFaults(columns), ...(rows.length === 0 ? ["there are none"] : [])];
  if (rows.length > MAX_ROWS) faults.push(`there are more than ${MAX_ROWS}`);
  if (faults.length > 0) throw faultsError("rows_invalid", faults, HINT);
  const priorityAt = columns.indexOf(PRIORITY_COLUMN);
  const made = rows.map(({ place, values }, i): Row => {
    const long = values.findIndex((value) => value.length > MAX_FIELD_LENGTH);
    if (long >= 0) faults.push(`${place}, ${columns[long]}: more than ${MAX_FIELD_LENGTH} characters`);
    const pairs = columns.map((name, at) => [name, values[at] ?? ""] as const);
    return {
      number: i + 1,
      priority: readPriority(priorityAt < 0 ? "" : (values[priorityAt] ?? ""), place, faults),
      values: new Map(pairs.filter(([name]) => name !== PRIORITY_COLUMN)),
    };
  });
  if (faults.length > 0) throw faultsError("rows_invalid", faults, HINT);
  return { columns: columns.filter((name) => name !== PRIORITY_COLUMN), rows: made };
}

function headFaults(columns: readonly string[]): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  if (columns.length > MAX_COLUMNS) faults.push(`there are ${columns.length} columns, at most ${MAX_COLUMNS} may be`);
  for (const [i, name] of columns.entries()) {
    if (name === "") faults.push(`column ${i + 1} has no name`);
    else if (/[{}\p{Cc}]/u.test(name) || name.length > 100)
      faults.push(`column ${i + 1} has a name that cannot be used`);
    else if (seen.has(name)) faults.push(`two columns are named ${name}`);
    seen.add(name);
  }
  return faults;
}

function readPriority(text: string, place: string, faults: string[]): number {
  const trimmed = text.trim();
  const value = Number(trimmed);
  if (Number.isFinite(value)) return value;
  faults.push(`${place}, ${PRIORITY_COLUMN}: expected a number, got ${JSON.stringify(trimmed.slice(0, 40))}`);
  return 0;
}
