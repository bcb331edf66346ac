import { EVENT_TYPES, type EventRecord, isEventType, SERVER_EVENTS } from "./event.ts";
import { isJsonObject } from "./json.ts";
import type { ObservationRecord } from "./observation.ts";
import { isObservationType, parseObservation } from "./parse-observation.ts";
import {
  expected,
  isJobId,
  isNumber,
  isTaskId,
  isTraceId,
  MAX_TASK_ID_LENGTH,
  parseData,
  parseTimestamp,
} from "./record-fields.ts";

/**
 * Reads one line of what a worker reports: a fact, a tick, or something it has observed.
 *
 * @throws PlayheadError see {@link parseRecord} and {@link parseObservation}
 */
export function parseReported(value: unknown): EventRecord | ObservationRecord {
  return isJsonObject(value) && isObservationType(value.type) ? parseObservation(value) : parseRecord(value);
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
  if (SERVER_EVENTS.has(type)) throw expected("type", `anything but ${type}, which the server works out`, type);
  if (!isJobId(job_id)) {
    throw expected("job_id", "1 to 128 letters, digits, dots, dashes or underscores, a letter or digit first", job_id);
  }
  if (!isJsonObject(data)) throw expected("data", "a JSON object", data);
  if (correlation_id !== undefined && !isTraceId(correlation_id)) {
    throw expected("correlation_id", "32 lowercase hex digits, not all zero", correlation_id);
  }
  if (n !== undefined && !isNumber(n)) throw expected("n", "a whole number over 0", n);
  if (data.task_id !== undefined && !isTaskId(data.task_id)) {
    throw expected("data.task_id", `a string of 1 to ${MAX_TASK_ID_LENGTH} characters`, data.task_id);
  }
  return {
    type,
    ts: parseTimestamp(ts),
    job_id,
    data: parseData(data),
    ...(correlation_id !== undefined && { correlation_id }),
    ...(n !== undefined && { n }),
  };
}
