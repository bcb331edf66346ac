import { AsyncLocalStorage } from "node:async_hooks";
import { errorMonitor } from "node:events";
import { keepScope } from "../context.ts";
import { type Clock, systemClock } from "../observe/clock.ts";
import { beginStatement, type RunningStatement } from "./db-operation.ts";
import { type Method, override } from "./override.ts";
import { createStatementReader, type Statement } from "./statement.ts";

/** What clients and pools of the package pg have in common. */
export interface PgQueryable {
  // biome-ignore lint/suspicious/noExplicitAny: its overloads are its own
  query(...args: any[]): any;
}

interface Pool extends PgQueryable {
  readonly idleCount: number;
  on(event: "acquire", listener: (client: PgQueryable) => void): unknown;
}

const monitored = new WeakSet<object>();
const readStatement = createStatementReader();

/**
 * Records each statement that a client of the package pg, or any client of a pool, sends: its verb and table, its text
 * without the values in it, how long the answer took, how many rows it was about, or how it failed. Waiting for a client
 * of the pool is not part of it. Client and pool stay the same objects and behave as they did; with a pool, code that
 * waited for a client goes on in its own context, not in that of whoever released one.
 *
 * Promises, callbacks, prepared statements and queries that are objects of their own (cursors, streams) are all seen; of
 * the last, when they end or fail with an event.
 *
 * @returns the client or the pool
 */
export function monitorPg<Target extends PgQueryable>(
  target: Target,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Target {
  if (monitored.has(target)) return target;
  monitored.add(target);
  if (isPool(target)) {
    target.on("acquire", (client) => void monitorPg(client, { clock }));
    override(
      target,
      "connect",
      (connect) =>
        function (...args: unknown[]) {
          const bound = args.map((arg) => (typeof arg === "function" ? AsyncLocalStorage.bind(arg as Method) : arg));
          return Reflect.apply(connect, this, bound);
        },
    );
  } else {
    override(
      target,
      "query",
      (query) =>
        function (...args: unknown[]) {
          const running = beginStatement(statementOf(args[0]), { system: "postgresql", clock, measure: "whole" });
          return running === null ? Reflect.apply(query, this, args) : observed(running, query, this, args);
        },
    );
  }
  return target;
}

function isPool(target: object): target is Pool {
  return "idleCount" in target && typeof target.idleCount === "number" && "on" in target;
}

function observed(running: RunningStatement, query: Method, client: unknown, args: unknown[]): unknown {
  const inContext = keepScope();
  const ended = (error: unknown, result: unknown) =>
    inContext(() => (error ? running.failed(error) : running.completed(rowsOf(result))));
  const [asked] = args;
  if (isSubmittable(asked)) {
    asked.once?.("end", (result) => ended(null, result));
    asked.once?.(errorMonitor, (error) => ended(error, null));
  }
  const told = args.map((arg, index) => (index > 0 && typeof arg === "function" ? telling(arg as Method, ended) : arg));
  const result: unknown = running.part(() => Reflect.apply(query, client, told));
  if (!isPromise(result)) return result;
  // Handed on in place of the first promise, so that one which nobody handles is still found unhandled.
  return result.then(
    (value) => {
      ended(null, value);
      return value;
    },
    (error: unknown) => {
      ended(error ?? new Error("failed without a reason"), null);
      throw error;
    },
  );
}

/** The user's callback, before which the end is told. */
function telling(callback: Method, ended: (error: unknown, result: unknown) => void): Method {
  return function (...args) {
    ended(args[0], args[1]);
    return Reflect.apply(callback, this, args);
  };
}

interface Submittable {
  submit(connection: unknown): unknown;
  once?(event: string | symbol, listener: (value: unknown) => void): unknown;
}

function isSubmittable(asked: unknown): asked is Submittable {
  return typeof asked === "object" && asked !== null && "submit" in asked && typeof asked.submit === "function";
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** What is asked for: a text, or an object with a text; one that was prepared before may be asked for by its name alone. */
function statementOf(asked: unknown): Statement {
  if (typeof asked === "string") return readStatement(asked);
  const { text, name } =
    typeof asked === "object" && asked !== null ? (asked as { text?: unknown; name?: unknown }) : {};
  if (typeof text === "string") return readStatement(text);
  return { kind: "EXECUTE", table: typeof name === "string" ? name.slice(0, 128) : null, text: "" };
}

/** Of several statements in one text the sum. */
function rowsOf(result: unknown): number | null {
  if (Array.isArray(result)) {
    const counts = result.map(rowsOf).filter((count) => count !== null);
    return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
  }
  const count = typeof result === "object" && result !== null && "rowCount" in result ? result.rowCount : null;
  return typeof count === "number" ? count : null;
}
