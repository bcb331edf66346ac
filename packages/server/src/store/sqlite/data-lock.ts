import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PlayheadError } from "@playhead/core";
import { asStoreError } from "./store-error.ts";

/** Holds a database for this process. */
export interface DataLock {
  release(): void;
}

/**
 * Takes a database for this process, and makes its folder when there is none. The lock is SQLite's own on a file beside
 * it, so the system frees it however the process ends. (Nothing else in this process may open and close that file: that
 * would free the lock, too.)
 *
 * @throws PlayheadError `data_in_use` when another process (or this one, a second time) has it; `data_unwritable`,
 * `disk_full` where the folder cannot be made or written
 */
export function lockData(file: string): DataLock {
  const lockFile = `${file}.lock`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw folderError(path.dirname(file), error);
  }
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(lockFile, { timeout: 0 });
    // Without a journal file: nothing is ever written.
    db.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    db?.close();
    throw isBusy(error) ? inUse(path.dirname(file), error) : asStoreError(error, lockFile);
  }
  const held = db;
  return { release: () => held.close() };
}

function isBusy(error: unknown): boolean {
  return asStoreError(error, "").code === "data_in_use";
}

function inUse(folder: string, cause: unknown): PlayheadError {
  return new PlayheadError("data_in_use", `another Playhead is using the data in ${folder}`, {
    hint: "stop the other one, or choose another data folder for this one",
    cause,
  });
}

function folderError(folder: string, cause: unknown): PlayheadError {
  const errno = cause instanceof Error && "code" in cause ? String(cause.code) : "an unknown error";
  const full = errno === "ENOSPC" || errno === "EDQUOT";
  return new PlayheadError(full ? "disk_full" : "data_unwritable", `cannot make the data folder ${folder} (${errno})`, {
    hint: full ? "free some space there" : "choose another data folder, or change the permissions of the one above it",
    cause,
  });
}
