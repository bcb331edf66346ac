import type { JobSummary, PlayheadEvent } from "@playhead/core";
import { expect, test } from "vitest";
import { runningJob } from "../../test/jobs.ts";
import { eventRow, jobRow } from "./batch.ts";

const event = (message: string): PlayheadEvent => ({
  type: "job.failed",
  ts: "2026-11-21T10:42:00.000Z",
  job_id: "job_a",
  seq: 3,
  correlation_id: "c",
  data: { message },
});
const messageOf = (text: string) => JSON.parse(eventRow("acme", event(text))).data.message;

test.each([
  { name: "plain text", given: "Folge 12 · 日本 🎬", expected: "Folge 12 · 日本 🎬" },
  { name: "the character 0", given: "a\u0000b", expected: "a�b" },
  { name: "half a pair, first and last", given: "\ud83c x \udfac", expected: "� x �" },
  { name: "what only looks like an escape", given: "\\u0000 \\\\u0000 \\ud83c", expected: "\\u0000 \\\\u0000 \\ud83c" },
  { name: "other control characters", given: "\u0001\u001f\u007f\n", expected: "\u0001\u001f\u007f\n" },
])("jsonb takes $name", ({ given, expected }) => {
  expect(messageOf(given)).toBe(expected);
});

test("an event is told with its tenant, and as it is", () => {
  expect(JSON.parse(eventRow("acme", event("x")))).toEqual({ ...event("x"), tenant_id: "acme" });
});

test("a job's row has what viewers need, whole milliseconds, and nothing that its creator attached", () => {
  const made = runningJob("job_a");
  const progress = { ...made.progress, eta_ms: 1234.56, percent_complete: 41.5 };
  const job = { ...made, metadata: { input: "/srv/a.mov" }, progress };
  const row = JSON.parse(jobRow(job));
  expect(row).toMatchObject({ job_id: "job_a", state: "running", eta_ms: 1235, percent_complete: 41.5, seq: job.seq });
  expect(row).not.toHaveProperty("metadata");
});

test("a job that is over has no time left", () => {
  const job: JobSummary = { ...runningJob("job_a"), state: "canceled" };
  expect(JSON.parse(jobRow(job))).toMatchObject({ state: "canceled", eta_ms: null, estimated_completion: null });
});
