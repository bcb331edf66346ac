import { backup, DatabaseSync } from "node:sqlite";
import { openForReading } from "../connection.ts";
import { asStoreError } from "../store-error.ts";

export interface CopyOptions {
  readonly file: string;
  /** Is not there yet. */
  readonly to: string;
  readonly signal?: AbortSignal;
  /** @param fraction 0..1 */
  readonly onProgress?: (fraction: number) => void;
}

/** Pages of one step: a few milliseconds' work, after which others may read and write. */
const PAGES_PER_STEP = 500;

/**
 * Copies a database as it stands at this moment, while others read it and write to it. One transaction is held from the
 * first page to the last: without it SQLite would begin anew after each commit of others, and under load never end. The
 * writer waits for nothing; only its log cannot begin anew until the copy is done.
 *
 * @throws PlayheadError `data_damaged`, `data_unwritable`, `disk_full`; what the signal was aborted with
 */
export async function copyDatabase({ file, to, signal, onProgress }: CopyOptions): Promise<void> {
  const source = openForReading(file);
  try {
    source.exec("BEGIN");
    // The transaction begins with the first look.
    source.prepare("SELECT count(*) FROM sqlite_schema").get();
    await backup(source, to, {
      rate: PAGES_PER_STEP,
      progress({ totalPages, remainingPages }) {
        signal?.throwIfAborted();
        onProgress?.(1 - remainingPages / totalPages);
      },
    });
    makeSingleFile(to);
  } catch (error) {
    signal?.throwIfAborted();
    throw asStoreError(error, file);
  } finally {
    source.close();
  }
}

/** Reading it needs no log beside it, so it can lie where nothing may be written. */
function makeSingleFile(file: string): void {
  const db = new DatabaseSync(file);
  try {
    db.exec("PRAGMA journal_mode = DELETE");
  } finally {
    db.close();
  }
}
