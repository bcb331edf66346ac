import type { ErrorDetails, JsonObject } from "@playhead/core";
import type { Clock } from "../observe/clock.ts";
import { errorDetails } from "../observe/error-details.ts";
import { currentObserver, type EndedExecution } from "../observe/observer.ts";
import { type Statement, statementName } from "./statement.ts";

/** An operation on a database that has ended. */
export interface DbOperation {
  /** Such as `SELECT clips`. */
  readonly name: string;
  /** The statement's verb. */
  readonly kind: string;
  readonly startMs: number;
  readonly durationMs: number;
  /** How many were read or changed; null where nobody knows. */
  readonly rows: number | null;
  readonly error?: ErrorDetails;
  readonly metadata?: JsonObject;
}

/** The execution that an operation on a database is recorded as. */
export function dbExecution(operation: DbOperation): EndedExecution {
  const { name, kind, startMs, durationMs, rows, error, metadata } = operation;
  return {
    name,
    category: "db",
    startMs,
    durationMs,
    ...(error !== undefined && { error }),
    metadata: { ...metadata, kind, rows },
  };
}

/** How long a statement has taken so far, and its end: the first of the two that is told counts. */
export interface RunningStatement {
  /** Runs a part of it. What that throws is thrown on, as its failure. */
  part<Value>(run: () => Value): Value;
  completed(rows: number | null): void;
  failed(error: unknown): void;
}

export interface StatementOptions {
  /** Such as `sqlite`. */
  readonly system: string;
  readonly clock: Clock;
  /** What counts: the time of its parts, without that between them, or all until its end. */
  readonly measure: "parts" | "whole";
}

/** Begins to measure a statement; null when nobody observes. */
export function beginStatement(
  statement: Statement,
  { system, clock, measure }: StatementOptions,
): RunningStatement | null {
  if (currentObserver() === null) return null;
  const startMs = clock.wallMs();
  const begunMs = measure === "whole" ? clock.monotonicMs() : 0;
  let partsMs = 0;
  let isOver = false;

  function end(rows: number | null, failure: { readonly error: unknown } | null): void {
    if (isOver) return;
    isOver = true;
    const { kind, table, text } = statement;
    currentObserver()?.executionEnded(
      dbExecution({
        name: statementName(statement),
        kind,
        startMs,
        durationMs: measure === "whole" ? clock.monotonicMs() - begunMs : partsMs,
        rows,
        ...(failure !== null && { error: errorDetails(failure.error) }),
        metadata: { system, statement: text, ...(table !== null && { table }) },
      }),
    );
  }

  const failed = (error: unknown) => end(null, { error });
  return {
    part(run) {
      const startedMs = measure === "parts" ? clock.monotonicMs() : 0;
      const count = () => {
        if (measure === "parts") partsMs += clock.monotonicMs() - startedMs;
      };
      let value: ReturnType<typeof run>;
      try {
        value = run();
      } catch (error) {
        count();
        failed(error);
        throw error;
      }
      count();
      return value;
    },
    completed: (rows) => end(rows, null),
    failed,
  };
}
