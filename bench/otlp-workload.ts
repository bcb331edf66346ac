import { randomBytes } from "node:crypto";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

export const ENCODINGS = ["protobuf", "json"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** One trace of calls, one of which half are tasks, or a trace of each request of a web server. */
export const SHAPES = ["calls", "tasks", "traces"] as const;
export type Shape = (typeof SHAPES)[number];

const resource = resourceFromAttributes({ "service.name": "bench", "host.name": "h1", "process.pid": 1_234 });
const instrumentationScope = { name: "@opentelemetry/instrumentation-undici", version: "0.10.0" };
const START_SEC = 1_763_800_000;
const hex = (bytes: number) => randomBytes(bytes).toString("hex");

/** A request as an SDK sends it, of spans as the instrumentation of fetch makes them. */
export function requestOf(encoding: Encoding, shape: Shape, count: number): Uint8Array<ArrayBuffer> {
  const trace = { traceId: hex(16), rootId: hex(8) };
  const spans = Array.from({ length: count }, (_, at) => {
    if (shape === "traces") return spanOf(at, hex(16), hex(8), null, {});
    const isRoot = at === count - 1;
    const isTask = shape === "tasks" && at % 2 === 0;
    const task = isTask ? { "playhead.task.kind": "clip", "playhead.task_id": `clip-${at}` } : {};
    return spanOf(at, trace.traceId, isRoot ? trace.rootId : hex(8), isRoot ? null : trace.rootId, task);
  });
  const serializer = encoding === "json" ? JsonTraceSerializer : ProtobufTraceSerializer;
  return serializer.serializeRequest(spans) as Uint8Array<ArrayBuffer>;
}

function spanOf(at: number, traceId: string, spanId: string, parent: string | null, task: object): ReadableSpan {
  const sec = START_SEC + (at >> 8);
  const nanos = (at % 256) * 1_000_000;
  return {
    name: "GET",
    kind: 2,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    ...(parent !== null && { parentSpanContext: { traceId, spanId: parent, traceFlags: 1 } }),
    startTime: [sec, nanos],
    endTime: [sec + 1, nanos],
    duration: [1, 0],
    ended: true,
    status: { code: 0 },
    attributes: {
      "http.request.method": "GET",
      "url.full": `https://api.example.com/videos/${at}?size=large`,
      "server.address": "api.example.com",
      "server.port": 443,
      "http.response.status_code": 200,
      "user_agent.original": "node",
      "thread.id": at,
      ...task,
    },
    events: at % 10 === 0 ? [{ name: "retry", time: [sec, nanos], attributes: { attempt: 2 } }] : [],
    links: [],
    ...{ resource, instrumentationScope, droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
}
