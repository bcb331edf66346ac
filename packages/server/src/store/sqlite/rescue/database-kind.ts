import type { DatabaseSync } from "node:sqlite";
import type { Migration } from "../migrate.ts";
import type { ReplayReport } from "./replay-jobs.ts";

/** A database of the data folder: how one knows whether it is well, and how a damaged one is built anew. */
export interface DatabaseKind {
  readonly fileName: string;
  /** Null where the tables are read out of the file itself. */
  readonly migrations: readonly Migration[] | null;
  /** Tables from which nothing is ever removed. */
  readonly appendOnly: ReadonlySet<string>;
  /** Run on salvaged rows before they are brought up to date: removes what a migration would stumble over. */
  readonly beforeMigration: string | null;
  /** What is wrong with what the rows say; called only where SQLite finds nothing wrong. */
  readonly check: (db: DatabaseSync, onProgress?: (fraction: number) => void) => readonly string[];
  /** Makes the new database of rows that were salvaged. Null where these are the new database already. */
  readonly rebuild: ((options: RebuildOptions) => ReplayReport | null) | null;
}

export interface RebuildOptions {
  readonly salvaged: DatabaseSync;
  /** Where `salvaged` lies. */
  readonly salvagedFile: string;
  readonly file: string;
  readonly newEpoch: string;
  readonly segmentSize: number;
  readonly onProgress?: (fraction: number) => void;
}
