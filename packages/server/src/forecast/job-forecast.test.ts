import { createForecastHistory } from "@playhead/core";
import { expect, test } from "vitest";
import { createToldJob } from "../../test/told-job.ts";
import { createJobForecast } from "./job-forecast.ts";

const BEGIN_MS = Date.parse("2026-11-21T10:00:00.000Z");

test("without past jobs it is due again when its first second is over, and not before, whatever happens", () => {
  let clockMs = BEGIN_MS;
  const nowMs = () => clockMs;
  const { draft: job, happens } = createToldJob("job", nowMs, (...folded) => forecast.folded(...folded));
  const forecast = createJobForecast({ job, nowMs, backlog: { size: 0 }, maySpend: () => true });
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
