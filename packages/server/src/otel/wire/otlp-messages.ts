import type { Field, Message, Scalar } from "./protobuf.ts";

const one = (name: string, as: Scalar): Field => ({ name, as });
const message = (name: string, of: () => Message): Field => ({ name, as: "message", of });
const many = (name: string, of: () => Message): Field => ({ name, as: "message", of, repeated: true });

// opentelemetry/proto/common/v1/common.proto
const ANY_VALUE: Message = {
  1: one("stringValue", "text"),
  2: one("boolValue", "bool"),
  3: one("intValue", "int"),
  4: one("doubleValue", "double"),
  5: message("arrayValue", () => ({ 1: many("values", () => ANY_VALUE) })),
  6: message("kvlistValue", () => ({ 1: many("values", () => KEY_VALUE) })),
  7: one("bytesValue", "base64"),
};
const KEY_VALUE: Message = { 1: one("key", "text"), 2: message("value", () => ANY_VALUE) };
const attributes = many("attributes", () => KEY_VALUE);
const SCOPE: Message = { 1: one("name", "text"), 2: one("version", "text"), 3: attributes };
const RESOURCE: Message = { 1: attributes };

// opentelemetry/proto/trace/v1/trace.proto
const EVENT: Message = { 1: one("timeUnixNano", "fixed64"), 2: one("name", "text"), 3: attributes };
const LINK: Message = { 1: one("traceId", "hex"), 2: one("spanId", "hex"), 4: attributes };
const STATUS: Message = { 2: one("message", "text"), 3: one("code", "int") };
const SPAN: Message = {
  1: one("traceId", "hex"),
  2: one("spanId", "hex"),
  4: one("parentSpanId", "hex"),
  5: one("name", "text"),
  6: one("kind", "int"),
  7: one("startTimeUnixNano", "fixed64"),
  8: one("endTimeUnixNano", "fixed64"),
  9: attributes,
  11: many("events", () => EVENT),
  13: many("links", () => LINK),
  15: message("status", () => STATUS),
  16: one("flags", "fixed32"),
};

// opentelemetry/proto/logs/v1/logs.proto
const LOG_RECORD: Message = {
  1: one("timeUnixNano", "fixed64"),
  2: one("severityNumber", "int"),
  3: one("severityText", "text"),
  5: message("body", () => ANY_VALUE),
  6: attributes,
  8: one("flags", "fixed32"),
  9: one("traceId", "hex"),
  10: one("spanId", "hex"),
  11: one("observedTimeUnixNano", "fixed64"),
  12: one("eventName", "text"),
};

const scoped = (items: Field): Message => ({ 1: message("scope", () => SCOPE), 2: items });
const ofResource = (scopes: Field): Message => ({ 1: message("resource", () => RESOURCE), 2: scopes });

/** `ExportTraceServiceRequest`, as far as we look into it. */
export const TRACES_REQUEST: Message = {
  1: many("resourceSpans", () => ofResource(many("scopeSpans", () => scoped(many("spans", () => SPAN))))),
};
/** `ExportLogsServiceRequest`. */
export const LOGS_REQUEST: Message = {
  1: many("resourceLogs", () => ofResource(many("scopeLogs", () => scoped(many("logRecords", () => LOG_RECORD))))),
};
