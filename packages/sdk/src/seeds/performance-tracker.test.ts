import { expect, onTestFinished, test } from "vitest";
import { currentObserver, type Observer } from "../observe/observer.ts";
import { observe } from "../testing/observe.ts";
import { setup as setupPlayhead } from "../testing/setup.ts";
import { readingOf } from "../transport/reading.ts";
import { LogManager } from "./log-manager.ts";
import { PerformanceTracker } from "./performance-tracker.ts";

function setup(answers: readonly unknown[] = []) {
  const observed = observe(onTestFinished);
  const left = [...answers];
  const asked: unknown[] = [];
  const playhead = {
    observer: currentObserver() as Observer,
    read: async (path: string, query?: object) => {
      asked.push([path, query]);
      return readingOf(left.shift());
    },
  };
  const nowMs = () => 10_000;
  return {
    ...observed,
    asked,
    tracker: new PerformanceTracker({ playhead, nowMs }),
    logs: new LogManager({ playhead, nowMs }),
  };
}

test("what was measured elsewhere is recorded as what Playhead measures itself", () => {
  const { tracker, executions } = setup();
  tracker.recordExecution("probe", 12.5, 4_096);
  tracker.recordExecution("probe", 1);
  tracker.recordApiCall("GET api.example.com/videos/:id", 80, 200);
  tracker.recordApiCall("GET api.example.com/videos/:id", 20, 503);
  tracker.recordDbOperation("select clips", 3, 7);
  expect(executions).toEqual([
    { name: "probe", category: "function", startMs: 9_987.5, durationMs: 12.5, cost: { memory_peak_bytes: 4_096 } },
    { name: "probe", category: "function", startMs: 9_999, durationMs: 1 },
    {
      name: "GET api.example.com/videos/:id",
      category: "api",
      startMs: 9_920,
      durationMs: 80,
      metadata: { status: 200 },
    },
    {
      name: "GET api.example.com/videos/:id",
      category: "api",
      startMs: 9_980,
      durationMs: 20,
      error: { class: "HttpStatus", message: "answered with status 503", code: "503" },
      metadata: { status: 503 },
    },
    { name: "select clips", category: "db", startMs: 9_997, durationMs: 3, metadata: { kind: "SELECT", rows: 7 } },
  ]);
});

test("the log manager's verbs: calls that ended well or badly, and a line", () => {
  const { logs, executions, lines } = setup();
  logs.logExecution("probe", { path: "a.mov" }, { width: 1_920 }, 12);
  logs.logExecution("probe", {}, undefined, 1);
  logs.logError("probe", new TypeError("no such file"), { path: "b.mov" });
  logs.logPerformance({ function_name: "probe", execution_time_ms: 12, memory_peak_bytes: 4_096, success_rate: 1 });
  expect(executions).toMatchObject([
    { name: "probe", durationMs: 12, parameters: { path: "a.mov" }, result_summary: '{"width":1920}' },
    { name: "probe", durationMs: 1, result_summary: "[undefined]" },
    {
      name: "probe",
      durationMs: 0,
      error: { class: "TypeError", message: "no such file" },
      metadata: { path: "b.mov" },
    },
  ]);
  expect(lines).toEqual([
    {
      level: "info",
      message: "probe took 12 ms",
      function_name: "probe",
      logger: "performance",
      fields: { execution_time_ms: 12, memory_peak_bytes: 4_096, success_rate: 1 },
    },
  ]);
});

test("no secret in what is said gets anywhere", async () => {
  const { playhead, engine, clock } = setupPlayhead();
  const logs = new LogManager({ playhead });
  logs.logExecution("login", { user: "ann", password: "s3cret-1" }, { token: "s3cret-2", ok: true }, 1);
  logs.logError("login", new Error("refused: password=s3cret-3"), { headers: { authorization: "Bearer s3cret-4" } });
  await clock.advance(1_000);
  const sent = JSON.stringify(engine.observations);
  expect(engine.observations).toHaveLength(2);
  expect(sent).toContain("ann");
  expect(sent).not.toContain("s3cret");
});

test("a summary is asked for by its range", async () => {
  const summary = { range: { from: "a", to: "b" }, percentile_error: 0.01, functions: [] };
  const { tracker, asked } = setup([summary, summary]);
  expect(await tracker.getPerformanceSummary()).toEqual(summary);
  await tracker.getPerformanceSummary({ from: new Date(0), to: "2026-11-21" });
  expect(asked).toEqual([
    ["performance/summary", {}],
    ["performance/summary", { from: "1970-01-01T00:00:00.000Z", to: "2026-11-21T00:00:00.000Z" }],
  ]);
  await expect(tracker.getPerformanceSummary({ from: "yesterday" })).rejects.toMatchObject({
    code: "validation_error",
  });
});

test("logs are read page after page, up to as many as are wanted", async () => {
  const { logs, asked } = setup([
    { entries: [{ entry_id: 9 }, { entry_id: 8 }], next_page_token: "p2" },
    { entries: [{ entry_id: 7 }], next_page_token: "p3" },
  ]);
  const found = await logs.queryLogs({
    level: "error",
    function_name: "probe",
    text: "no such",
    duration_over_ms: 5,
    from: 0,
    limit: 3,
  });
  expect(found.map(({ entry_id }) => entry_id)).toEqual([9, 8, 7]);
  const query = {
    level: "error",
    function: "probe",
    q: "no such",
    duration_over: 5,
    from: "1970-01-01T00:00:00.000Z",
    event_type: undefined,
  };
  expect(asked).toEqual([
    ["logs", { ...query, page_size: 3, page_token: undefined }],
    ["logs", { ...query, page_size: 1, page_token: "p2" }],
  ]);
});

test("a page is never larger than the server gives", async () => {
  const { logs, asked } = setup([{ entries: [], next_page_token: null }]);
  expect(await logs.queryLogs()).toEqual([]);
  expect(asked).toMatchObject([["logs", { page_size: 200 }]]);
});

test("an export is read as it comes, or whole", async () => {
  const { logs, asked } = setup(["x", "y"]);
  expect(await (await logs.exportData("ndjson", { from: 0 })).json()).toBe("x");
  expect((await logs.exportData("csv")).body).toBeInstanceOf(ReadableStream);
  expect(asked).toEqual([
    ["export", { format: "ndjson", from: "1970-01-01T00:00:00.000Z" }],
    ["export", { format: "csv" }],
  ]);
});
