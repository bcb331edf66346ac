import { healthReport } from "@playhead/core";
import { expect, test } from "vitest";
import { healthJsonOf, prefersHealthJson } from "./health-json.ts";

test.each([
  { accept: undefined, expected: false },
  { accept: "*/*", expected: false },
  { accept: "application/json", expected: false },
  { accept: "application/health+json", expected: true },
  { accept: "Application/Health+JSON; q=0.9, text/html;q=0.5", expected: true },
  { accept: "application/json, application/health+json", expected: true },
  { accept: "application/json, application/health+json;q=0.5", expected: false },
  { accept: "application/health+json;q=0", expected: false },
  { accept: "application/health+json;q=x", expected: false },
])("Accept: $accept", ({ accept, expected }) => expect(prefersHealthJson(accept)).toBe(expected));

test("a report in the words of the draft", () => {
  const part = (component: string, status: "healthy" | "warning" | "critical", message: string) => ({
    component,
    status,
    message,
    details: {},
    response_time_ms: 12,
  });
  const report = healthReport(
    [
      part("ffmpeg", "healthy", "ffmpeg 7.1"),
      part("object_storage", "critical", "refused"),
      part("x", "warning", "so-so"),
    ],
    0,
    15,
  );
  const measured = { componentType: "system", observedValue: 12, observedUnit: "ms", time: "1970-01-01T00:00:00.000Z" };
  expect(healthJsonOf(report, "1.2.3")).toEqual({
    status: "fail",
    version: "1",
    releaseId: "1.2.3",
    serviceId: "playhead",
    description: "how Playhead and its parts are",
    notes: ["1 healthy, 1 warning, 1 critical"],
    output: "object_storage: refused; x: so-so",
    checks: {
      "ffmpeg:responseTime": [{ ...measured, componentId: "ffmpeg", status: "pass" }],
      "object_storage:responseTime": [
        { ...measured, componentId: "object_storage", componentType: "datastore", status: "fail", output: "refused" },
      ],
      "x:responseTime": [{ ...measured, componentId: "x", status: "warn", output: "so-so" }],
    },
  });
  expect(healthJsonOf(healthReport([], 0, 0), "1.2.3")).toMatchObject({ status: "pass", checks: {} });
});
