import { createForecastHistory } from "@playhead/core";
import { expect, test } from "vitest";
import { createToldJob } from "../../test/told-job.ts";
import { createJobForecast } from "./job-forecast.ts";

const BEGIN_MS = Date.parse("2026-11-21T10:00:00.000Z");

function setup() {
  const clock = { ms: BEGIN_MS };
  const nowMs = () => clock.ms;
  const { draft: job, happens, ticks } = createToldJob("job", nowMs, (...folded) => forecast.folded(...folded));
  const forecast = createJobForecast({ job, nowMs, backlog: { size: 0 }, maySpend: () => true });
  happens("job.created", { kind: "clips" });
  happens("job.state_changed", { old_state: "pending", new_state: "running" });
  forecast.follow(createForecastHistory());
  happens("task.created", { task_id: "a", kind: "clip" });
  return { clock, happens, ticks, forecast };
}

test("without past jobs it is due again when its first second is over, and not before, whatever happens", () => {
  const { clock, happens, forecast } = setup();
  expect(forecast.dueMs(clock.ms)).toBeLessThanOrEqual(clock.ms);

  expect(forecast.work(clock.ms)).toBe(false);
  happens("task.started", { task_id: "a" });
  expect(forecast.dueMs(clock.ms)).toBe(BEGIN_MS + 1_000);

  clock.ms += 1_000;
  expect(forecast.work(clock.ms)).toBe(true);
  expect(forecast.leftAt(clock.ms)).not.toBeNull();
});

test.each([
  { percent: 90, afterSec: 10, left: "a second", newsMs: [1_000, 1_000], quietMs: [1_000, 1_000] },
  { percent: 20, afterSec: 10, left: "half a minute", newsMs: [3_000, 4_000], quietMs: [3_000, 4_000] },
  { percent: 20, afterSec: 600, left: "half an hour", newsMs: [5_000, 5_000], quietMs: [30_000, 60_000] },
])("with $left left it is due after a tenth of that, of a second to five; where nothing happens later", (each) => {
  const { clock, happens, ticks, forecast } = setup();
  happens("task.started", { task_id: "a" });
  clock.ms += each.afterSec * 1_000;
  ticks({ task_id: "a", percent_complete: each.percent });
  expect(forecast.work(clock.ms)).toBe(true);
  const quietMs = forecast.dueMs(clock.ms) - clock.ms;
  ticks({ task_id: "a", percent_complete: each.percent + 0.1 });
  const newsMs = forecast.dueMs(clock.ms) - clock.ms;
  for (const [ms, [least, most]] of [
    [newsMs, each.newsMs],
    [quietMs, each.quietMs],
  ] as const) {
    expect(ms).toBeGreaterThanOrEqual(least as number);
    expect(ms).toBeLessThanOrEqual(most as number);
  }
});
