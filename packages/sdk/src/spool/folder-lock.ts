import { join } from "node:path";

/** Holds a folder for this process. */
export interface FolderLock {
  /** Harmless when repeated. */
  release(): void;
}

/** Nothing else in this process may open and close this file: that would free the lock, too. */
const LOCK_NAME = "spool.lock";
/** SQLITE_BUSY, SQLITE_LOCKED. */
const BUSY: ReadonlySet<unknown> = new Set([5, 6]);

/**
 * Takes a folder that is there. The lock is SQLite's own on a file in it: the system frees it however the process ends,
 * and no process id has to be believed, which in a container may be another's.
 *
 * @returns null when another process, or this one, has it
 * @throws what the file system says, as SQLite words it
 */
export async function lockFolder(folder: string): Promise<FolderLock | null> {
  // Only those whose server was away need it.
  const { DatabaseSync } = await import("node:sqlite");
  const db = new DatabaseSync(join(folder, LOCK_NAME), { timeout: 0 });
  try {
    // Without a journal file: nothing is ever written.
    db.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return { release: () => db.isOpen && db.close() };
  } catch (error) {
    db.close();
    if (error instanceof Error && "errcode" in error && BUSY.has(error.errcode)) return null;
    throw error;
  }
}
