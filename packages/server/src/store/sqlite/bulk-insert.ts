import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { prepareChange } from "./connection.ts";

/** Inserts rows of one table, several with each statement: a call of SQLite's for each row costs a third more. */
export interface BulkInsert {
  /** Adds a row: a value for each column. */
  add(...values: readonly SQLInputValue[]): void;
  /** Inserts what has been added and is not inserted yet. */
  flush(): void;
  /** Drops what has been added and is not inserted yet. */
  clear(): void;
}

const ROWS_PER_STATEMENT = 8;

/** Prepares the statements for a table. Within a transaction, `flush` has the last word. */
export function createBulkInsert(db: DatabaseSync, table: string, columns: readonly string[]): BulkInsert {
  const row = `(${columns.map(() => "?").join(", ")})`;
  const into = `INSERT INTO ${table} (${columns.join(", ")}) VALUES`;
  const insertOne = prepareChange(db, `${into} ${row}`);
  const insertMany = prepareChange(db, `${into} ${Array(ROWS_PER_STATEMENT).fill(row).join(", ")}`);
  const full = columns.length * ROWS_PER_STATEMENT;
  let pending: SQLInputValue[] = [];

  return {
    add(...values) {
      for (const value of values) pending.push(value);
      if (pending.length < full) return;
      insertMany(...pending);
      pending = [];
    },
    flush() {
      for (let at = 0; at < pending.length; at += columns.length) {
        insertOne(...pending.slice(at, at + columns.length));
      }
      pending = [];
    },
    clear() {
      pending = [];
    },
  };
}
