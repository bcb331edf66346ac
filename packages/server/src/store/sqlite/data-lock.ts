import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PlayheadError } from "@playhead/core";
import { asStoreError } from "./store-error.ts";

/** Holds a data folder for this process. */
export interface DataLock {
  release(): void;
}

/** Nothing else in this process may open and close this file: that would free the lock, too. */
const LOCK_NAME = "playhead.lock";

/**
 * Takes a data folder for this process, and makes it when there is none. The lock is SQLite's own on a file in it, so
 * the system frees it however the process ends.
 *
 * @throws PlayheadError `data_in_use` when another process (or this one, a second time) has it; `data_unwritable`,
 * `disk_full` where the folder cannot be made or written
 */
export function lockData(folder: string): DataLock {
  const file = path.join(folder, LOCK_NAME);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw folderError(folder, error);
  }
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(file, { timeout: 0 });
    // Without a journal file: nothing is ever written.
    db.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    db?.close();
    throw isBusy(error) ? inUse(folder, error) : asStoreError(error, file);
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
