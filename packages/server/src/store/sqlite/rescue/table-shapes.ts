import type { DatabaseSync } from "node:sqlite";
import type { Cell } from "./pages/read-cells.ts";
import type { RecordValue } from "./pages/read-record.ts";

/** What the rows of a table look like in its pages: enough to know one without being told whose it is. */
export interface TableShape {
  readonly name: string;
  /** In the order in which records hold them. */
  readonly columns: readonly ColumnShape[];
  readonly hasRowid: boolean;
}

export interface ColumnShape {
  readonly name: string;
  readonly type: string;
  readonly mayBeNull: boolean;
  /** The rowid itself: records hold null in its place. */
  readonly isRowid: boolean;
  /** Rows from before the column was added end before it. */
  readonly mayBeMissing: boolean;
}

/** The shapes of all tables of a database, without those of SQLite's own and those that a full-text index keeps. */
export function readTableShapes(db: DatabaseSync): readonly TableShape[] {
  return db
    .prepare(
      "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .all()
    .map(({ name, wr }) => shapeOf(db, String(name), wr === 0));
}

function shapeOf(db: DatabaseSync, name: string, hasRowid: boolean): TableShape {
  // Generated columns are hidden, and in no record.
  const rows = db.prepare('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)').all(name);
  const keys = rows.filter(({ pk }) => Number(pk) > 0);
  const columns = rows.map((row): ColumnShape & { readonly place: number } => {
    const type = String(row.type).toUpperCase();
    const isKey = Number(row.pk) > 0;
    return {
      name: String(row.name),
      type,
      isRowid: hasRowid && isKey && keys.length === 1 && type === "INTEGER",
      mayBeNull: row.notnull === 0 && !(isKey && !hasRowid),
      mayBeMissing: !isKey && (row.notnull === 0 || row.dflt_value !== null),
      place: hasRowid || !isKey ? Number.MAX_SAFE_INTEGER : Number(row.pk),
    };
  });
  // Without rowid, the key's columns come first, in the key's order.
  return {
    name,
    hasRowid,
    columns: columns.toSorted((a, b) => a.place - b.place).map(({ place: _, ...column }) => column),
  };
}

/** The values of a row, as the table's columns want them; null when the cell is no row of such a table. */
export function fitRow(shape: TableShape, { rowid, values }: Cell): readonly RecordValue[] | null {
  if ((rowid !== null) !== shape.hasRowid || values.length > shape.columns.length) return null;
  const row: RecordValue[] = [];
  for (const [place, column] of shape.columns.entries()) {
    const value = values[place];
    if (column.isRowid) {
      if (value !== null) return null;
      row.push(rowid);
    } else if (value === undefined) {
      if (!column.mayBeMissing) return null;
    } else {
      if (!fits(value, column)) return null;
      row.push(value);
    }
  }
  return row;
}

function fits(value: RecordValue, { type, mayBeNull }: ColumnShape): boolean {
  if (value === null) return mayBeNull;
  switch (type) {
    case "INTEGER":
    case "INT":
      return Number.isInteger(value) || typeof value === "bigint";
    case "REAL":
      return typeof value === "number";
    case "TEXT":
      return typeof value === "string";
    case "BLOB":
      return value instanceof Uint8Array;
    default:
      return true;
  }
}
