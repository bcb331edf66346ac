import { PlayheadError } from "./errors.ts";
import { EVENT_TYPES, type EventRecord, isEventType } from "./event.ts";
import { isJsonObject } from "./json.ts";

/** Ids of jobs: what is safe in a URL, a file name and a Redis key. */
const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const MAX_TASK_ID_LENGTH = 200;

/** @returns whether a word may be a job's id. */
export function isJobId(word: unknown): word is string {
  return typeof word === "string" && JOB_ID.test(word);
}

/**
 * Reads one record that came from outside. Checked by hand, since every fact passes here; unknown fields are ignored,
 * so that newer workers may speak to older servers.
 *
 * @throws PlayheadError `validation_error` that names the field, what was expected and what was got.
 */
export function parseRecord(value: unknown): EventRecord {
  if (!isJsonObject(value)) throw expected("record", "a JSON object", value);
  const { type, ts, job_id, correlation_id, n, data } = value;
  if (!isEventType(type)) throw expected("type", `one of ${Object.keys(EVENT_TYPES).join(", ")}`, type);
  if (type === "job.progress") throw expected("type", "anything but job.progress, which the server works out itself", type);
  if (!isJobId(job_id)) throw expected("job_id", "1 to 128 letters, digits, dots, dashes or underscores", job_id);
  if (!isJsonObject(data)) throw expected("data", "a JSON object", data);
  if (correlation_id !== undefined && !(typeof correlation_id === "string" && TRACE_ID.test(correlation_id))) {
    throw expected("correlation_id", "32 lowercase hex digits, not all zero", correlation_id);
  }
  if (n !== undefined && !(Number.isSafeInteger(n) && (n as number) > 0)) throw expected("n", "a whole number over 0", n);
  if (data.task_id !== undefined && !isTaskId(data.task_id)) {
    throw expected("data.task_id", `a string of 1 to ${MAX_TASK_ID_LENGTH} characters`, data.task_id);
  }
  return {
    type,
    ts: parseTimestamp(ts),
    job_id,
    data,
    ...(correlation_id !== undefined && { correlation_id: correlation_id as string }),
    ...(n !== undefined && { n: n as number }),
  };
}

function isTaskId(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.length <= MAX_TASK_ID_LENGTH;
}

/** ISO 8601 in UTC with milliseconds, from any ISO 8601 with an offset. */
function parseTimestamp(ts: unknown): string {
  const ms = typeof ts === "string" ? Date.parse(ts) : Number.NaN;
  if (!Number.isFinite(ms)) throw expected("ts", "an ISO 8601 time such as 2026-11-21T10:42:00.000Z", ts);
  return (ts as string).length === 24 && (ts as string).endsWith("Z") ? (ts as string) : new Date(ms).toISOString();
}

function expected(path: string, what: string, got: unknown): PlayheadError {
  const shown = JSON.stringify(got) ?? "nothing";
  const short = shown.length > 120 ? `${shown.slice(0, 117)}…` : shown;
  return new PlayheadError("validation_error", `expected ${path} to be ${what}, got ${short}`, { detail: { path } });
}
