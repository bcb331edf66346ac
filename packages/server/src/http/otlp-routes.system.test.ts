import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bodyOf } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { attributesOf, logRecord, logsOf, span, spanId, TRACE, tracesOf } from "../../test/otlp-spans.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

/** One server for all: each test has a trace of its own. */
let shared: TestServer;
let traceId: string;
const atEnd = atFileEnd();
beforeAll(async () => {
  shared = await startTestServer({ atEnd });
});
beforeEach(() => {
  traceId = randomBytes(16).toString("hex");
});

const jobId = () => `otel_${traceId}`;
/** What is written down of one trace, in the test's own. */
const own = <Sent>(sent: Sent): Sent => JSON.parse(JSON.stringify(sent).replaceAll(TRACE, traceId));

const ROOT = span(1, { name: "root" });
const CHILD = span(2, { parent: spanId(1), name: "child" });
const SCENE = span(3, { parent: spanId(1), attributes: { "playhead.task.kind": "scene", "playhead.task_id": "s" } });
const CLIP = span(4, {
  parent: spanId(3),
  attributes: { "playhead.task.kind": "clip", "playhead.task_id": "c", "playhead.task.parent_id": "s" },
});

const ask = (server: TestServer, path: string) => bodyOf(server.ask(`/api/v1/${path}`));
const jobOf = (server: TestServer, id = jobId()) => ask(server, `jobs/${id}`);
async function callsOf(server: TestServer, id = jobId()): Promise<string[]> {
  const { executions } = await ask(server, `jobs/${id}/executions?page_size=200`);
  return executions.map((each: { function_name: string }) => each.function_name).sort();
}
/** How many executions the trace has, and how many lines its events made. */
async function countEntries(server: TestServer) {
  let [executions, lines] = [0, 0];
  for (let token: string | null = ""; token !== null; ) {
    const more: string = token === "" ? "" : `&page_token=${encodeURIComponent(token)}`;
    const page = await ask(server, `logs?job_id=${jobId()}&page_size=200${more}`);
    for (const { event_type } of page.entries) {
      if (event_type === "log") lines += 1;
      else executions += 1;
    }
    token = page.next_page_token;
  }
  return { executions, lines };
}
async function send(server: TestServer, ...spans: readonly object[]) {
  const answer = await server.post("/v1/traces", own(tracesOf(spans)));
  expect([answer.status, await answer.json()]).toEqual([200, {}]);
}

test("a trace is announced by whatever comes first of it, and ends with its root", async () => {
  const server = shared;
  await send(server, CHILD);
  expect(await jobOf(server)).toMatchObject({ state: "running", kind: "test", title: "test", correlation_id: traceId });
  await send(server, ROOT);
  expect(await jobOf(server)).toMatchObject({
    state: "completed",
    title: "root",
    ended_at: "2026-11-21T10:42:00.999Z",
  });
  // Late, and still part of it.
  await send(server, span(9, { parent: spanId(1), name: "late" }));
  expect(await callsOf(server)).toEqual(["child", "late", "root"]);
});

test.each([
  { name: "as they began", batches: [[ROOT], [CHILD, SCENE, CLIP]] },
  { name: "as they ended", batches: [[CLIP], [SCENE], [CHILD], [ROOT]] },
  { name: "all at once, the last first", batches: [[CLIP, SCENE, CHILD, ROOT]] },
  {
    name: "each twice, in other batches",
    batches: [[CLIP, CLIP], [SCENE, CLIP], [CHILD, SCENE], [ROOT, CHILD], [ROOT]],
  },
])("the order in which they come changes no execution: $name", async ({ batches }) => {
  const server = shared;
  for (const batch of batches) await send(server, ...batch);
  expect(await jobOf(server)).toMatchObject({ state: "completed", title: "root" });
  expect(await callsOf(server)).toEqual(["child", "root", "span 3", "span 4"]);
});

test("a clip that ends before its scene stands under it all the same", async () => {
  const server = shared;
  for (const each of [CLIP, SCENE, ROOT]) await send(server, each);
  const { tasks } = await ask(server, `jobs/${jobId()}/tasks`);
  expect(tasks.map((each: Record<string, unknown>) => [each.task_id, each.parent_id, each.state])).toEqual([
    ["s", null, "completed"],
    ["c", "s", "completed"],
  ]);
});

test("what a server before this one has stored is not stored again", async () => {
  const first = await startTestServer();
  await send(first, CHILD, SCENE);
  await first.server.close();
  const server = await startTestServer({ dataFolder: first.data });
  await send(server, CHILD, SCENE, ROOT);
  expect(await callsOf(server)).toEqual(["child", "root", "span 3"]);
  expect(await jobOf(server)).toMatchObject({ state: "completed" });
});

test("how a request is cut changes nothing: tasks in tasks, events, and the root that ends them, in one of 3,000 spans", async () => {
  const server = await startTestServer();
  const scenes = Array.from({ length: 10 }, (_, at) => {
    const attributes = { "playhead.task.kind": "scene", "playhead.task_id": `s${at}` };
    return span(10 + at, { parent: spanId(1), from: 1, attributes });
  });
  const clips = Array.from({ length: 300 }, (_, at) => {
    const attributes = { "playhead.task.kind": "clip", "playhead.task_id": `c${at}` };
    const events = [
      { name: "exception", timeUnixNano: "1", attributes: attributesOf({ "exception.message": `${at}` }) },
    ];
    return span(100 + at, {
      parent: spanId(10 + (at % 10)),
      from: 2,
      to: 999,
      attributes,
      events,
      status: { code: 2 },
    });
  });
  const calls = Array.from({ length: 2_689 }, (_, at) => ({
    ...span(1_000 + at, { parent: spanId(100 + (at % 300)), from: 3, to: 998, name: "call" }),
    events: at % 3 === 0 ? [{ name: `event ${at}` }] : [],
  }));
  // As they end: the innermost first, the root last.
  await send(server, ...calls, ...clips, ...scenes, ROOT);
  expect(await jobOf(server)).toMatchObject({
    state: "completed",
    title: "root",
    counts: { deliverables: { failed: 300 } },
  });
  const tasks: Record<string, unknown>[] = [];
  for (let token: string | null = ""; token !== null; ) {
    const page: { tasks: Record<string, unknown>[]; next_page_token: string | null } = await ask(
      server,
      `jobs/${jobId()}/tasks?page_size=200${token === "" ? "" : `&page_token=${encodeURIComponent(token)}`}`,
    );
    tasks.push(...page.tasks);
    token = page.next_page_token;
  }
  const shown = new Map(tasks.map((task) => [task.task_id, [task.state, task.parent_id]]));
  expect(shown.size).toBe(310);
  expect(shown.get("s3")).toEqual(["completed", null]);
  expect(shown.get("c123")).toEqual(["failed", "s3"]);
  const { executions, lines } = await countEntries(server);
  expect([executions, lines]).toEqual([3_000, 897]);
  // All of it again: nothing is new.
  await send(server, ...calls, ...clips, ...scenes, ROOT);
  expect(await countEntries(server)).toEqual({ executions, lines });
  expect(server.complaints).toEqual([]);
});

test("while a large request is taken, others are answered", async () => {
  const server = shared;
  const spans = Array.from({ length: 8_000 }, (_, at) => span(at + 1, { parent: spanId(9_999), attributes: { at } }));
  let isTaken = false;
  const large = send(server, ...spans).finally(() => {
    isTaken = true;
  });
  let answered = 0;
  while (!isTaken) {
    await (await server.ask("/api/v1/jobs?page_size=1")).text();
    answered += 1;
  }
  await large;
  // With all of it in one go it would be two: one before, and one after.
  expect(answered).toBeGreaterThan(5);
});

test("log records tell how far work is while its spans run, and are known when they come again", async () => {
  const server = shared;
  const records = own(
    logsOf([
      logRecord("begun", { "playhead.task.kind": "scene", "playhead.task_id": "s", "playhead.progress": 0.5 }),
      logRecord("elsewhere", {}, { traceId: "", spanId: "" }),
    ]),
  );
  for (const _ of [1, 2]) expect(await bodyOf(server.post("/v1/logs", records))).toEqual({});
  expect(await jobOf(server)).toMatchObject({ state: "running" });
  const { tasks } = await ask(server, `jobs/${jobId()}/tasks`);
  expect(tasks).toMatchObject([{ task_id: "s", state: "processing", percent_complete: 50 }]);
  const { logs } = await ask(server, `jobs/${jobId()}/logs`);
  expect(logs.map((each: { message: string }) => each.message)).toEqual(["begun"]);
  await send(server, SCENE, ROOT);
  expect((await ask(server, `jobs/${jobId()}/tasks`)).tasks).toMatchObject([{ task_id: "s", state: "completed" }]);
});

test("progress that names no task is the job's", async () => {
  const server = shared;
  await server.post("/v1/logs", own(logsOf([logRecord("a third", { "playhead.progress": 0.3 })])));
  const { tasks } = await ask(server, `jobs/${jobId()}/tasks`);
  expect(tasks).toMatchObject([{ task_id: "main", kind: "stage", state: "processing", percent_complete: 30 }]);
});

test("a job that was announced by its id is run by the span that names it", async () => {
  const server = shared;
  await server.post("/api/v1/jobs", { job_id: "order-7", kind: "import", title: "Order 7" });
  await send(server, span(1, { attributes: { "playhead.job_id": "order-7" } }), CHILD);
  expect(await jobOf(server, "order-7")).toMatchObject({ state: "completed", title: "Order 7", kind: "import" });
  expect(await callsOf(server, "order-7")).toEqual(["child", "span 1"]);
});

test("what a job of ours has called is part of it, and does not end it", async () => {
  const server = shared;
  await server.send(
    { ...server.record("ours", "job.created", { kind: "clips" }), correlation_id: traceId },
    server.record("ours", "job.state_changed", { new_state: "running" }),
  );
  await send(server, span(2, { parent: spanId(1), name: "GET", kind: 2, flags: 0x301 }));
  expect(await callsOf(server, "ours")).toEqual(["GET"]);
  expect(await jobOf(server, "ours")).toMatchObject({ state: "running" });
});

test("a program that calls one of ours is a job of its own, in the same trace", async () => {
  const server = shared;
  const callee = `callee-${traceId}`;
  await server.send({ ...server.record(callee, "job.created", { kind: "clips" }), correlation_id: traceId });
  await send(server, CHILD);
  await send(server, ROOT);
  expect(await jobOf(server)).toMatchObject({ state: "completed", title: "root", correlation_id: traceId });
  expect(await jobOf(server, callee)).toMatchObject({ state: "pending", correlation_id: traceId });
  const { entries } = await ask(server, `logs?trace_id=${traceId}`);
  expect(entries.map((each: { function_name: string }) => each.function_name).sort()).toEqual(["child", "root"]);
});

test("only marked traces are jobs, where that is set", async () => {
  const server = await startTestServer({ file: { otlp: { jobs: "marked" } } });
  await send(server, ROOT, CHILD);
  expect((await server.ask(`/api/v1/jobs/${jobId()}`)).status).toBe(404);
  const { entries } = await ask(server, `logs?trace_id=${traceId}`);
  expect(entries).toHaveLength(2);
  const other = randomBytes(16).toString("hex");
  await send(server, span(1, { traceId: other, attributes: { "playhead.job.kind": "import" } }));
  expect(await jobOf(server, `otel_${other}`)).toMatchObject({ state: "completed", kind: "import" });
});

test("secrets in attributes are not kept", async () => {
  const server = shared;
  await send(server, span(1, { attributes: { "http.request.header.authorization": "Bearer abcdef0123456789abcdef" } }));
  const { executions } = await ask(server, `jobs/${jobId()}/executions`);
  expect(JSON.stringify(executions)).not.toContain("abcdef0123456789");
});

describe("requests", () => {
  const headers = (server: TestServer, more: object) => ({ "x-api-key": server.server.accessKey, ...more });

  test("may be packed, and have the key in a header of its own", async () => {
    const server = shared;
    const answer = await server.ask("/v1/traces", {
      method: "POST",
      headers: headers(server, { "content-type": "application/json", "content-encoding": "gzip" }),
      body: gzipSync(JSON.stringify(own(tracesOf([ROOT])))),
    });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(await jobOf(server)).toMatchObject({ state: "completed" });
  });

  test("of which a part cannot be read are taken as to the rest, and told so", async () => {
    const server = shared;
    const answer = await server.post("/v1/traces", own(tracesOf([ROOT, { ...CHILD, spanId: "xyz" }, {}])));
    expect([answer.status, await answer.json()]).toEqual([
      200,
      {
        partialSuccess: {
          rejectedSpans: "2",
          errorMessage: "expected spanId to be 16 hex digits, not all zero",
        },
      },
    ]);
    expect(await callsOf(server)).toEqual(["root"]);
  });

  test.each([
    { name: "no JSON", type: "application/json", body: "{", status: 400 },
    { name: "no protobuf", type: "application/x-protobuf", body: "no message", status: 400 },
    { name: "no gzip", type: "application/json", encoding: "gzip", body: "{}", status: 400 },
    { name: "another packing", type: "application/json", encoding: "br", body: "{}", status: 400 },
    { name: "another type", type: "text/plain", body: "{}", status: 400 },
    { name: "too large", type: "application/json", body: " ".repeat(8_388_609), status: 413 },
    {
      name: "too large unpacked",
      type: "application/json",
      encoding: "gzip",
      body: gzipSync(Buffer.alloc(8_388_609)),
      status: 413,
    },
  ])("that are wrong are refused by a status of RPC: $name", async ({ type, encoding, body, status }) => {
    const server = shared;
    const answer = await server.ask("/v1/traces", {
      method: "POST",
      headers: headers(server, {
        "content-type": type,
        ...(encoding !== undefined && { "content-encoding": encoding }),
      }),
      body: body as string,
    });
    expect(answer.status).toBe(status);
    const text = await answer.text();
    if (type === "application/x-protobuf") {
      expect(answer.headers.get("content-type")).toBe(type);
      expect([...Buffer.from(text).subarray(0, 3)]).toEqual([0x08, 3, 0x12]);
      expect(text).toContain("expected the body to be a protobuf message");
    } else expect(JSON.parse(text)).toMatchObject({ code: status, message: expect.stringContaining("expected") });
    expect(server.complaints).toEqual([]);
  });

  test("that come too fast are told when to come again", async () => {
    const server = await startTestServer({ config: { requests_per_second: 1 } });
    const answers = await Promise.all([1, 2, 3, 4].map(() => server.post("/v1/traces", tracesOf([]))));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get("retry-after")).toBe("1");
  });
});

test("whatever is sent as JSON is answered, never as a fault of ours", async () => {
  const small = fc.integer({ min: 0, max: 3 }).map(spanId);
  const value = fc.oneof(
    fc.constantFrom("", "clip", "s", "j.1", "../x", "x".repeat(600), "canceled", "skipped"),
    fc.double(),
    fc.boolean(),
    fc.constant({ kvlistValue: { values: [{ key: "a", value: { arrayValue: { values: [{}] } } }] } }),
  );
  const names = ["job_id", "job.kind", "job.title", "task_id", "task.kind", "task.parent_id", "progress", "state"];
  const attributes = fc.dictionary(fc.constantFrom(...names.map((name) => `playhead.${name}`)), value);
  const any = fc.record({
    traceId: fc.constantFrom(TRACE, "0".repeat(32)),
    spanId: small,
    parentSpanId: fc.option(small, { nil: undefined }),
    name: fc.string(),
    kind: fc.integer({ min: -1, max: 9 }),
    flags: fc.constantFrom(0x301, 0x101, "x"),
    startTimeUnixNano: fc.oneof(fc.constantFrom("1700000000000000000", "0", "-1", "1e400"), fc.double()),
    endTimeUnixNano: fc.oneof(fc.constantFrom("1700000001000000000", "99999999999999999999"), fc.jsonValue()),
    attributes: attributes.map(attributesOf),
    status: fc.oneof(fc.constant({ code: 2, message: "no" }), fc.jsonValue()),
    events: fc.oneof(
      fc.array(fc.record({ name: fc.constantFrom("exception", "x"), attributes: fc.jsonValue() })),
      fc.jsonValue(),
    ),
    links: fc.jsonValue(),
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.array(any).map(tracesOf), fc.jsonValue()), async (request) => {
      traceId = randomBytes(16).toString("hex");
      for (const path of ["/v1/traces", "/v1/logs"]) {
        const answer = await shared.post(path, own(request));
        expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
      }
    }),
    { numRuns: 100 },
  );
  expect(shared.complaints).toEqual([]);
});
