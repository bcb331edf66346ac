import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createStatementReader, describeStatement, statementName } from "./statement.ts";

test.for([
  { sql: "SELECT * FROM clips WHERE id = 42", name: "SELECT clips", text: "SELECT * FROM clips WHERE id = ?" },
  { sql: "  select 1", name: "SELECT", text: "select ?" },
  { sql: "select count(*) from (select * from a) x", name: "SELECT a", text: null },
  { sql: "SELECT (SELECT max(x) FROM inner_t) FROM outer_t", name: "SELECT outer_t", text: null },
  { sql: 'INSERT OR REPLACE INTO "my clips" VALUES (1, \'a\'), (2, \'b\')', name: "INSERT my clips", text: 'INSERT OR REPLACE INTO "my clips" VALUES (?)' }, // biome-ignore format: a table
  { sql: "UPDATE ONLY public.jobs SET a = 'it''s', b=-1.5e3", name: "UPDATE public.jobs", text: "UPDATE ONLY public.jobs SET a = ?, b=-?" }, // biome-ignore format: a table
  { sql: "DELETE FROM \"Public\".\"Jobs\" WHERE id IN ($1, $2)", name: "DELETE Public.Jobs", text: 'DELETE FROM "Public"."Jobs" WHERE id IN ($1, $2)' }, // biome-ignore format: a table
  { sql: "select a from t where b in (1,2, 3)", name: "SELECT t", text: "select a from t where b in (?)" },
  { sql: "WITH x AS (SELECT * FROM a) INSERT INTO b SELECT * FROM x", name: "INSERT b", text: null },
  { sql: "with recursive x as (select 1) select * from x", name: "SELECT x", text: null },
  { sql: "BEGIN IMMEDIATE", name: "BEGIN", text: "BEGIN IMMEDIATE" },
  { sql: "CREATE TABLE IF NOT EXISTS logs (id INTEGER DEFAULT 7)", name: "CREATE logs", text: "CREATE TABLE IF NOT EXISTS logs (id INTEGER DEFAULT ?)" }, // biome-ignore format: a table
  { sql: "CREATE INDEX i ON logs (id)", name: "CREATE", text: null },
  { sql: "TRUNCATE TABLE logs", name: "TRUNCATE logs", text: null },
  { sql: "-- by ann, secret\nSELECT a /* 'b' /* c */ secret */ FROM t;", name: "SELECT t", text: "SELECT a FROM t;" },
  { sql: "SELECT $$it's secret$$, $q$ $$ secret $q$, E'\\'secret', U&'secret', x'5EC7' FROM t", name: "SELECT t", text: "SELECT ?, ?, ?, ?, ? FROM t" }, // biome-ignore format: a table
  { sql: "SELECT 'never ends secret", name: "SELECT", text: "SELECT ?" },
  { sql: 'SELECT "never ends secret', name: "SELECT", text: "SELECT ?" },
  { sql: 'SELECT "no name: it is, rather, secret!"', name: "SELECT", text: "SELECT ?" },
  { sql: "select a::text, :name, @v, ?1, arr[1] from t1", name: "SELECT t1", text: "select a::text, :name, @v, ?1, arr[?] from t1" }, // biome-ignore format: a table
  { sql: "SELECT 1; DELETE FROM other", name: "SELECT", text: "SELECT ?; DELETE FROM other" },
  { sql: "PRAGMA journal_mode = WAL", name: "PRAGMA", text: "PRAGMA journal_mode = WAL" },
  { sql: "", name: "SQL", text: "" },
  { sql: "(((", name: "SQL", text: "(((" },
])("$sql", ({ sql, name, text }) => {
  const statement = describeStatement(sql);
  expect(statementName(statement)).toBe(name);
  if (text !== null) expect(statement.text).toBe(text);
});

describe("properties", () => {
  const secret = fc.constantFrom("hunter2", "ann@example.com", "4111111111111111", "s3cr3t");
  const around = fc.string({
    unit: fc.constantFrom("'", '"', "\\", "$", "-", "*", "/", ";", "?", " ", "x", "\n"),
    maxLength: 6,
  });
  const value = fc.tuple(around, secret, around).map((parts) => parts.join(""));
  const doubled = (text: string) => text.replaceAll("'", "''");
  const literal = fc.oneof(
    value.map((text) => `'${doubled(text)}'`),
    value.map((text) => `E'${doubled(text.replaceAll("\\", "\\\\"))}'`),
    value.filter((text) => !text.includes("$")).map((text) => `$tag$${text}$tag$`),
    secret.map((text) => `x'${Buffer.from(text).toString("hex")}'`),
    fc.constantFrom("4111111111111111", "-4111111111111111.5", "4111111111111111e3"),
    value.map((text) => `1 /* ${text.replaceAll("/", "")} */`),
    value.map((text) => `1 -- ${text.replaceAll("\n", "")}\n`),
  );
  const table = fc.constantFrom("clips", "public.jobs", '"odd name"', "t_1");
  const shapes: readonly ((table: string, literals: readonly string[]) => string)[] = [
    (name, literals) => `SELECT a, ${literals.join(", ")} FROM ${name} WHERE b = ${literals[0]}`,
    (name, literals) => `INSERT INTO ${name} (a, b) VALUES (${literals.join(",")})`,
    (name, literals) => `UPDATE ${name} SET ${literals.map((each) => `a = ${each}`).join(", ")}`,
    (name, literals) => `WITH x AS (SELECT ${literals[0]}) DELETE FROM ${name} WHERE a IN (${literals.join(", ")})`,
  ];
  const verbs = ["SELECT", "INSERT", "UPDATE", "DELETE"];
  const sql = fc.record({ shape: fc.nat(3), table, literals: fc.array(literal, { minLength: 1, maxLength: 4 }) });

  test("no value gets into the text; verb and table are found whatever the values", () => {
    fc.assert(
      fc.property(sql, ({ shape, table: name, literals }) => {
        const statement = describeStatement(shapes[shape]?.(name, literals) ?? "");
        expect(statement.text).not.toMatch(/hunter2|ann@|4111|s3cr3t|68756e746572/);
        expect([statement.kind, statement.table]).toEqual([verbs[shape], name.replaceAll('"', "")]);
      }),
      { numRuns: 300 },
    );
  });

  test("of any text at all it makes a bounded one, which stays what it is when read again", () => {
    const any = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      value,
      sql.map(({ literals }) => literals.join(" ")),
    );
    fc.assert(
      fc.property(any, (text) => {
        const once = describeStatement(text);
        expect(once.text.length).toBeLessThanOrEqual(1_000);
        expect(describeStatement(once.text).text).toBe(once.text);
      }),
      { numRuns: 300 },
    );
  });
});

test("long ones are cut, and remembered ones are the same", () => {
  const read = createStatementReader(2);
  const long = `SELECT ${"a, ".repeat(20_000)} 'secret' FROM t`;
  expect(read(long).text).toHaveLength(1_000);
  const first = read("SELECT 1");
  expect(read("SELECT 1")).toBe(first);
  for (let n = 0; n < 5; n += 1) read(`SELECT ${n} FROM t${n}`);
  expect(read("SELECT 1")).toEqual(first);
});
