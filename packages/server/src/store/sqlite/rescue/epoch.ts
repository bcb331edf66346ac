import { DatabaseSync } from "node:sqlite";
import { openForReading } from "../connection.ts";

/** The epoch of a database of facts; null for one that has none. */
export function readEpoch(file: string): string | null {
  const db = openForReading(file);
  try {
    const row = db.prepare("SELECT value FROM meta WHERE key = 'epoch'").get();
    return row === undefined ? null : String(row.value);
  } finally {
    db.close();
  }
}

/** Names the history of a database anew: what viewers know of it may be gone. */
export function writeEpoch(file: string, epoch: string): void {
  const db = new DatabaseSync(file);
  try {
    db.exec("PRAGMA synchronous = FULL");
    db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('epoch', ?)").run(epoch);
  } finally {
    db.close();
  }
}
