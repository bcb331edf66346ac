import type { HrTime } from "@opentelemetry/api";
import type * as Otlp from "@opentelemetry/otlp-transformer";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { AttributeData, LogData, SpanData } from "./span-data.ts";

export type Protocol = "http/protobuf" | "http/json";

const KINDS = { internal: 0, client: 2 } as const;
const ERROR = 2;
const SAMPLED = 1;

/**
 * Bytes of OTLP, by OpenTelemetry's own serializers, which are loaded with the first call: who exports nothing pays
 * nothing.
 */
export async function openEncoder(protocol: Protocol, resourceAttributes: AttributeData, version: string) {
  const [otlp, { resourceFromAttributes }] = await Promise.all([
    import("@opentelemetry/otlp-transformer"),
    import("@opentelemetry/resources"),
  ]);
  const isJson = protocol === "http/json";
  const resource = resourceFromAttributes(resourceAttributes);
  const instrumentationScope = { name: "playhead", version };
  const none = { droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 };

  const readable = (span: SpanData): ReadableSpan => {
    const { traceId, spanId, parentSpanId, events, links, error, startMs, endMs } = span;
    return {
      name: span.name,
      kind: KINDS[span.kind],
      spanContext: () => ({ traceId, spanId, traceFlags: SAMPLED }),
      ...(parentSpanId !== null && { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: SAMPLED } }),
      startTime: hrTimeOf(startMs),
      endTime: hrTimeOf(endMs),
      duration: hrTimeOf(endMs - startMs),
      status: error === null ? { code: 0 } : { code: ERROR, message: error },
      attributes: { ...span.attributes },
      events: events.map(({ name, atMs, attributes }) => ({ name, time: hrTimeOf(atMs), attributes })),
      links: links.map((to) => ({ context: { ...to, traceFlags: SAMPLED } })),
      ended: true,
      ...{ resource, instrumentationScope, ...none },
    };
  };

  const record = (log: LogData): ReadableLogRecord => {
    const { traceId, spanId } = log;
    return {
      hrTime: hrTimeOf(log.atMs),
      hrTimeObserved: hrTimeOf(log.atMs),
      ...(traceId !== null && spanId !== null && { spanContext: { traceId, spanId, traceFlags: SAMPLED } }),
      severityNumber: log.severity,
      severityText: log.severityText,
      body: log.body,
      attributes: { ...log.attributes },
      droppedAttributesCount: 0,
      ...{ resource, instrumentationScope },
    };
  };

  return {
    contentType: isJson ? "application/json" : "application/x-protobuf",
    resource,
    traces: (spans: readonly SpanData[]): Uint8Array =>
      written((isJson ? otlp.JsonTraceSerializer : otlp.ProtobufTraceSerializer).serializeRequest(spans.map(readable))),
    logs: (logs: readonly LogData[]): Uint8Array =>
      written((isJson ? otlp.JsonLogsSerializer : otlp.ProtobufLogsSerializer).serializeRequest(logs.map(record))),
    metrics: (metrics: ResourceMetrics): Uint8Array =>
      written((isJson ? otlp.JsonMetricsSerializer : otlp.ProtobufMetricsSerializer).serializeRequest(metrics)),
    /** What a receiver did not take of what it answers 200 to. */
    rejectedBy: (signal: Signal, answer: Uint8Array): { readonly count: number; readonly message: string } => {
      if (answer.length === 0) return { count: 0, message: "" };
      const { partialSuccess } = partialOf(otlp, isJson, signal, answer);
      return { count: Number(countOf(partialSuccess)), message: partialSuccess?.errorMessage ?? "" };
    },
  };
}

export type Encoder = Awaited<ReturnType<typeof openEncoder>>;
export type Signal = "traces" | "logs" | "metrics";

function partialOf(
  otlp: typeof Otlp,
  isJson: boolean,
  signal: Signal,
  answer: Uint8Array,
): { readonly partialSuccess?: { readonly errorMessage?: string } } {
  if (signal === "traces")
    return (isJson ? otlp.JsonTraceSerializer : otlp.ProtobufTraceSerializer).deserializeResponse(answer);
  if (signal === "logs")
    return (isJson ? otlp.JsonLogsSerializer : otlp.ProtobufLogsSerializer).deserializeResponse(answer);
  return (isJson ? otlp.JsonMetricsSerializer : otlp.ProtobufMetricsSerializer).deserializeResponse(answer);
}

/** However the signal calls what was rejected. */
function countOf(partial: object | undefined): unknown {
  return Object.entries(partial ?? {}).find(([name]) => name.startsWith("rejected"))?.[1] ?? 0;
}

function written(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new TypeError("expected the serializer to write something");
  return bytes;
}

function hrTimeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)];
}
