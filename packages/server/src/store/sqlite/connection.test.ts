import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inTransaction, openForReading, openForWriting, writeDurably } from "./connection.ts";

let folder: string;
let db: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "playhead-connection-"));
  db = openForWriting(path.join(folder, "x.db"));
  writeDurably(db);
  db.exec("CREATE TABLE t (x INTEGER) STRICT");
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const countOf = (of: DatabaseSync) => of.prepare("SELECT count(*) AS count FROM t").get()?.count;

describe("connections", () => {
  test("write so that a commit is on the disk", () => {
    const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    expect(pragma("journal_mode")).toBe("wal");
    // FULL
    expect(pragma("synchronous")).toBe(2);
  });

  test("refuse a place that cannot keep a write-ahead log", () => {
    expect(() => writeDurably(new DatabaseSync(":memory:"))).toThrow(
      expect.objectContaining({ code: "data_unwritable", hint: expect.stringContaining("local disk") }),
    );
  });

  test("read without being able to write", () => {
    const reader = openForReading(path.join(folder, "x.db"));
    expect(() => reader.exec("INSERT INTO t VALUES (1)")).toThrow(/readonly/);
    reader.close();
  });

  test("store all of a transaction, or nothing", () => {
    inTransaction(db, "BEGIN IMMEDIATE", () => db.exec("INSERT INTO t VALUES (1)"));
    const failing = () =>
      inTransaction(db, "BEGIN IMMEDIATE", () => {
        db.exec("INSERT INTO t VALUES (2)");
        throw new Error("halfway");
      });
    expect(failing).toThrow("halfway");
    expect(countOf(db)).toBe(1);
    expect(db.isTransaction).toBe(false);
  });

  test("see one state of the database throughout a transaction", () => {
    const reader = openForReading(path.join(folder, "x.db"));
    inTransaction(reader, "BEGIN", () => {
      expect(countOf(reader)).toBe(0);
      db.exec("INSERT INTO t VALUES (1)");
      expect(countOf(reader)).toBe(0);
    });
    expect(countOf(reader)).toBe(1);
    reader.close();
  });
});
