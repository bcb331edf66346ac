import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { bodyOf } from "../test/api.ts";
import { startTestServer, type TestServer } from "../test/start-server.ts";

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, "../test/otel-program.ts");

/** Runs a program that exports to the server. @returns its trace id */
async function export_(server: TestServer, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [PROGRAM, ...args], {
    timeout: 60_000,
    env: {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: server.server.url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${server.server.accessKey}`,
    },
  });
  expect(stderr).toBe("");
  return stdout.trim();
}

const ask = (server: TestServer, path: string) => bodyOf(server.ask(`/api/v1/${path}`));

describe.each([
  ["json", "none"],
  ["json", "gzip"],
  ["protobuf", "none"],
  ["protobuf", "gzip"],
])("a program with the real SDK and its exporters, over %s, packed by %s", (encoding, compression) => {
  test("is a job with tasks, executions, errors and logs", async () => {
    const server = await startTestServer();
    vi.stubEnv("OTEL_EXPORTER_OTLP_COMPRESSION", compression);
    const traceId = await export_(server, encoding);
    const id = `otel_${traceId}`;

    const job = await ask(server, `jobs/${id}`);
    expect(job).toMatchObject({
      kind: "render",
      title: "Night render",
      state: "completed",
      worker: "otel:night-shift",
      correlation_id: traceId,
      metadata: { opentelemetry: { "service.name": "night-shift" } },
    });

    const { tasks } = await ask(server, `jobs/${id}/tasks`);
    const shown = tasks.map((each: Record<string, unknown>) => [each.task_id, each.kind, each.parent_id, each.state]);
    expect(shown.sort()).toEqual([
      ["clip-tall", "clip", "scene-1", "failed"],
      ["clip-wide", "clip", "scene-1", "completed"],
      ["scene-1", "scene", null, "completed"],
    ]);
    const failed = tasks.find((each: { task_id: string }) => each.task_id === "clip-tall");
    expect(failed.error).toMatchObject({ error_message: "RangeError: the crop is higher than the frame" });

    const { executions } = await ask(server, `jobs/${id}/executions?page_size=100`);
    const calls = executions.map((each: Record<string, unknown>) => [
      each.function_name,
      each.category,
      each.event_type,
    ]);
    expect(calls.sort()).toEqual([
      ["PUT", "api", "complete"],
      ["SELECT clips", "db", "complete"],
      ["clip tall", "step", "error"],
      ["clip wide", "step", "complete"],
      ["encode", "function", "complete"],
      ["encode", "function", "error"],
      ["render the night's clips", "step", "complete"],
      ["scene 1", "step", "complete"],
    ]);
    const error = executions.find(
      (each: Record<string, unknown>) => each.event_type === "error" && each.function_name === "encode",
    );
    expect(error).toMatchObject({ trace_id: traceId, task_id: "clip-tall", job_id: id });
    expect(error.error_details).toMatchObject({ class: "RangeError", message: "the crop is higher than the frame" });
    expect(error.error_details.stack).toContain("otel-program.ts");

    const { logs } = await ask(server, `jobs/${id}/logs`);
    const lines = logs.map((each: Record<string, unknown>) => [each.level, each.message]);
    expect(lines).toContainEqual(["info", "a quarter"]);
    expect(lines).toContainEqual(["warning", "one clip is missing"]);
    expect(lines.filter(([, message]: string[]) => message === "keyframe")).toHaveLength(2);
    expect(server.complaints).toEqual([]);
  });
});

test("a root that failed is a job that failed, with its exception", async () => {
  const server = await startTestServer();
  const id = `otel_${await export_(server, "protobuf", "fail")}`;
  expect(await ask(server, `jobs/${id}`)).toMatchObject({
    state: "failed",
    error: { error_message: "TypeError: nobody can watch this" },
  });
});

test("in a program of ours that another calls, the caller's trace goes on; and what it calls is under its job", async () => {
  const server = await startTestServer();
  const caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const traceId = caller.slice(3, 35);
  // What the sdk makes of a `traceparent` that came in: docs/instrumentation.md.
  await server.send(
    { ...server.record("ours", "job.created", { kind: "clips" }), correlation_id: traceId },
    server.record("ours", "job.state_changed", { new_state: "running" }),
  );
  const { stdout } = await run(process.execPath, [PROGRAM, "protobuf"], {
    timeout: 60_000,
    env: {
      ...process.env,
      TRACEPARENT: caller,
      OTEL_EXPORTER_OTLP_ENDPOINT: server.server.url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${server.server.accessKey}`,
    },
  });
  expect(stdout.trim()).toBe(traceId);
  const { executions } = await ask(server, "jobs/ours/executions?page_size=100");
  const root = executions.find((each: { function_name: string }) => each.function_name.startsWith("render the"));
  expect(root).toMatchObject({ trace_id: traceId, parent_span_id: caller.slice(36, 52), job_id: "ours" });
  expect(executions).toHaveLength(8);
  expect(await ask(server, "jobs/ours")).toMatchObject({ state: "running" });
});
