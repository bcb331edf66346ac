import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { openForWriting, writeDurably } from "../connection.ts";
import { checkVersion, migrate } from "../migrate.ts";
import { TELEMETRY_MIGRATIONS } from "./migrations/all.ts";

/** Opens a telemetry database to write to it, or makes it, with the tables of this version. @throws what SQLite does */
export function openTelemetryDatabase(file: string): DatabaseSync {
  const isNew = !existsSync(file);
  const db = openForWriting(file);
  try {
    checkVersion(db, TELEMETRY_MIGRATIONS, file);
    // Only an empty database can be told to give room back in small steps.
    if (isNew) db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    writeDurably(db);
    migrate(db, TELEMETRY_MIGRATIONS);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
