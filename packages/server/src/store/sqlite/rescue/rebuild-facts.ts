import { inTransaction, openForWriting } from "../connection.ts";
import type { RebuildOptions } from "./rebuild-options.ts";
import { type ReplayReport, replayJobs } from "./replay-jobs.ts";

/** Tables that the store's writer fills while jobs are written anew. */
const REPLAYED = new Set(["meta", "event_types", "jobs", "job_projections", "tasks", "facts", "segments", "runs"]);

/** Makes a new database of facts out of salvaged rows: jobs by the store's own writer, all else as it was found. */
export function rebuildFacts(options: RebuildOptions): ReplayReport {
  const { salvaged, salvagedFile, file } = options;
  const report = replayJobs(options);
  // The server reads them all at its start, and would stumble over one that is no JSON.
  salvaged.exec("DELETE FROM documents WHERE NOT json_valid(body)");
  const db = openForWriting(file);
  try {
    db.prepare("ATTACH ? AS salvaged").run(salvagedFile);
    const tables = db
      .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !REPLAYED.has(name));
    inTransaction(db, "BEGIN IMMEDIATE", () => {
      for (const name of tables) db.exec(`INSERT OR IGNORE INTO main."${name}" SELECT * FROM salvaged."${name}"`);
    });
  } finally {
    db.close();
  }
  return report;
}
