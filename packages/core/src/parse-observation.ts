import { isJsonObject, type JsonObject } from "./json.ts";
import { LOG_LEVELS, type LogLevel } from "./log-level.ts";
import { EXECUTION_CATEGORIES, OBSERVATION_TYPES, type ObservationRecord } from "./observation.ts";
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
import { decodeSketch } from "./sketch.ts";

/** Reads one value. @returns it as it is kept; throws for what it must not be */
type Read = (value: unknown, path: string) => unknown;
/** The fields of an object; others are left out, so that newer workers may speak to older servers. */
type Shape = Readonly<Record<string, Read>>;

const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
/** Names of functions, loggers, stages, classes. */
const MAX_NAME_LENGTH = 500;
/** Messages, stacks, summaries: what a line may hold at most. */
const MAX_TEXT_LENGTH = 1_000_000;
/** Causes of causes, and errors within errors, down to here. */
const MAX_ERROR_DEPTH = 8;
const MAX_ERRORS = 100;
const MAX_GAUGES = 200;

function one(what: string, fits: (value: unknown) => boolean): Read {
  return (value, path) => {
    if (!fits(value)) throw expected(path, what, value);
    return value;
  };
}

const optional =
  (read: Read): Read =>
  (value, path) =>
    value === undefined ? undefined : read(value, path);
const nullable =
  (read: Read): Read =>
  (value, path) =>
    value === null ? null : read(value, path);

const textOf = (least: number, most: number) =>
  one(`a string of ${least} to ${most} characters`, (value) => {
    return typeof value === "string" && value.length >= least && value.length <= most;
  });
const name = textOf(1, MAX_NAME_LENGTH);
const text = textOf(0, MAX_TEXT_LENGTH);
const taskId = one(`a string of 1 to ${MAX_TASK_ID_LENGTH} characters`, isTaskId);
const spanId = one("16 lowercase hex digits, not all zero", (value) => {
  return typeof value === "string" && SPAN_ID.test(value);
});
const finite = one("a number", Number.isFinite);
const amount = one("a number, 0 or more", (value) => Number.isFinite(value) && (value as number) >= 0);
const count = one("a whole number, 0 or more", (value) => Number.isSafeInteger(value) && (value as number) >= 0);
const category = one(`one of ${EXECUTION_CATEGORIES.join(", ")}`, (value) => {
  return (EXECUTION_CATEGORIES as readonly unknown[]).includes(value);
});

const json: Read = (value, path) => {
  if (!isJsonObject(value)) throw expected(path, "a JSON object", value);
  return parseData(value, path);
};

const gauges: Read = (value, path) => {
  if (!isJsonObject(value)) throw expected(path, "a JSON object", value);
  const names = Object.keys(value);
  if (names.length > MAX_GAUGES) throw expected(path, `at most ${MAX_GAUGES} numbers`, names.length);
  for (const each of names) finite(value[each], `${path}.${each}`);
  return { ...value };
};

const sketch: Read = (value, path) => {
  try {
    decodeSketch(value as string);
    return value;
  } catch (cause) {
    throw expected(path, "a sketch as text", value, cause);
  }
};

/** A level that we do not know counts as `info`: a line is worth more than its level. */
const level: Read = (value): LogLevel =>
  (LOG_LEVELS as readonly unknown[]).includes(value) ? (value as LogLevel) : "info";

/** Before lines had to be of some shape, fields that were no object were passed over. */
const lineFields: Read = (value, path) => (isJsonObject(value) ? parseData(value, path) : undefined);

function errorAt(depth: number): Read {
  return (value, path) => {
    if (depth === 0) throw expected(path, `errors within errors, at most ${MAX_ERROR_DEPTH} deep`, value);
    return readFields(value, ERROR_SHAPES[depth] as Shape, path);
  };
}

const errorsAt =
  (depth: number): Read =>
  (value, path) => {
    if (!Array.isArray(value) || value.length > MAX_ERRORS) {
      throw expected(path, `an array of at most ${MAX_ERRORS} errors`, value);
    }
    return value.map((each, at) => errorAt(depth)(each, `${path}.${at}`));
  };

/** By how much deeper it may go. */
const ERROR_SHAPES: readonly Shape[] = Array.from({ length: MAX_ERROR_DEPTH + 1 }, (_, depth) => ({
  class: name,
  message: text,
  code: optional(name),
  stack: optional(text),
  causes: optional(errorsAt(depth - 1)),
  errors: optional(errorsAt(depth - 1)),
}));

const STARTED: Shape = {
  span_id: spanId,
  parent_span_id: (value, path) => (value === undefined ? null : nullable(spanId)(value, path)),
  task_id: optional(taskId),
  name,
  category,
  parameters: optional(json),
  stage: optional(name),
  user_id: optional(name),
  metadata: optional(json),
};

const ENDED: Shape = {
  ...STARTED,
  cpu_ms: optional(amount),
  memory_start_bytes: optional(amount),
  memory_end_bytes: optional(amount),
  memory_peak_bytes: optional(amount),
  event_loop_delay_ms: optional(amount),
  duration_ms: amount,
  result_summary: optional(text),
  error: optional(errorAt(MAX_ERROR_DEPTH)),
};

const SHAPES: Readonly<Record<ObservationRecord["type"], Shape>> = {
  log: {
    level,
    message: text,
    task_id: optional(taskId),
    fields: optional(lineFields),
    logger: optional(name),
    function_name: optional(name),
    span_id: optional(spanId),
    stage: optional(name),
    user_id: optional(name),
  },
  "function.started": STARTED,
  "function.completed": ENDED,
  "function.failed": { ...ENDED, error: errorAt(MAX_ERROR_DEPTH) },
  "function.summarized": {
    name,
    category,
    count,
    errors: count,
    timed_count: optional(count),
    duration_sum_ms: amount,
    duration_min_ms: amount,
    duration_max_ms: amount,
    sketch,
  },
  "system.sampled": {
    host: name,
    cpu_percent: nullable(amount),
    memory_used_bytes: amount,
    memory_total_bytes: amount,
    process_memory_bytes: amount,
    event_loop_delay_ms: nullable(amount),
    disk_used_bytes: nullable(amount),
    disk_total_bytes: nullable(amount),
    temp_bytes: nullable(amount),
    active_jobs: count,
    gauges: optional(gauges),
  },
};

/** @returns whether a word that came from outside is the type of an observation */
export function isObservationType(word: unknown): word is ObservationRecord["type"] {
  return (OBSERVATION_TYPES as readonly unknown[]).includes(word);
}

/** @returns whether a record tells of something observed, not of an event of a job */
export function isObservation(record: { readonly type: string }): record is ObservationRecord {
  return isObservationType(record.type);
}

/**
 * Reads one observation that came from outside, checked by hand like facts are.
 *
 * @throws PlayheadError `validation_error` that names the field, what was expected and what was got.
 */
export function parseObservation(value: unknown): ObservationRecord {
  if (!isJsonObject(value)) throw expected("record", "a JSON object", value);
  const { type, ts, job_id, correlation_id, n, data } = value;
  if (!isObservationType(type)) throw expected("type", `one of ${OBSERVATION_TYPES.join(", ")}`, type);
  if (job_id !== undefined && !isJobId(job_id)) {
    throw expected("job_id", "missing, or 1 to 128 letters, digits, dots, dashes or underscores", job_id);
  }
  if (!isNumber(n)) throw expected("n", "a whole number over 0", n);
  if (correlation_id !== undefined && !isTraceId(correlation_id)) {
    throw expected("correlation_id", "32 lowercase hex digits, not all zero", correlation_id);
  }
  const read = {
    type,
    ts: parseTimestamp(ts),
    n,
    data: readFields(data, SHAPES[type], "data"),
    ...(job_id !== undefined && { job_id }),
    ...(correlation_id !== undefined && { correlation_id }),
  };
  // Its shape was checked field by field.
  return read as unknown as ObservationRecord;
}

function readFields(value: unknown, shape: Shape, path: string): JsonObject {
  if (!isJsonObject(value)) throw expected(path, "a JSON object", value);
  const kept: Record<string, unknown> = {};
  for (const field in shape) {
    const read = (shape[field] as Read)(value[field], `${path}.${field}`);
    if (read !== undefined) kept[field] = read;
  }
  return kept as JsonObject;
}
