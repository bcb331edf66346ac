import { type Clock, systemClock } from "../observe/clock.ts";
import { beginStatement } from "./db-operation.ts";
import { override } from "./override.ts";
import { createStatementReader, type Statement } from "./statement.ts";

/** What `DatabaseSync` of node:sqlite and the databases of better-sqlite3 have in common. */
export interface SqliteDatabase {
  // biome-ignore lint/suspicious/noExplicitAny: each library has types of its own
  exec(sql: string): any;
  // biome-ignore lint/suspicious/noExplicitAny: each library has types of its own
  prepare(sql: string, ...rest: any[]): any;
}

const monitored = new WeakSet<object>();
const readStatement = createStatementReader();

type RowsOf = (result: unknown) => number | null;

const changes: RowsOf = (result) => {
  const count =
    typeof result === "object" && result !== null && "changes" in result ? Number(result.changes) : Number.NaN;
  return Number.isFinite(count) ? count : null;
};
const METHODS: Readonly<Record<string, RowsOf>> = {
  run: changes,
  get: (result) => (result === undefined ? 0 : 1),
  all: (result) => (Array.isArray(result) ? result.length : null),
};

/**
 * Records each statement that a SQLite database runs: its verb and table, its text without the values in it, how long it
 * took, how many rows it read or changed, or how it failed. The database stays the same object and behaves as it did; it
 * and the statements that it prepares from now on get their own versions of `exec`, `prepare`, `run`, `get`, `all` and
 * `iterate`. What better-sqlite3 does on its own, `pragma()` and the BEGIN and COMMIT of `transaction()`, is not recorded.
 *
 * @returns the database
 */
export function monitorSqlite<Database extends SqliteDatabase>(
  database: Database,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Database {
  if (monitored.has(database)) return database;
  monitored.add(database);
  override(
    database,
    "exec",
    (exec) =>
      function (sql: unknown, ...rest: unknown[]) {
        return timed(exec, this, [sql, ...rest], readStatement(String(sql)), () => null, clock);
      },
  );
  override(
    database,
    "prepare",
    (prepare) =>
      function (sql: unknown, ...rest: unknown[]) {
        const statement = readStatement(String(sql));
        const failing = beginStatement(statement, { system: "sqlite", clock, measure: "parts" });
        const prepare_ = () => Reflect.apply(prepare, this, [sql, ...rest]);
        const prepared: object = failing === null ? prepare_() : failing.part(prepare_);
        monitorMethods(prepared, () => statement, clock);
        return prepared;
      },
  );
  override(
    database,
    "createTagStore",
    (create) =>
      function (...args: unknown[]) {
        const store: object = Reflect.apply(create, this, args);
        monitorMethods(store, ([strings]) => readStatement(Array.isArray(strings) ? strings.join(" ? ") : ""), clock);
        return store;
      },
  );
  return database;
}

/** @param statementOf what a call with these arguments runs */
function monitorMethods(target: object, statementOf: (args: readonly unknown[]) => Statement, clock: Clock): void {
  for (const [name, rowsOf] of Object.entries(METHODS)) {
    override(
      target,
      name,
      (method) =>
        function (...args: unknown[]) {
          return timed(method, this, args, statementOf(args), rowsOf, clock);
        },
    );
  }
  override(
    target,
    "iterate",
    (iterate) =>
      function (...args: unknown[]) {
        return timedRows(iterate, this, args, statementOf(args), clock);
      },
  );
}

function timed(
  method: (...args: unknown[]) => unknown,
  self: unknown,
  args: unknown[],
  statement: Statement,
  rowsOf: RowsOf,
  clock: Clock,
): unknown {
  const running = beginStatement(statement, { system: "sqlite", clock, measure: "parts" });
  if (running === null) return Reflect.apply(method, self, args);
  const result = running.part(() => Reflect.apply(method, self, args));
  running.completed(rowsOf(result));
  return result;
}

/** Rows that are asked for one by one: the statement ends with the last, or when no more are wanted. */
function timedRows(
  iterate: (...args: unknown[]) => unknown,
  self: unknown,
  args: unknown[],
  statement: Statement,
  clock: Clock,
): unknown {
  const running = beginStatement(statement, { system: "sqlite", clock, measure: "parts" });
  if (running === null) return Reflect.apply(iterate, self, args);
  const rows = running.part(() => Reflect.apply(iterate, self, args));
  let count = 0;
  if (typeof rows !== "object" || rows === null) return rows;
  override(
    rows,
    "next",
    (next) =>
      function (...given: unknown[]) {
        const step: IteratorResult<unknown> = running.part(() => Reflect.apply(next, this, given));
        if (step.done === true) running.completed(count);
        else count += 1;
        return step;
      },
  );
  override(
    rows,
    "return",
    (end) =>
      function (...given: unknown[]) {
        const step: unknown = running.part(() => Reflect.apply(end, this, given));
        running.completed(count);
        return step;
      },
  );
  return rows;
}
