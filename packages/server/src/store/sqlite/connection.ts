import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";

/** Waits this long for a lock that another program's look into the file may hold. */
const BUSY_TIMEOUT_MS = 5_000;
/** The log is cut back to this size after a checkpoint, should it ever have grown beyond. */
const MAX_KEPT_WAL_BYTES = 64 * 1024 * 1024;

/** The one connection that writes. A commit on it is on the disk when it returns. */
export function openForWriting(file: string): DatabaseSync {
  return open(file, false, [
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    `PRAGMA journal_size_limit = ${MAX_KEPT_WAL_BYTES}`,
    "PRAGMA cache_size = -32000",
  ]);
}

/** A connection that only reads. The file exists, and the writer has it open. */
export function openForReading(file: string): DatabaseSync {
  return open(file, true, ["PRAGMA cache_size = -32000"]);
}

function open(file: string, readOnly: boolean, pragmas: readonly string[]): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT_MS });
  try {
    for (const pragma of pragmas) db.exec(pragma);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A prepared query whose rows are arrays, in the order of its columns: half the cost of objects. */
export function prepareRows<Row extends readonly SQLOutputValue[]>(
  db: DatabaseSync,
  sql: string,
): (...parameters: SQLInputValue[]) => readonly Row[] {
  const statement = db.prepare(sql, { returnArrays: true });
  return (...parameters) => statement.all(...parameters) as unknown as readonly Row[];
}

/** The same for a query of one row at most. */
export function prepareRow<Row extends readonly SQLOutputValue[]>(
  db: DatabaseSync,
  sql: string,
): (...parameters: SQLInputValue[]) => Row | undefined {
  const statement = db.prepare(sql, { returnArrays: true });
  return (...parameters) => statement.get(...parameters) as unknown as Row | undefined;
}

/** Runs `work` in one transaction: all of it is stored, or nothing. */
export function inTransaction<Result>(db: DatabaseSync, begin: "BEGIN" | "BEGIN IMMEDIATE", work: () => Result): Result {
  db.exec(begin);
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has ended the transaction by itself after some faults, such as a full disk.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
