// A program that has OpenTelemetry in it, and nothing of Playhead's: here is what Playhead makes of it.
// run it: node examples/05-opentelemetry.ts   with OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS (docs/opentelemetry.md)
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

const provider = new TracerProvider({
  // What must be known before the root span has ended belongs here.
  resource: resourceFromAttributes({ "service.name": "highlights", "playhead.job.kind": "highlights" }),
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
});
const tracer = provider.getTracer("highlights");

// The root span is the job.
const job = tracer.startSpan("highlights of the match", { attributes: { "playhead.job.title": "Match 42" } });
const inJob = trace.setSpan(context.active(), job);

// A span that says of which kind it is is a task of it.
for (const [index, moment] of ["kick-off", "goal", "own goal"].entries()) {
  const clip = tracer.startSpan(
    moment,
    { attributes: { "playhead.task.kind": "clip", "playhead.task_id": `clip-${index}` } },
    inJob,
  );
  // All others are executions, by the conventions' attributes of some category.
  const upload = tracer.startSpan(
    "PUT",
    { kind: SpanKind.CLIENT, attributes: { "http.request.method": "PUT", "server.address": "cdn.example" } },
    trace.setSpan(inJob, clip),
  );
  if (moment === "own goal") {
    upload.recordException(new Error("nobody wants to see this"));
    upload.setStatus({ code: SpanStatusCode.ERROR, message: "nobody wants to see this" });
    clip.setStatus({ code: SpanStatusCode.ERROR, message: "it could not be uploaded" });
  }
  upload.end();
  clip.end();
}
job.end();
await provider.shutdown();
console.log(`otel_${job.spanContext().traceId}`);
