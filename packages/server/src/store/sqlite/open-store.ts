import path from "node:path";
import type { AlertStore } from "../alert-store.ts";
import type { Store } from "../store.ts";
import { type DataLock, lockData } from "./data-lock.ts";
import { finishMoves } from "./planned-moves.ts";
import type { ReaderService, ReaderServiceOptions } from "./reader-service.ts";
import { startReaderThread } from "./reader-thread.ts";
import { asStoreError } from "./store-error.ts";
import { createStoreFace } from "./store-face.ts";
import { callThread } from "./thread.ts";
import type { WriterService, WriterServiceOptions } from "./writer-service.ts";
import { startWriterThread } from "./writer-thread.ts";

export interface SqliteStoreOptions {
  /** Holds the database and its lock; made when it is not there. */
  readonly folder: string;
  readonly nowMs: () => number;
  /** Names the history of a database that is new. */
  readonly newEpoch: () => string;
  /**
   * How many facts and log lines make a segment. Larger ones make long histories quicker to read, and take longer to
   * make and more memory until then.
   * @defaultValue 65536
   */
  readonly segmentSize?: number;
}

const SEGMENT_SIZE = 65_536;
const DATABASE_NAME = "playhead.db";

/**
 * Opens the store of a folder, for this process alone. A thread of its own writes, another one reads; both end with
 * `close`.
 *
 * @throws PlayheadError `data_in_use`, `data_newer`, `data_damaged`, `data_unwritable` or `disk_full`
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<Store & AlertStore> {
  const { folder, nowMs, newEpoch, segmentSize = SEGMENT_SIZE } = options;
  const lock = lockData(folder);
  finishRescue(folder, lock);
  const file = path.join(folder, DATABASE_NAME);
  const writer = callThread<WriterServiceOptions, WriterService>(startWriterThread(), "the store's writer");
  const reader = callThread<ReaderServiceOptions, ReaderService>(startReaderThread(), "the store's reader");

  async function end(): Promise<void> {
    // The writer last: it then is the only one, and leaves the database in one file.
    for (const thread of [reader, writer]) {
      // A thread that has crashed has nothing left to close.
      await thread.call("close").catch(() => {});
      await thread.ended;
    }
    lock.release();
  }

  try {
    await writer.open({ file, newEpoch: newEpoch(), segmentSize });
    await reader.open({ file });
    return createStoreFace({ epoch: await writer.call("epoch"), writer, reader, nowMs, end });
  } catch (error) {
    await end();
    throw error;
  }
}

/** A restore or a repair may have been interrupted after it was decided: then the folder is half of each. */
function finishRescue(folder: string, lock: DataLock): void {
  try {
    finishMoves(folder);
  } catch (error) {
    lock.release();
    throw asStoreError(error, folder);
  }
}
