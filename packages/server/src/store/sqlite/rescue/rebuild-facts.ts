import { inTransaction, openForWriting } from "../connection.ts";
import { JSON_COLUMNS } from "./json-columns.ts";
import type { RebuildOptions } from "./rebuild-options.ts";
import { type ReplayReport, replayJobs } from "./replay-jobs.ts";

/** Tables that the store's writer fills while jobs are written anew. */
const REPLAYED = ["meta", "event_types", "jobs", "job_projections", "tasks", "facts", "segments", "runs"];
/** And the one that names a fact by its number: facts get new ones. Alerts go on from the end of the log. */
const NOT_COPIED = new Set([...REPLAYED, "alert_position"]);

/** Makes a new database of facts out of salvaged rows: jobs by the store's own writer, all else as it was found. */
export function rebuildFacts(options: RebuildOptions): ReplayReport {
  const { salvaged, salvagedFile, file } = options;
  const report = replayJobs(options);
  // The server reads them at its start, and would stumble over one that is no JSON.
  for (const [table, column] of JSON_COLUMNS) salvaged.exec(`DELETE FROM ${table} WHERE NOT json_valid(${column})`);
  const db = openForWriting(file);
  try {
    db.prepare("ATTACH ? AS salvaged").run(salvagedFile);
    const tables = db
      .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !NOT_COPIED.has(name));
    inTransaction(db, "BEGIN IMMEDIATE", () => {
      for (const name of tables) db.exec(`INSERT OR IGNORE INTO main."${name}" SELECT * FROM salvaged."${name}"`);
    });
  } finally {
    db.close();
  }
  return report;
}
