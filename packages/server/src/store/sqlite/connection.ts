import { chmodSync, existsSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";
import { PlayheadError } from "@playhead/core";

/** Waits this long for a lock that another program's look into the file may hold. */
const BUSY_TIMEOUT_MS = 5_000;
/** The log is cut back to this size after a checkpoint, should it ever have grown beyond. */
const MAX_KEPT_WAL_BYTES = 64 * 1024 * 1024;
const OWNER_ONLY = 0o600;
/** Of each connection. */
const CACHE_KB = 32_000;

/** The one connection that writes; to be told by {@link writeDurably} how. */
export function openForWriting(file: string): DatabaseSync {
  const isNew = !existsSync(file);
  const db = open(file, false);
  // For its owner alone, and so what SQLite puts beside it.
  if (isNew && existsSync(file)) chmodSync(file, OWNER_ONLY);
  return db;
}

/**
 * From now on readers and the writer do not wait for each other, and a commit is on the disk when it returns.
 * @throws PlayheadError `data_unwritable` where the file system cannot do that
 */
export function writeDurably(db: DatabaseSync): void {
  const mode = db.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode;
  if (mode !== "wal") {
    throw new PlayheadError("data_unwritable", `expected the database to keep a write-ahead log, got ${String(mode)}`, {
      hint: "put the data folder on a local disk",
    });
  }
  db.exec(
    `PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${MAX_KEPT_WAL_BYTES}; PRAGMA cache_size = -${CACHE_KB}`,
  );
}

/** A connection that only reads. The file exists, and the writer has it open. */
export function openForReading(file: string): DatabaseSync {
  const db = open(file, true);
  db.exec(`PRAGMA cache_size = -${CACHE_KB}`);
  return db;
}

function open(file: string, readOnly: boolean): DatabaseSync {
  return new DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT_MS });
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

/**
 * A prepared change, that tells how many rows it changed. Fit for a connection that writes to a text index: the rowids of
 * that are larger than numbers go, and SQLite tells the last one with every change that follows.
 */
export function prepareChange(db: DatabaseSync, sql: string): (...parameters: SQLInputValue[]) => number {
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  return (...parameters) => Number(statement.run(...parameters).changes);
}

/** Runs `work` in one transaction: all of it is stored, or nothing. */
export function inTransaction<Result>(
  db: DatabaseSync,
  begin: "BEGIN" | "BEGIN IMMEDIATE",
  work: () => Result,
): Result {
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
