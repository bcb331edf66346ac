import { once } from "node:events";
import fc from "fast-check";
import pg from "pg";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";
import { currentScope } from "../context.ts";
import { setCurrentObserver } from "../observe/observer.ts";
import { observe } from "../testing/observe.ts";
import { startPgServer } from "../testing/pg-server.ts";
import { withTraceparent } from "../traces/current-trace.ts";
import { monitorPg } from "./monitor-pg.ts";

async function connected(port: number): Promise<pg.Client> {
  const client = new pg.Client({ host: "127.0.0.1", port, user: "u", database: "d" });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function setup() {
  let ms = 0;
  const clock = { wallMs: () => 1_000, monotonicMs: () => (ms += 2) };
  const port = await startPgServer(onTestFinished);
  const bare = await connected(port);
  await bare.query("CREATE TABLE clips (id INTEGER PRIMARY KEY, title TEXT UNIQUE)");
  return { ...observe(onTestFinished), bare, db: monitorPg(bare, { clock }), port, clock };
}

test("it is the same client, of the same type, and each statement is recorded once", async () => {
  const { db, bare, executions } = await setup();
  expect(db).toBe(bare);
  expect(monitorPg(db)).toBe(db);
  expectTypeOf(db).toEqualTypeOf<pg.Client>();
  await db.query("INSERT INTO clips (title) VALUES ($1), ($2)", ["one", "two"]);
  const { rows } = await db.query<{ title: string }>({ text: "SELECT title FROM clips WHERE title <> 's3cret'" });
  expect(rows).toEqual([{ title: "one" }, { title: "two" }]);
  expect(executions.map(({ name, durationMs, metadata }) => [name, durationMs, metadata?.rows])).toEqual([
    ["INSERT clips", 2, 2],
    ["SELECT clips", 2, 2],
  ]);
  expect(executions[1]).toEqual({
    name: "SELECT clips",
    category: "db",
    startMs: 1_000,
    durationMs: 2,
    metadata: {
      system: "postgresql",
      kind: "SELECT",
      table: "clips",
      statement: "SELECT title FROM clips WHERE title <> ?",
      rows: 2,
    },
  });
});

test("prepared statements, several in one text, callbacks, row mode", async () => {
  const { db, executions } = await setup();
  const named = { name: "put", text: "INSERT INTO clips (title) VALUES ($1)" };
  await db.query({ ...named, values: ["one"] });
  await db.query(named, ["two"]);
  const several = await db.query("UPDATE clips SET title = title || '!'; SELECT * FROM clips");
  expect(several).toHaveLength(2);
  const called = Promise.withResolvers<unknown[]>();
  const returned: unknown = db.query("SELECT count(*) FROM clips", (error, result) =>
    called.resolve([error, result.rows]),
  );
  expect([returned, await called.promise]).toEqual([undefined, [null, [{ "count(*)": "2" }]]]);
  const { rows } = await db.query({ text: "SELECT id FROM clips WHERE id = $1", values: [1], rowMode: "array" });
  expect(rows).toEqual([["1"]]);
  expect(executions.map(({ name, metadata }) => [name, metadata?.rows])).toEqual([
    ["INSERT clips", 1],
    ["INSERT clips", 1],
    ["UPDATE clips", 4],
    ["SELECT clips", 1],
    ["SELECT clips", 1],
  ]);
});

test("errors reject as they are, and are recorded; a transaction goes on as it would", async () => {
  const { db, executions } = await setup();
  await db.query("BEGIN");
  await db.query("INSERT INTO clips VALUES (1, 'one')");
  await expect(db.query("INSERT INTO clips VALUES (1, 's3cret')")).rejects.toMatchObject({ code: "42000" });
  const called = Promise.withResolvers<unknown>();
  db.query("SELECT missing FROM clips", (error: unknown) => called.resolve(error));
  expect(await called.promise).toBeInstanceOf(pg.DatabaseError);
  await db.query("ROLLBACK");
  expect((await db.query("SELECT * FROM clips")).rowCount).toBe(0);
  expect(() => db.query(null as never)).toThrow(TypeError);
  expect(executions.map(({ name, error }) => [name, error?.code ?? error?.class])).toEqual([
    ["BEGIN", undefined],
    ["INSERT clips", undefined],
    ["INSERT clips", "42000"],
    ["SELECT clips", "42000"],
    ["ROLLBACK", undefined],
    ["SELECT clips", undefined],
    ["EXECUTE", "TypeError"],
  ]);
});

test("queries that are objects: handed back as they are, recorded when they end or fail", async () => {
  const { db, executions } = await setup();
  const fine = new pg.Query("SELECT 1 AS one");
  const rows: unknown[] = [];
  fine.on("row", (row) => rows.push(row));
  expect(db.query(fine)).toBe(fine);
  await once(fine, "end");
  const bad = db.query(new pg.Query("SELECT missing"));
  const [error] = await once(bad, "error");
  expect([rows, error]).toEqual([[{ one: "1" }], expect.any(pg.DatabaseError)]);
  expect(executions.map(({ name, error: failed, metadata }) => [name, failed?.code, metadata?.rows])).toEqual([
    ["SELECT", undefined, 1],
    ["SELECT", "42000", null],
  ]);
});

test("a pool: each statement once, however its client was come by, in the context of who asked for it", async () => {
  const { port, clock } = await setup();
  /** Code of a caller who is known by a digit. */
  const by = <Value>(who: string, run: () => Value) =>
    withTraceparent(`00-${"1".repeat(32)}-${who.repeat(16)}-01`, run);
  const seen: unknown[] = [];
  onTestFinished(
    setCurrentObserver({
      executionEnded: ({ name }) => seen.push([name, currentScope().origin?.span_id]),
      log: () => undefined,
      sampled: () => undefined,
    }),
  );
  const bare = new pg.Pool({ host: "127.0.0.1", port, user: "u", database: "d", max: 1 });
  const pool = monitorPg(bare, { clock });
  expect(pool).toBe(bare);
  const wanted = ["a", "b", "c"].map((who) => by(who, () => pool.query(`SELECT * FROM clips -- ${who}`)));
  await Promise.all(wanted);
  await by("d", async () => {
    const client = await pool.connect();
    await client.query("BEGIN");
    await client.query("COMMIT");
    client.release();
  });
  const called = Promise.withResolvers<void>();
  by("e", () => {
    void pool.query("SELECT 1", () => called.resolve());
  });
  await called.promise;
  await expect(pool.query("SELECT missing")).rejects.toThrow("no such column");
  await pool.end();
  expect(seen).toEqual([
    ["SELECT clips", "aaaaaaaaaaaaaaaa"],
    ["SELECT clips", "bbbbbbbbbbbbbbbb"],
    ["SELECT clips", "cccccccccccccccc"],
    ["BEGIN", "dddddddddddddddd"],
    ["COMMIT", "dddddddddddddddd"],
    ["SELECT", "eeeeeeeeeeeeeeee"],
    ["SELECT", undefined],
  ]);
});

test("a rejection that nobody handles is found as one", async () => {
  const { db } = await setup();
  const unhandled = Promise.withResolvers<unknown>();
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.once("unhandledRejection", (error) => unhandled.resolve(error));
  onTestFinished(() => {
    for (const other of others) process.on("unhandledRejection", other);
  });
  void db.query("SELECT missing");
  expect(await unhandled.promise).toBeInstanceOf(pg.DatabaseError);
});

test("property: whatever is asked, it answers as the bare client, and records each statement", async () => {
  const { db, executions } = await setup();
  const bare = await connected(await startPgServer(onTestFinished));
  await bare.query("CREATE TABLE clips (id INTEGER PRIMARY KEY, title TEXT UNIQUE)");
  const text = fc.constantFrom(
    "INSERT INTO clips (title) VALUES ($1)",
    "SELECT * FROM clips WHERE title >= $1",
    "UPDATE clips SET title = title || '!' WHERE title <> $1",
    "DELETE FROM clips WHERE title = $1",
    "SELECT missing WHERE 1 = $1",
    "BEGIN",
    "ROLLBACK",
  );
  const how = fc.constantFrom("values", "config", "named", "callback");
  const step = fc.record({ text, how, value: fc.constantFrom("a", "b", "c", null) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      for (const { text: sql, how: by, value } of steps) {
        const values = sql.includes("$1") ? [value] : [];
        const ask = (on: pg.Client): Promise<pg.QueryResult> => {
          if (by === "values") return on.query(sql, values);
          if (by === "config") return on.query({ text: sql, values });
          if (by === "named") return on.query({ name: sql, text: sql, values });
          return new Promise((resolve, reject) =>
            on.query(sql, values, (error, result) => (error ? reject(error) : resolve(result))),
          );
        };
        const outcome = async (on: pg.Client) => {
          try {
            const { rows, rowCount, command, fields } = await ask(on);
            return { rows, rowCount, command, fields: fields.map(({ name }) => name) };
          } catch (error) {
            return { thrown: String(error) };
          }
        };
        const before = executions.length;
        const expected = await outcome(bare);
        expect(await outcome(db)).toEqual(expected);
        expect(executions.length).toBe(before + 1);
        const { error, metadata } = executions.at(-1) ?? {};
        expect([error !== undefined, metadata?.rows]).toEqual(
          "thrown" in expected ? [true, null] : [false, expected.rowCount],
        );
      }
    }),
    { numRuns: 40 },
  );
});
