import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { observe } from "../testing/observe.ts";
import { monitorSqlite } from "./monitor-sqlite.ts";

/** Each reading of the clock takes a millisecond. */
function setup() {
  let ms = 0;
  const clock = { wallMs: () => 1_000, monotonicMs: () => (ms += 1) };
  const bare = new DatabaseSync(":memory:");
  onTestFinished(() => bare.close());
  return { ...observe(onTestFinished), db: monitorSqlite(bare, { clock }), bare };
}

test("it is the same object, of the same type, and records each statement once", () => {
  const { db, bare, executions } = setup();
  expect(db).toBe(bare);
  expect(monitorSqlite(db)).toBe(db);
  expectTypeOf(db).toEqualTypeOf<DatabaseSync>();
  db.exec("CREATE TABLE clips (id INTEGER PRIMARY KEY, title TEXT UNIQUE)");
  const insert = db.prepare("INSERT INTO clips (title) VALUES (?)");
  for (const title of ["one", "two", "three"]) insert.run(title);
  expect(db.prepare("SELECT title FROM clips WHERE id > 1").all()).toHaveLength(2);
  expect(db.prepare("SELECT * FROM clips WHERE title = 's3cret'").get()).toBeUndefined();
  expect(db.prepare("UPDATE clips SET title = title || '!' WHERE id < 3").run().changes).toBe(2);
  expect(executions.map(({ name, durationMs, metadata }) => [name, durationMs, metadata?.rows])).toEqual([
    ["CREATE clips", 1, null],
    ["INSERT clips", 1, 1],
    ["INSERT clips", 1, 1],
    ["INSERT clips", 1, 1],
    ["SELECT clips", 1, 2],
    ["SELECT clips", 1, 0],
    ["UPDATE clips", 1, 2],
  ]);
  expect(executions[5]).toEqual({
    name: "SELECT clips",
    category: "db",
    startMs: 1_000,
    durationMs: 1,
    metadata: {
      system: "sqlite",
      kind: "SELECT",
      table: "clips",
      statement: "SELECT * FROM clips WHERE title = ?",
      rows: 0,
    },
  });
});

test("errors are thrown as they are, and recorded: of preparing, of running, of a transaction", () => {
  const { db, executions } = setup();
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY)");
  expect(() => db.prepare("SELECT * FROM missing")).toThrow("no such table: missing");
  const insert = db.prepare("INSERT INTO t VALUES (?)");
  db.exec("BEGIN");
  insert.run(1);
  expect(() => insert.run(1)).toThrow("UNIQUE constraint failed");
  db.exec("ROLLBACK");
  expect(db.prepare("SELECT count(*) AS n FROM t").get()).toEqual({ n: 0 });
  expect(executions.slice(1).map(({ name, error }) => [name, error?.code])).toEqual([
    ["SELECT missing", "ERR_SQLITE_ERROR"],
    ["BEGIN", undefined],
    ["INSERT t", undefined],
    ["INSERT t", "ERR_SQLITE_ERROR"],
    ["ROLLBACK", undefined],
    ["SELECT t", undefined],
  ]);
});

describe("rows one by one", () => {
  const numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5) SELECT x FROM n";

  test("are recorded when the last was read, with the time spent in reading them", () => {
    const { db, executions } = setup();
    const rows = db.prepare(numbers).iterate();
    expect(executions).toEqual([]);
    expect(rows).toBeInstanceOf(Iterator);
    expect([...rows].map((row) => row.x)).toEqual([1, 2, 3, 4, 5]);
    expect(executions).toMatchObject([{ name: "SELECT n", durationMs: 7, metadata: { rows: 5 } }]);
  });

  test("or when no more are wanted; nothing is said twice", () => {
    const { db, executions } = setup();
    for (const row of db.prepare(numbers).iterate()) if (row.x === 2) break;
    expect([...db.prepare(numbers).iterate().take(3)]).toHaveLength(3);
    expect(executions.map(({ metadata }) => metadata?.rows)).toEqual([2, 3]);
  });

  test("or when it fails", () => {
    const { db, executions } = setup();
    const failing = db.prepare("SELECT abs(x) FROM (SELECT 1 AS x UNION ALL SELECT -9223372036854775808)");
    expect(() => [...failing.iterate()]).toThrow("integer overflow");
    expect(executions).toMatchObject([{ error: { message: "integer overflow" }, metadata: { rows: null } }]);
  });
});

test("templates of a tag store", () => {
  const { db, executions } = setup();
  const sql = db.createTagStore();
  expect(sql.get`SELECT ${"s3cret"} AS a, ${2} AS b`).toEqual({ a: "s3cret", b: 2 });
  expect(executions).toMatchObject([{ name: "SELECT", metadata: { rows: 1 } }]);
  expect(JSON.stringify(executions)).not.toContain("s3cret");
});

test("with nobody observing it runs all the same", () => {
  const db = monitorSqlite(new DatabaseSync(":memory:"));
  db.exec("CREATE TABLE t (x)");
  expect(db.prepare("INSERT INTO t VALUES (1), (2)").run().changes).toBe(2);
  expect([...db.prepare("SELECT x FROM t").iterate()]).toHaveLength(2);
  db.close();
});

/** The shape of better-sqlite3: statements that are set up by methods which return them. */
class OtherDatabase {
  readonly #db = new DatabaseSync(":memory:");
  exec(sql: string): this {
    this.#db.exec(sql);
    return this;
  }
  prepare(sql: string): OtherStatement {
    return new OtherStatement(this.#db, sql);
  }
  close(): void {
    this.#db.close();
  }
}

class OtherStatement {
  readonly #statement;
  #isPlucked = false;
  constructor(db: DatabaseSync, sql: string) {
    this.#statement = db.prepare(sql);
  }
  pluck(): this {
    this.#isPlucked = true;
    return this;
  }
  get(...values: number[]): unknown {
    const row = this.#statement.get(...values);
    return this.#isPlucked && row !== undefined ? Object.values(row)[0] : row;
  }
  run(...values: number[]): { changes: number } {
    return { changes: Number(this.#statement.run(...values).changes) };
  }
}

test("a database of better-sqlite3's shape: chains, private fields, its own results", () => {
  const { executions } = observe(onTestFinished);
  const db = monitorSqlite(new OtherDatabase());
  expect(db.exec("CREATE TABLE t (x)")).toBe(db);
  expect(db.prepare("INSERT INTO t VALUES (?)").run(7)).toEqual({ changes: 1 });
  expect(db.prepare("SELECT x FROM t").pluck().get()).toBe(7);
  expect(executions.map(({ name, metadata }) => [name, metadata?.rows])).toEqual([
    ["CREATE t", null],
    ["INSERT t", 1],
    ["SELECT t", 1],
  ]);
  db.close();
});

test("property: whatever is asked of it, it answers as the bare one, and records what ran", () => {
  const sql = fc.constantFrom(
    "INSERT INTO t (x) VALUES (?)",
    "SELECT * FROM t WHERE x >= ?",
    "UPDATE t SET x = x + 1 WHERE x < ?",
    "DELETE FROM t WHERE x = ?",
    "SELECT nothing FROM t WHERE x = ?",
    "SELECT ? AS x, abs(-9223372036854775807 - 1)",
    "BEGIN -- ?",
    "ROLLBACK -- ?",
  );
  const verb = fc.constantFrom("run" as const, "get" as const, "all" as const, "iterate" as const);
  const step = fc.record({ sql, verb, value: fc.oneof(fc.nat(9), fc.constant("nine"), fc.constant({})) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const { db, executions } = setup();
      const bare = new DatabaseSync(":memory:");
      for (const each of [db, bare]) each.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, x UNIQUE)");
      for (const { sql: text, verb: how, value } of steps) {
        const outcome = (on: DatabaseSync) => {
          try {
            const values = text.startsWith("BEGIN") || text.startsWith("ROLLBACK") ? [] : [value as number];
            const result = on.prepare(text)[how](...values);
            return { result: how === "iterate" ? [...(result as Iterable<unknown>)] : result };
          } catch (error) {
            return { thrown: String(error) };
          }
        };
        const before = executions.length;
        const expected = outcome(bare);
        expect(outcome(db)).toEqual(expected);
        expect(executions.length).toBe(before + 1);
        expect(executions.at(-1)?.error !== undefined).toBe("thrown" in expected);
        if (how === "all" && "result" in expected)
          expect(executions.at(-1)?.metadata?.rows).toBe((expected.result as unknown[]).length);
      }
      bare.close();
    }),
    { numRuns: 60 },
  );
});
