import type { ErrorCode, EventRecord, EventType, JsonObject } from "@playhead/core";
import { expect, test } from "vitest";
import { afterRefusal } from "./job-end.ts";

const SUMMARY = { clips: 3 };

test.for<{ type: EventType; state: string | undefined; code?: ErrorCode; expected: [EventType, JsonObject][] | null }>([
  { type: "job.state_changed", state: "running", expected: [] },
  { type: "job.state_changed", state: "canceling", expected: [] },
  { type: "job.state_changed", state: "failed", expected: null },
  { type: "job.state_changed", state: undefined, expected: null },
  { type: "job.state_changed", state: "running", code: "not_found", expected: null },
  { type: "job.completed", state: "canceling", expected: [["job.canceled", { reason: "canceled", summary: SUMMARY }]] },
  {
    type: "job.completed",
    state: "paused",
    expected: [
      ["job.state_changed", { new_state: "running", reason: "its work is done" }],
      ["job.completed", { summary: SUMMARY }],
    ],
  },
  { type: "job.completed", state: "canceled", expected: null },
  { type: "job.failed", state: "canceled", expected: null },
  { type: "task.started", state: "completed", expected: null },
])("$type refused in $state, $code: $expected", ({ type, state, code = "conflict", expected }) => {
  const record: EventRecord = { type, ts: "2026-11-21T10:00:00.000Z", job_id: "j", n: 1, data: { summary: SUMMARY } };
  const refused = { n: 1, error_code: code, error_message: "no", error_class: "input", detail: { state } } as const;
  const instead = afterRefusal(record, refused);
  expect(instead?.map((each) => [each.type, each.data]) ?? null).toEqual(expected);
});
