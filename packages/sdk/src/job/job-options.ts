import type { JsonObject } from "@playhead/core";
import { copyAsJsonObject, shortText } from "../json-copy.ts";

/** What is said of a job when it is created. */
export interface JobOptions {
  /** The pipeline: `clips`, `merge`, or a word of your own. */
  readonly kind: string;
  /** @defaultValue the kind */
  readonly title?: string;
  /** Whose job it is. */
  readonly user_id?: string;
  /** Whatever you want to keep with it; copied as JSON. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** 1 to 128 letters, digits, dots, dashes or underscores, unique on the server. @defaultValue `job_` and 16 hex digits */
  readonly id?: string;
  /** Shares of the work by kind of task, for tasks that are declared without a weight. Siblings share one unit. */
  readonly weights?: Readonly<Record<string, number>>;
  /** The server cancels a job that runs for longer. */
  readonly processing_deadline_ms?: number;
  /** The job that this one tries again. */
  readonly retry_of?: string;
  /** @defaultValue 1 */
  readonly attempt?: number;
  /**
   * The W3C trace id of the run: 32 lowercase hex digits.
   * @defaultValue that of `traceparent`, of the innermost `withTraceparent`, of the process (`TRACEPARENT`), or a new one
   */
  readonly correlation_id?: string;
  /** A header `traceparent` that came with the order to do this: the job takes part in that trace. */
  readonly traceparent?: string;
  /** Cancels the job when it is aborted. */
  readonly signal?: AbortSignal;
  /** False when the server knows the job already, since it was created over HTTP. @defaultValue true */
  readonly announce?: boolean;
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;

/** A trace id: the user's if it is one, else the given new one if that is. */
export function traceIdOf(wanted: string | undefined, fresh: string): string | null {
  return [wanted, fresh].find((id) => id !== undefined && TRACE_ID.test(id)) ?? null;
}

/** The data of `job.created`. */
export function jobCreatedData(options: JobOptions): JsonObject {
  const { kind, title, user_id, processing_deadline_ms, retry_of, attempt } = options;
  return {
    kind: shortText(kind, 100),
    title: shortText(title ?? kind, 500),
    user_id: user_id === undefined ? null : shortText(user_id, 200),
    metadata: copyAsJsonObject(options.metadata) ?? {},
    ...(processing_deadline_ms !== undefined && { processing_deadline_ms }),
    ...(retry_of !== undefined && { retry_of }),
    ...(attempt !== undefined && { attempt }),
  };
}
