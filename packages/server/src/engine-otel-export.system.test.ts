import { describe, expect, test } from "vitest";
import { bodyOf } from "../test/api.ts";
import { type Received, startOtlpReceiver } from "../test/otlp-receiver.ts";
import { startTestServer, type TestServer } from "../test/start-server.ts";
import { LOGS_REQUEST, TRACES_REQUEST } from "./otel/wire/otlp-messages.ts";
import { readMessage } from "./otel/wire/protobuf.ts";
import { type LogLine, readLogs, readSpans, type Span } from "./otel/wire/read-requests.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALL = "c7ad6b7169203331";

/** A job with a scene, two clips of which one failed, a call with its error, and two lines. */
async function runJob(server: TestServer, jobId: string, trace = TRACE): Promise<void> {
  const { record } = server;
  const observed = (type: string, data: object) => ({ ...record(jobId, "log", data as never), type });
  const call = { span_id: CALL, parent_span_id: null, name: "probe", category: "function", task_id: "c1" };
  const answer = await server.send(
    { ...record(jobId, "job.created", { kind: "clips", title: "Episode 12" }), correlation_id: trace },
    record(jobId, "job.state_changed", { new_state: "running" }),
    record(jobId, "task.created", { task_id: "s", kind: "scene", title: "Opening" }),
    record(jobId, "task.started", { task_id: "s" }),
    record(jobId, "task.created", { task_id: "c1", parent_id: "s", kind: "clip", title: "wide" }),
    record(jobId, "task.started", { task_id: "c1" }),
    record(jobId, "task.step_changed", { task_id: "c1", step: "rendering" }),
    observed("function.failed", {
      ...call,
      duration_ms: 12.5,
      error: { class: "RangeError", message: "too high", stack: "RangeError: too high\n    at probe" },
    }) as never,
    observed("log", { level: "warning", message: "a crop is odd", task_id: "c1" }) as never,
    record(jobId, "task.failed", { task_id: "c1", error_code: "encoder_failed", error_message: "no crop" }),
    record(jobId, "task.completed", { task_id: "s" }),
    record(jobId, "job.completed"),
  );
  expect(answer.refused).toEqual([]);
}

function spansOf(received: readonly Received[]): readonly Span[] {
  const taken = received.filter(({ path, status }) => path === "/v1/traces" && status === 200);
  return taken.flatMap(({ body, headers }) => {
    const isJson = headers["content-type"] === "application/json";
    return readSpans(isJson ? JSON.parse(body.toString()) : readMessage(body, TRACES_REQUEST)).items;
  });
}
function logsOf(received: readonly Received[]): readonly LogLine[] {
  const taken = received.filter(({ path, status }) => path === "/v1/logs" && status === 200);
  return taken.flatMap(({ body }) => readLogs(readMessage(body, LOGS_REQUEST)).items);
}
const hasJob = (received: readonly Received[], jobId: string) =>
  spansOf(received).some(
    ({ attributes }) => attributes["playhead.job.kind"] && attributes["playhead.job_id"] === jobId,
  );

describe("a job that ends", () => {
  test("is a trace: job, scene, clip, call, each under the one before; its log goes along", async () => {
    const receiver = await startOtlpReceiver();
    const config = { otlp: { endpoint: receiver.url, headers: "x-team=media, x-key=a%3Db", resource: "zone=eu" } };
    const server = await startTestServer({ file: config });
    await runJob(server, "j");
    await receiver.until((received) => hasJob(received, "j"));

    const spans = spansOf(receiver.received);
    const nameOf = new Map(spans.map(({ spanId, name }) => [spanId, name]));
    const tree = spans.map(({ name, parentSpanId }) => [name, parentSpanId && nameOf.get(parentSpanId)]);
    expect(tree).toEqual([
      ["scene Opening", "clips job"],
      ["clip wide", "scene Opening"],
      ["probe", "clip wide"],
      ["clips job", null],
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    const [, clip, call, job] = spans;
    // What a program takes for its parent that was called with the sdk's `traceparent()`.
    expect(job?.spanId).toBe(TRACE.slice(16));
    expect(job).toMatchObject({
      isError: false,
      attributes: { "playhead.job_id": "j", "playhead.job.title": "Episode 12", "cicd.pipeline.result": "success" },
      origin: { resource: { "service.name": "playhead", zone: "eu" } },
    });
    expect(clip).toMatchObject({
      isError: true,
      statusMessage: "no crop",
      attributes: { "playhead.task_id": "c1", "error.type": "encoder_failed" },
      events: [{ name: "playhead.step", attributes: { "playhead.step": "rendering" } }],
    });
    expect(call?.spanId).toBe(CALL);
    expect((call?.endMs ?? 0) - (call?.startMs ?? 0)).toBeCloseTo(12.5, 2);
    expect(call?.events[0]).toMatchObject({ name: "exception", attributes: { "exception.type": "RangeError" } });

    const logs = logsOf(receiver.received);
    expect(
      logs.map(({ body, severity, traceId, spanId }) => [body, severity, traceId, nameOf.get(spanId ?? "")]),
    ).toEqual([
      ["RangeError: too high", 17, TRACE, "probe"],
      ["a crop is odd", 13, TRACE, "clip wide"],
    ]);
    expect(receiver.received[0]?.headers).toMatchObject({
      "x-team": "media",
      "x-key": "a=b",
      "content-type": "application/x-protobuf",
    });
    expect(server.complaints).toEqual([]);
  });

  test("is the same job on a second server that it is exported to", async () => {
    const second = await startTestServer();
    const headers = `x-api-key=${second.server.accessKey}`;
    const first = await startTestServer({ file: { otlp: { endpoint: second.server.url, headers } } });
    await runJob(first, "j");
    const ask = (path: string) => bodyOf(second.ask(`/api/v1/jobs/j${path}`));
    await expect.poll(async () => (await ask("")).state, { timeout: 15_000 }).toBe("completed");
    expect(await ask("")).toMatchObject({ kind: "clips", title: "Episode 12", correlation_id: TRACE });
    const { tasks } = await ask("/tasks");
    expect(tasks.map((each: Record<string, unknown>) => [each.task_id, each.kind, each.parent_id, each.state])).toEqual(
      [
        ["s", "scene", null, "completed"],
        ["c1", "clip", "s", "failed"],
      ],
    );
    const { logs } = await ask("/logs");
    expect(logs.map((each: { message: string }) => each.message)).toContain("a crop is odd");
    expect(first.complaints).toEqual([]);
  });
});

test("what a worker tells of a job that has gone out goes after it, and nothing goes twice", async () => {
  const receiver = await startOtlpReceiver();
  const server = await startTestServer({ file: { otlp: { endpoint: receiver.url, signals: ["traces", "logs"] } } });
  await runJob(server, "j");
  await receiver.until((received) => hasJob(received, "j"));
  const { record } = server;
  const late = "d7ad6b7169203331";
  const call = { span_id: late, parent_span_id: CALL, name: "late", category: "function", duration_ms: 3 };
  const answer = await server.send(
    record("j", "log" as never, { level: "info", message: "a late line", task_id: "c1" }),
    record("j", "function.completed" as never, call as never),
  );
  expect(answer.refused).toEqual([]);
  await receiver.until((received) => spansOf(received).some(({ spanId }) => spanId === late));
  await receiver.until((received) => logsOf(received).some(({ body }) => body === "a late line"));
  await server.server.close();
  const spans = spansOf(receiver.received);
  expect(spans.map(({ name }) => name)).toEqual(["scene Opening", "clip wide", "probe", "clips job", "late"]);
  expect(spans.at(-1)).toMatchObject({ traceId: TRACE, parentSpanId: CALL });
  const clip = spans.find(({ name }) => name === "clip wide");
  expect(logsOf(receiver.received).map(({ body, spanId }) => [body, spanId])).toEqual([
    ["RangeError: too high", CALL],
    ["a crop is odd", clip?.spanId],
    ["a late line", clip?.spanId],
  ]);
});

test("while the receiver is away nothing is lost, nothing waits, and it is told", async () => {
  let isAway = true;
  const receiver = await startOtlpReceiver(() => (isAway ? 503 : 200));
  const server = await startTestServer({ file: { otlp: { endpoint: receiver.url, signals: ["traces", "logs"] } } });
  await runJob(server, "j1");
  await receiver.until((received) => received.length > 0);
  await runJob(server, "j2", TRACE.replace("4", "5"));
  expect(await bodyOf(server.ask("/api/v1/jobs/j2"))).toMatchObject({ state: "completed" });
  server.server.health.setSettings({ cacheMs: 0 });
  const { checks } = await server.server.health.report();
  expect(checks.find(({ component }) => component === "otlp_export")).toMatchObject({
    status: "warning",
    message: "the receiver of OpenTelemetry does not take what is sent: it answered 503",
  });
  isAway = false;
  await receiver.until((received) => hasJob(received, "j1") && hasJob(received, "j2"));
  const ids = spansOf(receiver.received).map(({ traceId, spanId }) => traceId + spanId);
  expect([ids.length, new Set(ids).size]).toEqual([8, 8]);
  const figures = await (await server.ask("/metrics")).text();
  expect(figures).toMatch(/playhead_otlp_items_total\{signal="traces",state="dropped"\} 0/);
});

test("a restart in the middle goes on where it was, with the same ids", async () => {
  let isOpen = false;
  const receiver = await startOtlpReceiver(({ path }) => (path === "/v1/logs" || isOpen ? 200 : 503));
  const file = { otlp: { endpoint: receiver.url, protocol: "http/json" } };
  const first = await startTestServer({ file });
  await runJob(first, "j1");
  // Its log is taken, its spans are not: the job has gone out by half.
  await receiver.until((received) => received.some(({ path }) => path === "/v1/traces"));
  await first.server.close();
  isOpen = true;
  const second = await startTestServer({ file, dataFolder: first.data });
  await receiver.until((received) => hasJob(received, "j1"));
  const tried = receiver.received.filter(({ path }) => path === "/v1/traces");
  // Before and after the restart, to the byte.
  expect(
    new Set(
      tried.map(({ body }) => JSON.stringify(readSpans(JSON.parse(body.toString())).items.map(({ spanId }) => spanId))),
    ).size,
  ).toBe(1);
  await runJob(second, "j2", TRACE.replace("4", "5"));
  await receiver.until((received) => hasJob(received, "j2"));
  const ids = spansOf(receiver.received).map(({ traceId, spanId }) => traceId + spanId);
  expect([ids.length, new Set(ids).size]).toEqual([8, 8]);
});

test("what is refused for good is counted, and what is behind it goes on", async () => {
  const receiver = await startOtlpReceiver(({ body }) => (body.includes("j1") ? 400 : 200));
  const server = await startTestServer({ file: { otlp: { endpoint: receiver.url, signals: ["traces"] } } });
  await runJob(server, "j1");
  await runJob(server, "j2", TRACE.replace("4", "5"));
  await receiver.until((received) => hasJob(received, "j2"));
  const figures = await (await server.ask("/metrics")).text();
  expect(figures).toMatch(/playhead_otlp_items_total\{signal="traces",state="dropped"\} 4/);
});
