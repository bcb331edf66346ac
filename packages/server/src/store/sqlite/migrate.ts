import type { DatabaseSync } from "node:sqlite";
import { PlayheadError } from "@playhead/core";
import { inTransaction } from "./connection.ts";

/** One step from a version of the tables to the next. */
export interface Migration {
  /** 1, 2, 3 …: what the database is at afterwards. */
  readonly version: number;
  readonly sql: string;
}

/** "PLHD": how a database says that it is ours. */
const APPLICATION_ID = 0x50_4c_48_44;

/**
 * Looks whether a database is one for us to take on; changes nothing about it.
 *
 * @param file names the database in messages
 * @throws PlayheadError `data_newer` for a database of a later Playhead, `data_damaged` for one of another program
 */
export function checkVersion(db: DatabaseSync, migrations: readonly Migration[], file: string): void {
  const version = readPragma(db, "user_version");
  const known = migrations.at(-1)?.version ?? 0;
  if (isForeign(db, version)) {
    throw new PlayheadError("data_damaged", `${file} is a database of another program`, {
      hint: "choose another data folder, or move the file away; if it was Playhead's, run playhead doctor --repair",
    });
  }
  if (version > known) {
    const versions = `version ${version}; this one knows ${known}`;
    throw new PlayheadError("data_newer", `${file} was written by a newer Playhead (${versions})`, {
      hint: "update Playhead, or choose another data folder",
      detail: { version, known_version: known },
    });
  }
}

/**
 * Brings a database, new or old, to the last version. Each step is a transaction of its own that notes the version it
 * reached, so that an interruption at any point only means that the rest is done the next time.
 */
export function migrate(db: DatabaseSync, migrations: readonly Migration[]): void {
  const version = readPragma(db, "user_version");
  for (const migration of migrations) {
    if (migration.version <= version) continue;
    inTransaction(db, "BEGIN IMMEDIATE", () => {
      db.exec(migration.sql);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migration.version}`);
    });
  }
}

function isForeign(db: DatabaseSync, version: number): boolean {
  if (readPragma(db, "application_id") === APPLICATION_ID) return false;
  const tables = db.prepare("SELECT count(*) AS count FROM sqlite_schema").get();
  return version !== 0 || tables?.count !== 0;
}

function readPragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
