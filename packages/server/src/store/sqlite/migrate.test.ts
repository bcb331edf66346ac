import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { checkVersion, type Migration, migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";

const FIRST: Migration = { version: 1, sql: "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)" };
const SECOND: Migration = { version: 2, sql: "CREATE TABLE b (x INTEGER) STRICT; UPDATE a SET x = 2" };

function tablesOf(db: DatabaseSync): readonly unknown[] {
  return db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => name);
}

const versionOf = (db: DatabaseSync) => db.prepare("PRAGMA user_version").get()?.user_version;

describe("migrations", () => {
  test("take an empty database to the last version, and leave it there", () => {
    const db = new DatabaseSync(":memory:");
    migrate(db, [FIRST, SECOND]);
    migrate(db, [FIRST, SECOND]);
    expect(tablesOf(db)).toEqual(["a", "b"]);
    expect(versionOf(db)).toBe(2);
    expect(db.prepare("SELECT x FROM a").all()).toEqual([{ x: 2 }]);
  });

  test("take an older database on from where it is", () => {
    const db = new DatabaseSync(":memory:");
    migrate(db, [FIRST]);
    db.exec("INSERT INTO a VALUES (7)");
    migrate(db, [FIRST, SECOND]);
    expect(db.prepare("SELECT count(*) AS count FROM a WHERE x = 2").get()).toEqual({ count: 2 });
  });

  test("leave nothing of a step that failed, and do it again the next time", () => {
    const db = new DatabaseSync(":memory:");
    const broken = { ...SECOND, sql: `${SECOND.sql}; INSERT INTO nowhere VALUES (1)` };
    expect(() => migrate(db, [FIRST, broken])).toThrow(/nowhere/);
    expect(tablesOf(db)).toEqual(["a"]);
    expect(versionOf(db)).toBe(1);
    expect(db.prepare("SELECT x FROM a").all()).toEqual([{ x: 1 }]);
    migrate(db, [FIRST, SECOND]);
    expect(versionOf(db)).toBe(2);
  });

  test("are not for a newer database", () => {
    const db = new DatabaseSync(":memory:");
    migrate(db, [FIRST, SECOND]);
    expect(() => checkVersion(db, [FIRST], "x.db")).toThrow(
      expect.objectContaining({ code: "data_newer", message: expect.stringContaining("version 2; this one knows 1") }),
    );
    expect(tablesOf(db)).toEqual(["a", "b"]);
  });

  test("are not for the database of another program", () => {
    for (const sql of [
      "CREATE TABLE theirs (x)",
      "PRAGMA user_version = 3",
      "PRAGMA application_id = 5; CREATE TABLE t (x)",
    ]) {
      const db = new DatabaseSync(":memory:");
      db.exec(sql);
      const before = tablesOf(db);
      expect(() => checkVersion(db, [FIRST], "x.db")).toThrow(expect.objectContaining({ code: "data_damaged" }));
      expect(tablesOf(db)).toEqual(before);
    }
  });

  test("give jobs of before the liveness that they had", () => {
    const db = new DatabaseSync(":memory:");
    migrate(db, MIGRATIONS.slice(0, 1));
    db.exec(`INSERT INTO job_projections VALUES (1, 3, '{"job_id":"j","state":"running"}')`);
    migrate(db, MIGRATIONS);
    const [row] = db.prepare("SELECT summary FROM job_projections").all();
    const was = { job_id: "j", state: "running" };
    expect(JSON.parse(String(row?.summary))).toEqual({
      ...was,
      liveness: "ok",
      liveness_since: null,
      liveness_reason: null,
    });
  });

  test("take log lines out of the facts, and leave the facts where they are", () => {
    const db = new DatabaseSync(":memory:");
    migrate(db, MIGRATIONS.slice(0, 2));
    db.exec(`
      INSERT INTO logs VALUES (1, 1, 7, 0, NULL, 'a line', '{}');
      INSERT INTO segments VALUES (1, 12, 1);
      INSERT INTO runs VALUES (1, 1, 1, 12, x'01', x'02'), (1, 2, 0, 0, x'', x'02');
    `);
    migrate(db, MIGRATIONS);
    expect(tablesOf(db)).not.toContain("logs");
    expect(db.prepare("SELECT segment, last_fact_id FROM segments").all()).toEqual([{ segment: 1, last_fact_id: 12 }]);
    const runs = db.prepare("SELECT * FROM runs").all();
    expect(runs).toEqual([{ segment: 1, job_no: 1, first_seq: 1, last_seq: 12, facts: new Uint8Array([1]) }]);
  });

  test("have versions that count from 1 on", () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, at) => at + 1));
  });
});
