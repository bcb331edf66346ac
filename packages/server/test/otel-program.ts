/** A program with the OpenTelemetry SDK in it and nothing of ours: a child process of tests. Prints its trace id. */
import { context, SeverityNumber, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPLogExporter as JsonLogs } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogs } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPTraceExporter as JsonTraces } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufTraces } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

const isJson = process.argv[2] === "json";
const resource = resourceFromAttributes({ "service.name": "night-shift", "playhead.job.kind": "render" });
const tracing = new TracerProvider({
  resource,
  spanProcessors: [
    new BatchSpanProcessor({ exporter: isJson ? new JsonTraces() : new ProtobufTraces(), maxExportBatchSize: 3 }),
  ],
});
const logging = new LoggerProvider({
  resource,
  processors: [new BatchLogRecordProcessor({ exporter: isJson ? new JsonLogs() : new ProtobufLogs() })],
});
const tracer = tracing.getTracer("renderer", "2.0.0");
const logger = logging.getLogger("renderer");

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
// The work would take longer than the second after which records are sent.
await logging.forceFlush();
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
// At its end the SDK sends batches side by side: what comes after the root's would be no task any more.
await tracing.forceFlush();
root.end();
await tracing.shutdown();
await logging.shutdown();
console.log(root.spanContext().traceId);
