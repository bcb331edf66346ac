import { expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { createToldJob } from "../../test/told-job.ts";
import { setTimer } from "../engine-timer.ts";
import { createSqliteStore } from "../store/sqlite/open-store.ts";
import { createForecasts } from "./forecasts.ts";

const BEGIN_MS = Date.parse("2026-11-21T10:00:00.000Z");
/** So many that have something to tell are thought about at most. */
const MANY = 10_000;

/** Forecasts over a real store, told of jobs as the ingest tells them. */
async function setup() {
  let clockMs = BEGIN_MS;
  const nowMs = () => clockMs;
  const complaints: unknown[] = [];
  const store = await createSqliteStore({ folder: tempFolder(), nowMs, newEpoch: () => "e1" });
  onTestFinished(() => store.close());
  const forecasts = createForecasts({
    ...{ store, nowMs, setTimer, keepMs: () => 1_000_000 },
    onError: (error) => void complaints.push(error),
  });
  onTestFinished(forecasts.close);
  onTestFinished(() => expect(complaints).toEqual([]));

  /** @param isOfStore whether it had been announced before it came into memory */
  function submit(jobId: string, isOfStore = false) {
    const { draft, happens } = createToldJob(jobId, nowMs, (...folded) => followed?.folded(...folded));
    let followed = isOfStore ? null : forecasts.open(draft, () => undefined);
    happens("job.created", { kind: "clips", title: jobId });
    followed ??= forecasts.open(draft, () => undefined);
    return { draft, happens, followed };
  }

  function pass(sec: number): void {
    clockMs += sec * 1_000;
  }

  return { forecasts, submit, pass };
}

test.each([
  { name: "that was announced just now", isOfStore: false },
  { name: "of the store", isOfStore: true },
])("a job $name is forecast once it begins, though ten thousand others wait", async ({ isOfStore }) => {
  const { forecasts, submit, pass } = await setup();
  for (let number = 0; number < MANY; number++) submit(`job_${number}`, isOfStore);
  const { draft, happens, followed } = submit("last", isOfStore);
  expect(await forecasts.forecastOf(draft)).toMatchObject({ finish: null, basis: { items_total: 0 } });

  happens("job.state_changed", { old_state: "pending", new_state: "running" });
  for (const task_id of ["a", "b", "c", "d"]) happens("task.created", { task_id, kind: "clip", title: task_id });
  happens("task.started", { task_id: "a" });
  pass(20);
  happens("task.completed", { task_id: "a" });
  await expect
    .poll(() => forecasts.forecastOf(draft))
    .toMatchObject({ basis: { items_total: 4, items_left: 3, slots: 1 }, finish: { ms: expect.any(Number) } });
  const { finish } = await forecasts.forecastOf(draft);
  const leftSec = ((finish?.ms ?? Number.NaN) - BEGIN_MS) / 1_000 - 20;
  expect(leftSec).toBeGreaterThan(30);
  expect(leftSec).toBeLessThan(120);
  followed.close();
});
