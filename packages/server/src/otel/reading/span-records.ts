import type { ErrorDetails, ExecutionCategory, JsonObject, ObservationRecord, Redaction } from "@playhead/core";
import { fitting } from "../wire/any-value.ts";
import type { Span, SpanEvent } from "../wire/read-requests.ts";
import { STAGE, textAt, USER_ID } from "./attribute-names.ts";
import { errorOf, exceptionOf } from "./span-error.ts";

/** An observation before it is numbered. */
export type Observed = ObservationRecord extends infer Each ? (Each extends unknown ? Omit<Each, "n"> : never) : never;

const CLIENT = 3;
/** Characters of JSON that are kept of the attributes of one span or event. */
const MAX_FIELDS = 64_000;

/** The execution that a span is. @param isStep whether it is the span of a job, or of a task: what others call a step */
export function executionOf(span: Span, isStep: boolean, redaction: Redaction): Observed {
  const error = errorOf(span);
  const userId = textAt(span.attributes, USER_ID);
  const stage = textAt(span.attributes, STAGE);
  const data = {
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    name: span.name,
    category: isStep ? "step" : categoryOf(span),
    duration_ms: span.endMs - span.startMs,
    metadata: redaction.fields(fitting(metadataOf(span), MAX_FIELDS)),
    ...(userId !== null && { user_id: userId }),
    ...(stage !== null && { stage }),
  } as const;
  const common = { ts: isoOf(span.startMs), correlation_id: span.traceId };
  if (error === null) return { ...common, type: "function.completed", data };
  return { ...common, type: "function.failed", data: { ...data, error: cleaned(error, redaction) } };
}

/** The lines that a span's events are: all but the exception that its execution has. */
export function linesOf(span: Span, redaction: Redaction): readonly Observed[] {
  const exception = exceptionOf(span);
  return span.events.filter((event) => event !== exception).map((event) => lineOf(event, span, redaction));
}

/** By what the conventions say of a span: a statement of a database, a request to another service, or anything else. */
function categoryOf({ kind, attributes }: Span): ExecutionCategory {
  if (attributes["db.system.name"] !== undefined || attributes["db.system"] !== undefined) return "db";
  const isRequest = [
    "http.request.method",
    "http.method",
    "rpc.system.name",
    "rpc.system",
    "url.full",
    "server.address",
  ];
  return kind === CLIENT && isRequest.some((name) => attributes[name] !== undefined) ? "api" : "function";
}

function metadataOf({ attributes, origin, links, kind }: Span): JsonObject {
  return {
    ...attributes,
    ...(origin.scope !== null && { "otel.scope.name": origin.scope }),
    ...(typeof origin.resource["service.name"] === "string" && { "service.name": origin.resource["service.name"] }),
    ...(kind > 1 && { "otel.span.kind": ["", "", "server", "client", "producer", "consumer"][kind] ?? kind }),
    ...(links.length > 0 && { "otel.links": links.map(({ traceId, spanId }) => `${traceId}-${spanId}`) }),
  };
}

function lineOf({ name, timeMs, attributes }: SpanEvent, span: Span, redaction: Redaction): Observed {
  const isException = name === "exception";
  const type = textAt(attributes, "exception.type") ?? "Error";
  const said = textAt(attributes, "exception.message", 10_000) ?? textAt(attributes, "message", 10_000);
  const message = isException ? `${type}: ${said ?? ""}` : (said ?? name);
  return {
    type: "log",
    ts: isoOf(timeMs),
    correlation_id: span.traceId,
    data: {
      level: isException ? "error" : "info",
      message: redaction.text(message),
      logger: span.origin.scope ?? "otel",
      span_id: span.spanId,
      function_name: span.name,
      fields: redaction.fields(fitting(attributes, MAX_FIELDS)),
    },
  };
}

function cleaned(error: ErrorDetails, { text }: Redaction): ErrorDetails {
  return { ...error, message: text(error.message), ...(error.stack !== undefined && { stack: text(error.stack) }) };
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
