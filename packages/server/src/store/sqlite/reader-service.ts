import { openForReading } from "./connection.ts";
import { createReader, type Reader } from "./reader.ts";
import { asStoreError } from "./store-error.ts";

export interface ReaderServiceOptions {
  readonly file: string;
}

/** What the reader's thread can be asked. */
export interface ReaderService extends Reader {
  close(): void;
}

/** Opens a connection of its own to a database that the writer has open. @throws PlayheadError `data_…` */
export function openReaderService({ file }: ReaderServiceOptions): ReaderService {
  try {
    const db = openForReading(file);
    return { ...createReader(db), close: () => db.close() };
  } catch (error) {
    throw asStoreError(error, file);
  }
}
