import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../migrate.ts";
import type { DatabaseKind } from "./database-kind.ts";
import { salvageDatabase } from "./salvage-database.ts";

const PAGE_BYTES = 4_096;
const ROWS = 2_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "playhead-salvage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TABLES = [
  {
    version: 1,
    sql: `CREATE TABLE lines (id INTEGER PRIMARY KEY, message TEXT NOT NULL, size REAL) STRICT;
      CREATE TABLE others (id INTEGER PRIMARY KEY, message TEXT NOT NULL, size REAL) STRICT;
      CREATE TABLE totals (name TEXT NOT NULL, span INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (span, name)) STRICT, WITHOUT ROWID;
      CREATE INDEX lines_by_size ON lines (size);
      CREATE VIRTUAL TABLE words USING fts5(message, content='lines', content_rowid='id');
      CREATE TRIGGER words_of_lines AFTER INSERT ON lines BEGIN INSERT INTO words (rowid, message) VALUES (new.id, new.message); END;`,
  },
  { version: 2, sql: "ALTER TABLE others ADD COLUMN added TEXT NOT NULL DEFAULT 'later'" },
];

/** Tables that look alike, one without rowid, long rows, words; the new database is what was read. */
const KIND: DatabaseKind = {
  fileName: "old",
  migrations: TABLES,
  takenUnowned: new Set(["lines", "others", "totals"]),
  isTypical: () => true,
  beforeMigration: "",
  check: () => [],
  rebuild({ salvagedFile, file }) {
    copyFileSync(salvagedFile, file);
    return { replay: null, telemetry: null };
  },
};

function makeDatabase(file: string): void {
  const db = new DatabaseSync(file);
  migrate(db, TABLES.slice(0, 1));
  db.exec("BEGIN");
  const addLine = db.prepare("INSERT INTO lines VALUES (?, ?, ?)");
  const addOther = db.prepare("INSERT INTO others VALUES (?, ?, ?)");
  const addTotal = db.prepare("INSERT INTO totals VALUES (?, ?, ?)");
  for (let id = 1; id <= ROWS; id++) {
    addLine.run(id, `line ${id} ${"ü".repeat(id % 500 === 0 ? 9_000 : 5)}`, id / 3);
    addOther.run(id, `other ${id}`, null);
    addTotal.run(`name ${id}`, id % 7, id);
  }
  db.exec("COMMIT");
  migrate(db, TABLES);
  db.close();
}

const salvage = (damagedFile: string) =>
  salvageDatabase({ kind: KIND, damagedFile, file: path.join(folder, "new"), newEpoch: "e", segmentSize: 100 });

test("each row is found, also those from before a column was added, and what triggers make of them", () => {
  const file = path.join(folder, "old");
  makeDatabase(file);
  const { rows, unreadablePages, unreadableRows } = salvage(file);
  expect(rows).toEqual({ lines: ROWS, others: ROWS, totals: ROWS });
  expect({ unreadablePages, unreadableRows }).toEqual({ unreadablePages: [], unreadableRows: 0 });
  const [before, after] = [file, path.join(folder, "new")].map((each) => new DatabaseSync(each, { readOnly: true }));
  for (const sql of [
    "SELECT * FROM lines ORDER BY id",
    "SELECT * FROM others ORDER BY id",
    "SELECT * FROM totals ORDER BY name",
    "SELECT rowid FROM words WHERE words MATCH 'line AND 77'",
    "PRAGMA integrity_check",
  ]) {
    expect(after?.prepare(sql).all()).toEqual(before?.prepare(sql).all());
  }
  for (const db of [before, after]) db?.close();
});

test("of pages that are gone only their rows are lost", () => {
  const file = path.join(folder, "old");
  makeDatabase(file);
  const bytes = readFileSync(file);
  const pages = Math.floor(bytes.length / PAGE_BYTES);
  const lost = [Math.floor(pages / 3), Math.floor(pages / 2)];
  for (const page of lost) bytes.fill(0, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
  writeFileSync(file, bytes);
  const { rows, unreadablePages } = salvage(file);
  const kept = Object.values(rows).reduce((sum, count) => sum + count, 0);
  expect(kept).toBeGreaterThan(ROWS * 3 - lost.length * 300);
  expect(kept).toBeLessThan(ROWS * 3);
  // Behind a page in the middle of a long row, the rest of the row is gone, too.
  expect(unreadablePages.length).toBeGreaterThan(0);
});
