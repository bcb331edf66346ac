import { DatabaseSync } from "node:sqlite";
import { migrate } from "../migrate.ts";
import { syncPath } from "../planned-moves.ts";
import type { DatabaseKind, RebuildReport } from "./database-kind.ts";
import { openPageFile } from "./pages/page-file.ts";
import { type SalvageReport, salvageRows } from "./salvage-rows.ts";

export interface SalvageDatabaseOptions {
  readonly kind: DatabaseKind;
  readonly damagedFile: string;
  /** The new database; is not there yet. */
  readonly file: string;
  readonly newEpoch: string;
  readonly segmentSize: number;
  /** @param fraction 0..1 */
  readonly onProgress?: (fraction: number) => void;
}

/** What became of a damaged database. */
export interface DatabaseSalvage extends SalvageReport, RebuildReport {}

const VERSION_AT = 60;

/** Builds a database anew from what can be read of a damaged one, which stays as it is. */
export function salvageDatabase(options: SalvageDatabaseOptions): DatabaseSalvage {
  const { kind, damagedFile, file, onProgress } = options;
  const salvagedFile = `${file}.salvaged`;
  const salvaged = new DatabaseSync(salvagedFile);
  try {
    // When it is interrupted, it begins anew.
    salvaged.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF");
    makeTables(salvaged, kind, damagedFile);
    const report = salvageRows({
      file: damagedFile,
      into: salvaged,
      kind,
      onProgress: (fraction) => onProgress?.(fraction / 2),
    });
    salvaged.exec(kind.beforeMigration);
    migrate(salvaged, kind.migrations);
    const secondHalf = (fraction: number) => onProgress?.(0.5 + fraction / 2);
    const rebuilt = kind.rebuild({ ...options, salvaged, salvagedFile, onProgress: secondHalf });
    syncPath(file);
    return { ...report, ...rebuilt };
  } finally {
    if (salvaged.isOpen) salvaged.close();
  }
}

/** As the version that wrote the file had them, so that its rows fit; the rest of the way is what it always is. */
function makeTables(db: DatabaseSync, { migrations }: DatabaseKind, damagedFile: string): void {
  const pages = openPageFile(damagedFile);
  try {
    const told = pages.read(1)?.readUInt32BE(VERSION_AT) ?? 0;
    const isKnown = migrations.some(({ version }) => version === told);
    migrate(db, isKnown ? migrations.filter(({ version }) => version <= told) : migrations);
  } finally {
    pages.close();
  }
}
