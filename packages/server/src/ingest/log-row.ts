import { type EventRecord, isJsonObject, LOG_LEVELS, type LogLevel, PlayheadError } from "@playhead/core";
import type { LogRow } from "../store/store.ts";

/**
 * The log line that a `log` record brings. A level that we do not know counts as `info`.
 *
 * @throws PlayheadError `validation_error` when it has no message.
 */
export function logRowOf({ job_id, ts, data }: EventRecord): LogRow {
  const { level, message, task_id, fields } = data;
  const tsMs = Date.parse(ts);
  if (typeof message !== "string" || !(tsMs >= 0)) {
    throw new PlayheadError("validation_error", "expected data.message of a log record to be a string, and ts a time");
  }
  return {
    job_id,
    task_id: typeof task_id === "string" ? task_id : null,
    tsMs,
    level: isLogLevel(level) ? level : "info",
    message,
    fields: isJsonObject(fields) ? fields : {},
  };
}

function isLogLevel(word: unknown): word is LogLevel {
  return (LOG_LEVELS as readonly unknown[]).includes(word);
}
