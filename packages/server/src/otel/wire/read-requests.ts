import { isJsonObject, type JsonObject, type JsonValue } from "@playhead/core";
import { cut, readAttributes, readValue, VALUE_LIMITS } from "./any-value.ts";

/** Where spans and records come from: the program, and the library in it that speaks. */
export interface Origin {
  readonly resource: JsonObject;
  /** The instrumentation scope's name; null where it has none. */
  readonly scope: string | null;
}

export interface SpanEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: JsonObject;
}

/** A span that has ended, as we go on with it. */
export interface Span {
  readonly origin: Origin;
  readonly traceId: string;
  readonly spanId: string;
  /** Null for the root of a trace. */
  readonly parentSpanId: string | null;
  /** Whether its parent is in another process; false also where nobody said. */
  readonly isParentRemote: boolean;
  readonly name: string;
  /** As OTLP numbers them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: JsonObject;
  readonly events: readonly SpanEvent[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly isError: boolean;
  readonly statusMessage: string;
}

export interface LogLine {
  readonly origin: Origin;
  readonly timeMs: number;
  /** 1–24; 0 where nobody said. */
  readonly severity: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: JsonValue;
  readonly attributes: JsonObject;
  /** Null outside of any trace, and where the trace is not kept (sampled out). */
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly isSampled: boolean;
}

/** What could be read of a request, and what could not. */
export interface ReadItems<Item> {
  readonly items: readonly Item[];
  readonly rejected: number;
  /** Why, of the first that was rejected; empty when none was. */
  readonly reason: string;
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
/** The years 1970 to 9999, as records may have. */
const MAX_TIME_MS = 253_402_300_799_999;
const MAX_NAME = 500;
const MAX_EVENTS = 128;
const MAX_LINKS = 32;
/** A stack stands in an attribute. */
const EVENT_LIMITS = { ...VALUE_LIMITS, text: 32_768 };
/** Bits of a span's flags (trace.proto): whether it is known where the parent is, and that it is elsewhere. */
const PARENT_KNOWN_REMOTE = 0x300;

/** The spans of an `ExportTraceServiceRequest` as OTLP/JSON has it. */
export function readSpans(request: unknown): ReadItems<Span> {
  return readItems(request, ["resourceSpans", "scopeSpans", "spans"], readSpan);
}

/** The records of an `ExportLogsServiceRequest`. */
export function readLogs(request: unknown): ReadItems<LogLine> {
  return readItems(request, ["resourceLogs", "scopeLogs", "logRecords"], readLog);
}

function readItems<Item>(
  request: unknown,
  [resources, scopes, list]: readonly [string, string, string],
  read: (item: JsonObject, origin: Origin) => Item | string,
): ReadItems<Item> {
  const items: Item[] = [];
  let rejected = 0;
  let reason = "";
  for (const ofResource of objectsOf(request, resources)) {
    const resource = readAttributes(isJsonObject(ofResource.resource) ? ofResource.resource.attributes : undefined);
    for (const scoped of objectsOf(ofResource, scopes)) {
      const scope = isJsonObject(scoped.scope) ? textOf(scoped.scope.name, MAX_NAME) || null : null;
      const origin = { resource, scope };
      for (const item of objectsOf(scoped, list)) {
        const made = read(item, origin);
        if (typeof made !== "string") items.push(made);
        else {
          rejected += 1;
          reason ||= made;
        }
      }
    }
  }
  return { items, rejected, reason };
}

function readSpan(span: JsonObject, origin: Origin): Span | string {
  const traceId = idOf(span.traceId, TRACE_ID);
  const spanId = idOf(span.spanId, SPAN_ID);
  const startMs = millisecondsOf(span.startTimeUnixNano);
  const endMs = millisecondsOf(span.endTimeUnixNano);
  if (traceId === null) return "expected traceId to be 32 hex digits, not all zero";
  if (spanId === null) return "expected spanId to be 16 hex digits, not all zero";
  if (startMs === null) return "expected startTimeUnixNano to be nanoseconds since 1970, over 0";
  const status = isJsonObject(span.status) ? span.status : {};
  return {
    origin,
    traceId,
    spanId,
    parentSpanId: idOf(span.parentSpanId, SPAN_ID),
    isParentRemote: (Number(span.flags) & PARENT_KNOWN_REMOTE) === PARENT_KNOWN_REMOTE,
    name: textOf(span.name, MAX_NAME) || "span",
    kind: Number.isSafeInteger(span.kind) ? (span.kind as number) : 0,
    startMs,
    // Clocks may be set back while something runs.
    endMs: Math.max(startMs, endMs ?? startMs),
    attributes: readAttributes(span.attributes),
    events: objectsOf(span, "events")
      .slice(0, MAX_EVENTS)
      .map((event) => ({
        name: textOf(event.name, MAX_NAME) || "event",
        timeMs: millisecondsOf(event.timeUnixNano) ?? startMs,
        attributes: readAttributes(event.attributes, EVENT_LIMITS),
      })),
    links: objectsOf(span, "links")
      .slice(0, MAX_LINKS)
      .flatMap((link) => {
        const to = { traceId: idOf(link.traceId, TRACE_ID), spanId: idOf(link.spanId, SPAN_ID) };
        return to.traceId === null || to.spanId === null ? [] : [{ traceId: to.traceId, spanId: to.spanId }];
      }),
    isError: status.code === 2,
    statusMessage: textOf(status.message, VALUE_LIMITS.text),
  };
}

function readLog(record: JsonObject, origin: Origin): LogLine | string {
  const timeMs = millisecondsOf(record.timeUnixNano) ?? millisecondsOf(record.observedTimeUnixNano);
  if (timeMs === null) return "expected timeUnixNano or observedTimeUnixNano to be nanoseconds since 1970, over 0";
  const { severityNumber, flags } = record;
  return {
    origin,
    timeMs,
    severity: Number.isSafeInteger(severityNumber) ? (severityNumber as number) : 0,
    severityText: textOf(record.severityText, 40),
    eventName: textOf(record.eventName, MAX_NAME),
    body: readValue(record.body, EVENT_LIMITS),
    attributes: readAttributes(record.attributes, EVENT_LIMITS),
    traceId: idOf(record.traceId, TRACE_ID),
    spanId: idOf(record.spanId, SPAN_ID),
    isSampled: (Number(flags) & 1) === 1,
  };
}

function objectsOf(holder: unknown, name: string): readonly JsonObject[] {
  const list = isJsonObject(holder) ? holder[name] : undefined;
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

/** Hex digits of either case, as OTLP/JSON has ids. */
function idOf(value: unknown, shape: RegExp): string | null {
  const id = typeof value === "string" ? value.toLowerCase() : "";
  return shape.test(id) ? id : null;
}

function textOf(value: unknown, most: number): string {
  return typeof value === "string" ? cut(value, most) : "";
}

/** With fractions, to the microsecond: so much a double is good for here. Null for no time. */
function millisecondsOf(nanoseconds: unknown): number | null {
  const isNumeric = typeof nanoseconds === "number" || (typeof nanoseconds === "string" && nanoseconds.length <= 20);
  const ms = isNumeric ? Math.round(Number(nanoseconds) / 1_000) / 1_000 : 0;
  return ms > 0 && ms <= MAX_TIME_MS ? ms : null;
}
