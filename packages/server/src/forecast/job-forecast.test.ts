import {
  applyEvent,
  createForecastHistory,
  draftOf,
  emptyJob,
  type JsonObject,
  type PlayheadEvent,
} from "@playhead/core";
import { expect, test } from "vitest";
import { createJobForecast } from "./job-forecast.ts";

const BEGIN_MS = Date.parse("2026-11-21T10:00:00.000Z");

test("without past jobs it is due again when its first second is over, and not before, whatever happens", () => {
  let clockMs = BEGIN_MS;
  const nowMs = () => clockMs;
  const job = draftOf(emptyJob("job"));
  const forecast = createJobForecast({ job, nowMs, backlog: { size: 0 }, maySpend: () => true });
  function happens(type: PlayheadEvent["type"], data: JsonObject): void {
    const event = {
      type,
      ts: new Date(clockMs).toISOString(),
      job_id: "job",
      seq: job.seq + 1,
      correlation_id: "c",
      data,
    };
    const find = () => (typeof data.task_id === "string" ? job.tasks.get(data.task_id) : undefined);
    const before = find();
    applyEvent(job, event);
    forecast.folded(event, before, find());
  }
  happens("job.created", { kind: "clips" });
  happens("job.state_changed", { old_state: "pending", new_state: "running" });
  forecast.follow(createForecastHistory());
  happens("task.created", { task_id: "a", kind: "clip" });
  expect(forecast.dueMs(clockMs)).toBeLessThanOrEqual(clockMs);

  expect(forecast.work(clockMs)).toBe(false);
  happens("task.started", { task_id: "a" });
  expect(forecast.dueMs(clockMs)).toBe(BEGIN_MS + 1_000);

  clockMs += 1_000;
  expect(forecast.work(clockMs)).toBe(true);
  expect(forecast.leftAt(clockMs)).not.toBeNull();
});
