import type {
  ExecutionCategory,
  ExecutionEnded,
  ExecutionStarted,
  JsonObject,
  ObservationRecord,
} from "@playhead/core";

/*
 * What records of calls are made with: constructors, not literals. Of a literal V8 learns whether what it makes lives
 * long, and the first calls' records do, as long as little else is made: all later ones would then be made among the old
 * objects, where memory is never warm, at half as much again. Each sets its fields itself: code that they shared would
 * see objects of each shape, and be slower for it.
 */

export type Writable<Data> = { -readonly [Name in keyof Data]: Data[Name] };

type Ended = Writable<ExecutionEnded>;

interface CallPlace {
  readonly job_id: string;
  readonly correlation_id: string;
  readonly data: ExecutionStarted;
}

/** A call that has ended: what is known of each. */
export const EndedCall = plain(function (
  this: Ended,
  spanId: string,
  parentId: string | null,
  name: string,
  category: ExecutionCategory,
  durationMs: number,
) {
  this.span_id = spanId;
  this.parent_span_id = parentId;
  this.name = name;
  this.category = category;
  this.duration_ms = durationMs;
});

/** One that was over before the memory was read again. */
export const MeasuredCall = plain(function (
  this: Ended,
  spanId: string,
  parentId: string | null,
  name: string,
  category: ExecutionCategory,
  durationMs: number,
  memoryBytes: number,
) {
  this.span_id = spanId;
  this.parent_span_id = parentId;
  this.name = name;
  this.category = category;
  this.duration_ms = durationMs;
  this.memory_start_bytes = memoryBytes;
  this.memory_end_bytes = memoryBytes;
  this.memory_peak_bytes = memoryBytes;
});

/** One with arguments, and with a result if it gave one. */
export const SummarizedCall = plain(function (
  this: Ended,
  spanId: string,
  parentId: string | null,
  name: string,
  category: ExecutionCategory,
  durationMs: number,
  parameters: JsonObject,
  result: string | undefined,
) {
  this.span_id = spanId;
  this.parent_span_id = parentId;
  this.name = name;
  this.category = category;
  this.duration_ms = durationMs;
  this.parameters = parameters;
  if (result !== undefined) this.result_summary = result;
});

/** What is sent of a call in a job. It has no number yet. */
export const JobObservation = plain(function (
  this: Writable<Pick<ObservationRecord, "type" | "ts" | "n"> & CallPlace>,
  type: ObservationRecord["type"],
  ts: string,
  jobId: string,
  traceId: string,
  data: ExecutionStarted,
) {
  this.type = type;
  this.ts = ts;
  this.job_id = jobId;
  this.correlation_id = traceId;
  this.data = data;
  this.n = 0;
});

/** A constructor of objects that are plain, as a literal's are. */
function plain<Args extends unknown[], Data>(fill: (this: Data, ...args: Args) => void): new (...args: Args) => Data {
  fill.prototype = Object.prototype;
  return fill as never;
}
