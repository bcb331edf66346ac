import { renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { migrate } from "../migrate.ts";
import { syncPath } from "../planned-moves.ts";
import type { DatabaseKind } from "./database-kind.ts";
import { openPageFile } from "./pages/page-file.ts";
import { readSchemaSql } from "./pages/tree-owners.ts";
import type { ReplayReport } from "./replay-jobs.ts";
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
export interface DatabaseSalvage extends SalvageReport {
  /** Of the one with jobs. */
  readonly replay: ReplayReport | null;
}

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
      appendOnly: kind.appendOnly,
      onProgress: (fraction) => onProgress?.(fraction / 2),
    });
    if (kind.migrations !== null) {
      salvaged.exec(kind.beforeMigration ?? "");
      migrate(salvaged, kind.migrations);
    }
    rebuildTextIndexes(salvaged);
    const secondHalf = (fraction: number) => onProgress?.(0.5 + fraction / 2);
    const replay = kind.rebuild?.({ ...options, salvaged, salvagedFile, onProgress: secondHalf }) ?? null;
    salvaged.close();
    if (kind.rebuild === null) renameSync(salvagedFile, file);
    syncPath(file);
    return { ...report, replay };
  } finally {
    if (salvaged.isOpen) salvaged.close();
  }
}

/** As the version that wrote the file had them, so that its rows fit; the rest of the way is what it always is. */
function makeTables(db: DatabaseSync, { migrations }: DatabaseKind, damagedFile: string): void {
  const pages = openPageFile(damagedFile);
  try {
    if (migrations === null) {
      for (const sql of readSchemaSql(pages)) {
        try {
          db.exec(sql);
        } catch {
          // A damaged text, or a table that a full-text index has made already.
        }
      }
      return;
    }
    const told = pages.read(1)?.readUInt32BE(VERSION_AT) ?? 0;
    const isKnown = migrations.some(({ version }) => version === told);
    migrate(db, isKnown ? migrations.filter(({ version }) => version <= told) : migrations);
  } finally {
    pages.close();
  }
}

/** Those that are kept beside a table are made of it anew. */
function rebuildTextIndexes(db: DatabaseSync): void {
  const indexes = db.prepare("SELECT name FROM sqlite_schema WHERE sql LIKE '%USING fts5%'").all();
  for (const { name } of indexes) {
    try {
      db.exec(`INSERT INTO "${name}" ("${name}") VALUES ('rebuild')`);
    } catch {
      // One without a table beside it cannot be made anew; it holds what its rows' triggers gave it.
    }
  }
}
