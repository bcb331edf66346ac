import { PlayheadError } from "./errors.ts";
import { isJsonObject, type JsonObject } from "./json.ts";

/** Ids of jobs: what is safe in a URL, a file name and a Redis key. */
const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
/** How long a task's id may be. */
export const MAX_TASK_ID_LENGTH = 200;
/** How deep data may be nested. */
const MAX_DEPTH = 32;
/** Any ISO 8601 time with an offset. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
/** The form we keep, on a day that every month has: it needs no reading. */
const KEPT_TIME =
  /^(?:19[7-9]|[2-9]\d\d)\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}\.\d{3}Z$/;

/** @returns whether a word may be a job's id. */
export function isJobId(word: unknown): word is string {
  return typeof word === "string" && JOB_ID.test(word);
}

/** A W3C trace id: 32 lowercase hex digits, not all zero. */
export function isTraceId(value: unknown): value is string {
  return typeof value === "string" && TRACE_ID.test(value);
}

/** A record's `n`. */
export function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** A task's id. */
export function isTaskId(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.length <= MAX_TASK_ID_LENGTH;
}

/**
 * ISO 8601 in UTC with milliseconds, from any ISO 8601 with an offset, years 1970 to 9999.
 *
 * @throws PlayheadError `validation_error`
 */
export function parseTimestamp(ts: unknown): string {
  if (typeof ts === "string" && KEPT_TIME.test(ts)) return ts;
  const ms = typeof ts === "string" && ISO_TIME.test(ts) ? Date.parse(ts) : Number.NaN;
  if (!(ms >= 0)) throw expected("ts", "an ISO 8601 time such as 2026-11-21T10:42:00.000Z", ts);
  return new Date(ms).toISOString();
}

/**
 * What goes into the store must come out of it the same; what is not plain JSON yet is made so, or refused.
 *
 * @throws PlayheadError `validation_error`
 */
export function parseData(data: JsonObject, path = "data"): JsonObject {
  if (isPlain(data, MAX_DEPTH)) return data;
  try {
    const plain: unknown = JSON.parse(JSON.stringify(data));
    if (isJsonObject(plain) && isPlain(plain, MAX_DEPTH)) return plain;
  } catch (cause) {
    throw expected(path, "something that JSON can carry", data, cause);
  }
  throw expected(path, `JSON of at most ${MAX_DEPTH} levels`, data);
}

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return typeof value === "string" || typeof value === "boolean" || value === undefined;
  if (value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((each) => each !== undefined && isPlain(each, depth - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) if (!isPlain((value as JsonObject)[key], depth - 1)) return false;
  return true;
}

/** The error for a field that is not what it should be; it names both, and shortly what was got. */
export function expected(path: string, what: string, got: unknown, cause?: unknown): PlayheadError {
  return new PlayheadError("validation_error", `expected ${path} to be ${what}, got ${shown(got)}`, {
    detail: { path },
    cause,
  });
}

function shown(got: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(got) ?? "nothing";
  } catch {
    text = `a ${typeof got} that JSON cannot carry`;
  }
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
