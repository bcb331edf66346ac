import type { DatabaseSync } from "node:sqlite";
import type { Migration } from "../migrate.ts";
import type { RecordValue } from "./pages/read-record.ts";
import type { RebuildOptions } from "./rebuild-options.ts";
import type { ReplayReport } from "./replay-jobs.ts";
import type { TelemetryReport } from "./telemetry/rebuild-telemetry.ts";

/** A database of the data folder: how one knows whether it is well, and how a damaged one is built anew. */
export interface DatabaseKind {
  readonly fileName: string;
  readonly migrations: readonly Migration[];
  /**
   * Tables whose pages are taken also where nothing tells whether they are old ones: nothing is ever removed from them, or
   * what comes back does no harm.
   */
  readonly takenUnowned: ReadonlySet<string>;
  /** Whether a row that could be of this table by its types is known to be: where no tree says whose its page is. */
  readonly isTypical: (table: string, row: readonly RecordValue[]) => boolean;
  /** Run on salvaged rows before they are brought up to date: removes what a migration would stumble over. */
  readonly beforeMigration: string;
  /** What is wrong with what the rows say; called only where SQLite finds nothing wrong. */
  readonly check: (db: DatabaseSync, onProgress?: (fraction: number) => void) => readonly string[];
  /** Makes the new database of rows that were salvaged. */
  readonly rebuild: (options: RebuildOptions) => RebuildReport;
}

/** What came of salvaged rows, of the database that it was. */
export interface RebuildReport {
  readonly replay: ReplayReport | null;
  readonly telemetry: TelemetryReport | null;
}
