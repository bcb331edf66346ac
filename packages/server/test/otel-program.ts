/** A program with the OpenTelemetry SDK in it and nothing of ours: a child process of tests. Prints its trace id. */
import { context, SeverityNumber, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { JsonLogsSerializer, ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, type LogRecordExporter, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

const isJson = process.argv[2] === "json";
const resource = resourceFromAttributes({ "service.name": "night-shift", "playhead.job.kind": "render" });
const tracing = new TracerProvider({
  resource,
  spanProcessors: [
    new BatchSpanProcessor({ exporter: isJson ? new JsonExporter() : new ProtobufExporter(), maxExportBatchSize: 3 }),
  ],
});
const logging = new LoggerProvider({
  resource,
  processors: [new SimpleLogRecordProcessor({ exporter: logExporter() })],
});
const tracer = tracing.getTracer("renderer", "2.0.0");
const logger = logging.getLogger("renderer");

/** The official serializer; its exporter is no more than this around it. */
function logExporter(): LogRecordExporter {
  const serializer = isJson ? JsonLogsSerializer : ProtobufLogsSerializer;
  return {
    export(records, done) {
      const [, name = "", value = ""] = /^(.*?)=(.*)$/.exec(process.env.OTEL_EXPORTER_OTLP_HEADERS ?? "") ?? [];
      fetch(`${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/logs`, {
        method: "POST",
        headers: { "content-type": isJson ? "application/json" : "application/x-protobuf", [name]: value },
        body: serializer.serializeRequest(records) as Uint8Array<ArrayBuffer>,
      }).then(
        (answer) => done({ code: answer.ok ? 0 : 1 }),
        (error) => done({ code: 1, error }),
      );
    },
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}

/** Who has started it may have said in which trace it is. */
const [, traceId, spanId] = /^00-(.{32})-(.{16})-01$/.exec(process.env.TRACEPARENT ?? "") ?? [];
const caller =
  traceId === undefined || spanId === undefined
    ? context.active()
    : trace.setSpanContext(context.active(), { traceId, spanId, traceFlags: 1, isRemote: true });
const root = tracer.startSpan(
  "render the night's clips",
  { attributes: { "playhead.job.title": "Night render" } },
  caller,
);
const within = (span: Span) => trace.setSpan(context.active(), span);

const query = tracer.startSpan(
  "SELECT clips",
  { kind: SpanKind.CLIENT, attributes: { "db.system.name": "postgresql", "db.query.text": "SELECT 1" } },
  within(root),
);
query.end();

const scene = tracer.startSpan(
  "scene 1",
  { attributes: { "playhead.task.kind": "scene", "playhead.task_id": "scene-1" } },
  within(root),
);
logger.emit({
  severityNumber: SeverityNumber.INFO,
  body: "a quarter",
  attributes: { "playhead.task.kind": "scene", "playhead.task_id": "scene-1", "playhead.progress": 0.25 },
  context: within(scene),
});
for (const style of ["wide", "tall"]) {
  const clip = tracer.startSpan(
    `clip ${style}`,
    {
      attributes: {
        "playhead.task.kind": "clip",
        "playhead.task_id": `clip-${style}`,
        "playhead.task.parent_id": "scene-1",
      },
    },
    within(scene),
  );
  const encode = tracer.startSpan("encode", { attributes: { style } }, within(clip));
  encode.addEvent("keyframe", { frame: 12 });
  if (style === "tall") {
    const error = new RangeError("the crop is higher than the frame");
    encode.recordException(error);
    encode.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    clip.recordException(error);
    clip.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  }
  encode.end();
  clip.end();
}
scene.end();
const upload = tracer.startSpan(
  "PUT",
  { kind: SpanKind.CLIENT, attributes: { "http.request.method": "PUT", "server.address": "cdn.example" } },
  within(root),
);
upload.end();
logger.emit({ severityNumber: SeverityNumber.WARN, body: "one clip is missing", context: within(root) });
if (process.argv[3] === "fail") {
  root.recordException(new TypeError("nobody can watch this"));
  root.setStatus({ code: SpanStatusCode.ERROR, message: "nobody can watch this" });
}
root.end();
await tracing.shutdown();
await logging.shutdown();
console.log(root.spanContext().traceId);
