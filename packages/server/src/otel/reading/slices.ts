import type { JsonObject, JsonValue, Redaction } from "@playhead/core";
import type { LogLine, Origin, Span } from "../wire/read-requests.ts";
import { parentsFirst } from "./parents-first.ts";
import { createNewJobs, type NewJob, namedJob } from "./said-job.ts";
import { type SaidLine, saidLineOf } from "./said-line.ts";
import { isMarked, isOfJob, type SaidEvent, type SaidSpan, saidEventsOf, saidSpanOf } from "./said-span.ts";

/** What all that a request has of one trace says together. */
export interface Whole {
  /** Null for log records outside of any trace. */
  readonly traceId: string | null;
  /** Who says it, as workers are named. */
  readonly service: string;
  /** The first job that is named. */
  readonly jobId: string | null;
  readonly hasRoot: boolean;
  readonly isMarked: boolean;
  /** As what jobs are to be announced: by their ids, and by the empty text the one that nobody names. */
  readonly jobs: ReadonlyMap<string, NewJob>;
}

/** Of one trace as much as is looked at in one go. Of two parts of a trace the second comes after the first. */
export interface Part<Said> {
  readonly whole: Whole;
  readonly items: readonly Said[];
  /** Whether nothing more of its trace is in the request. */
  readonly isLast: boolean;
}

/** Of spans none before its parent, and each followed by the lines that its events are. */
export type SpansPart = Part<SaidSpan | SaidEvent>;
export type LinesPart = Part<SaidLine>;

/** So many items, and values in them, take some milliseconds to be handed over and looked at. */
const MAX_ITEMS = 256;
const MAX_VALUES = 8_000;
/** Events of jobs and tasks cost more than what is only kept: a trace and a task count for so many items more. */
const TRACE_ITEMS = 2;
const TASK_ITEMS = 3;

/** The spans of a request, trace by trace, in slices that hold nobody up for long. */
export function slicesOfSpans(spans: readonly Span[], redaction: Redaction): Generator<readonly SpansPart[]> {
  const newJobOf = createNewJobs(redaction);

  function wholeOf(traceId: string, ofTrace: readonly Span[], ordered: readonly Span[]): Whole {
    const own = ordered.find(isOfJob);
    const names = ofTrace.map(({ attributes, origin }) => namedJob(attributes, origin));
    return {
      traceId,
      service: serviceOf(ofTrace[0]?.origin),
      jobId: names.find((jobId) => jobId !== null) ?? null,
      hasRoot: ofTrace.some(({ parentSpanId }) => parentSpanId === null),
      isMarked: ofTrace.some(isMarked),
      jobs: jobsOf(ordered, (span) => newJobOf((own ?? span).origin, (own ?? span).attributes, own?.name ?? null)),
    };
  }

  function* said(ordered: readonly Span[]): Generator<SaidSpan | SaidEvent> {
    for (const span of ordered) {
      yield saidSpanOf(span, redaction);
      yield* saidEventsOf(span, redaction);
    }
  }

  return sliced(function* () {
    for (const [traceId, ofTrace] of Map.groupBy(spans, (span) => span.traceId)) {
      const ordered = parentsFirst(ofTrace);
      yield { whole: wholeOf(traceId, ofTrace, ordered), items: said(ordered) };
    }
  });
}

/** The records of a request likewise. */
export function slicesOfLines(lines: readonly LogLine[], redaction: Redaction): Generator<readonly LinesPart[]> {
  const newJobOf = createNewJobs(redaction);
  return sliced(function* () {
    for (const [traceId, ofTrace] of Map.groupBy(lines, (line) => line.traceId)) {
      const whole: Whole = {
        ...{ traceId, service: serviceOf(ofTrace[0]?.origin), jobId: null, hasRoot: false, isMarked: false },
        jobs: jobsOf(ofTrace, ({ origin, attributes }) => newJobOf(origin, attributes, null)),
      };
      yield { whole, items: Iterator.from(ofTrace).map((line) => saidLineOf(line, redaction)) };
    }
  });
}

/** By the first that is of each job. */
function jobsOf<Item extends Pick<Span, "attributes" | "origin">>(
  items: readonly Item[],
  newJobOf: (item: Item) => NewJob,
): Whole["jobs"] {
  const jobs = new Map<string, NewJob>();
  for (const item of items) {
    const jobId = namedJob(item.attributes, item.origin) ?? "";
    if (!jobs.has(jobId)) jobs.set(jobId, newJobOf(item));
  }
  return jobs;
}

/** Gathers small traces into one slice, and cuts large ones into several. */
function* sliced<Said extends { readonly observed: { readonly data: object }; readonly task?: object | null }>(
  traces: () => Iterable<{ readonly whole: Whole; readonly items: Iterator<Said, unknown, unknown> }>,
): Generator<readonly Part<Said>[]> {
  let parts: Part<Said>[] = [];
  let items = 0;
  let values = 0;
  for (const { whole, items: said } of traces()) {
    let mine: Said[] = [];
    items += TRACE_ITEMS;
    for (let each = said.next(); each.done !== true; ) {
      mine.push(each.value);
      items += each.value.task == null ? 1 : 1 + TASK_ITEMS;
      values += countValues(each.value.observed.data as JsonObject);
      each = said.next();
      if (items < MAX_ITEMS && values < MAX_VALUES) continue;
      yield [...parts, { whole, items: mine, isLast: each.done === true }];
      [parts, mine, items, values] = [[], [], 0, 0];
    }
    if (mine.length > 0) parts.push({ whole, items: mine, isLast: true });
  }
  yield parts;
}

function countValues(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + countValues(each as JsonValue), 1);
}

/** Names a worker; what is no name is left out. */
function serviceOf(origin: Origin | undefined): string {
  const name = origin?.resource["service.name"];
  const plain = typeof name === "string" ? name.replace(/[^\w.@/+-]/g, "_").slice(0, 100) : "";
  return plain === "" ? "unknown" : plain;
}
