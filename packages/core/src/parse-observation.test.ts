import { describe, expect, test } from "vitest";
import { PlayheadError } from "./errors.ts";
import { isObservation, parseObservation } from "./parse-observation.ts";
import { parseReported } from "./parse-record.ts";
import { createSketch } from "./sketch.ts";

const HEAD = { ts: "2026-11-21T10:42:00.000Z", n: 7 } as const;
const CALL = { span_id: "b7ad6b7169203331", parent_span_id: null, name: "probe", category: "function" } as const;
const ERROR = {
  class: "TypeError",
  message: "no",
  code: "E",
  stack: "at x",
  causes: [{ class: "Error", message: "" }],
};
const SAMPLE = {
  host: "h",
  cpu_percent: null,
  memory_used_bytes: 1,
  memory_total_bytes: 2,
  process_memory_bytes: 1,
  event_loop_delay_ms: 0.5,
  disk_used_bytes: null,
  disk_total_bytes: null,
  temp_bytes: null,
  active_jobs: 0,
  gauges: { slots: 2 },
};
const TOTALS = {
  name: "hot",
  category: "function",
  count: 2,
  errors: 0,
  duration_sum_ms: 3,
  duration_min_ms: 1,
  duration_max_ms: 2,
  sketch: createSketch().encode(),
};

const VALID = {
  log: { ...HEAD, type: "log", job_id: "j", data: { level: "warning", message: "slow", fields: { a: [1, null] } } },
  started: { ...HEAD, type: "function.started", data: { ...CALL, parameters: { x: "1" }, stage: "s" } },
  completed: {
    ...HEAD,
    type: "function.completed",
    correlation_id: "0af7651916cd43dd8448eb211c80319c",
    data: { ...CALL, parent_span_id: "00f067aa0ba902b7", duration_ms: 1.25, cpu_ms: 1, result_summary: "" },
  },
  failed: { ...HEAD, type: "function.failed", data: { ...CALL, duration_ms: 0, error: ERROR } },
  summarized: { ...HEAD, type: "function.summarized", data: TOTALS },
  sampled: { ...HEAD, type: "system.sampled", data: SAMPLE },
};

function refusalOf(value: unknown): PlayheadError | null {
  try {
    parseReported(value);
    return null;
  } catch (error) {
    if (error instanceof PlayheadError) return error;
    throw error;
  }
}

const nestedError = (depth: number): object => ({
  class: "Error",
  message: "m",
  ...(depth > 0 && { causes: [nestedError(depth - 1)] }),
});

describe("parsing an observation", () => {
  test.each(Object.entries(VALID))("takes %s as it is, and leaves out what it does not know", (_, given) => {
    expect(parseReported(given)).toStrictEqual(given);
    expect(parseReported({ ...given, source: "w", data: { ...given.data, later: true } })).toStrictEqual(given);
    expect(isObservation(given)).toBe(true);
  });

  test("facts and ticks are none", () => {
    const fact = { ...HEAD, type: "job.updated", job_id: "j", data: {} };
    expect(parseReported(fact)).toStrictEqual(fact);
    expect(isObservation(fact)).toBe(false);
    expect(refusalOf(null)?.message).toContain("expected record to be a JSON object");
  });

  test("a line's level that we do not know counts as info, and fields that are no object are left out", () => {
    const given = { ...VALID.log, data: { level: "loud", message: "", fields: "none" } };
    expect(parseObservation(given).data).toStrictEqual({ level: "info", message: "" });
  });

  test("a call without a parent has none", () => {
    const { parent_span_id: _, ...call } = CALL;
    expect(parseObservation({ ...VALID.started, data: call }).data).toStrictEqual(CALL);
  });

  test("errors go eight causes deep", () => {
    const given = (depth: number) => ({ ...VALID.failed, data: { ...VALID.failed.data, error: nestedError(depth) } });
    expect(parseObservation(given(7))).toStrictEqual(given(7));
    expect(refusalOf(given(8))?.message).toContain("at most 8 deep");
  });

  test.each([
    { path: "n", given: { ...VALID.log, n: undefined } },
    { path: "n", given: { ...VALID.log, n: 0 } },
    { path: "ts", given: { ...VALID.log, ts: "yesterday" } },
    { path: "job_id", given: { ...VALID.log, job_id: "a/b" } },
    { path: "correlation_id", given: { ...VALID.log, correlation_id: "x" } },
    { path: "data", given: { ...VALID.log, data: [] } },
    { path: "data.message", given: { ...VALID.log, data: { level: "info" } } },
    { path: "data.message", given: { ...VALID.log, data: { message: "x".repeat(1_000_001) } } },
    { path: "data.task_id", given: { ...VALID.log, data: { message: "", task_id: "" } } },
    { path: "data.fields", given: { ...VALID.log, data: { message: "", fields: { big: 7n } } } },
    { path: "data.span_id", given: { ...VALID.started, data: { ...CALL, span_id: "0".repeat(16) } } },
    { path: "data.span_id", given: { ...VALID.started, data: { ...CALL, span_id: CALL.span_id.toUpperCase() } } },
    { path: "data.parent_span_id", given: { ...VALID.started, data: { ...CALL, parent_span_id: "x" } } },
    { path: "data.name", given: { ...VALID.started, data: { ...CALL, name: "" } } },
    { path: "data.name", given: { ...VALID.started, data: { ...CALL, name: "n".repeat(501) } } },
    { path: "data.category", given: { ...VALID.started, data: { ...CALL, category: "toString" } } },
    { path: "data.parameters", given: { ...VALID.started, data: { ...CALL, parameters: [1] } } },
    { path: "data.duration_ms", given: { ...VALID.completed, data: CALL } },
    { path: "data.duration_ms", given: { ...VALID.completed, data: { ...CALL, duration_ms: -1 } } },
    { path: "data.duration_ms", given: { ...VALID.completed, data: { ...CALL, duration_ms: Number.NaN } } },
    { path: "data.error", given: { ...VALID.failed, data: { ...CALL, duration_ms: 1 } } },
    { path: "data.error.class", given: { ...VALID.failed, data: { ...CALL, duration_ms: 1, error: { message: "" } } } },
    {
      path: "data.error.errors",
      given: {
        ...VALID.failed,
        data: { ...CALL, duration_ms: 1, error: { ...ERROR, errors: Array(101).fill(ERROR) } },
      },
    },
    { path: "data.count", given: { ...VALID.summarized, data: { ...TOTALS, count: 1.5 } } },
    { path: "data.sketch", given: { ...VALID.summarized, data: { ...TOTALS, sketch: "no sketch" } } },
    { path: "data.cpu_percent", given: { ...VALID.sampled, data: { ...SAMPLE, cpu_percent: "1" } } },
    { path: "data.gauges.slots", given: { ...VALID.sampled, data: { ...SAMPLE, gauges: { slots: null } } } },
  ])("refuses a wrong $path, and says which", ({ path, given }) => {
    const refusal = refusalOf(given);
    expect([refusal?.code, refusal?.detail]).toEqual(["validation_error", { path }]);
    expect(refusal?.message).toContain(`expected ${path} to be `);
    expect(refusal?.message.length).toBeLessThan(300);
  });
});
