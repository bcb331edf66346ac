import type { AlertNotification } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ALERTS_START_MS, ruleOf, TENANT } from "../../test/alert-findings.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { createJobScript } from "../store/conformance/job-script.ts";
import { createSqliteStore } from "../store/sqlite/open-store.ts";
import { createEvaluator } from "./evaluate/evaluator.ts";
import { heardOfFact } from "./hear.ts";
import { createLife } from "./life/life.ts";
import { createRunner } from "./runner.ts";

const JOB_RULE = ruleOf({
  name: "Stage",
  condition: 'events("stage.failed") > 0',
  group_by: ["job_id"],
  time_window: 1,
});
const COUNT_RULE = ruleOf({ name: "Many", condition: 'events("stage.failed") > 2', time_window: 2 });
const RULES = [JOB_RULE, COUNT_RULE].map((rule) => ({ tenantId: TENANT, rule }));

type Store = Awaited<ReturnType<typeof createSqliteStore>>;

/** The alerts of a process: what it remembers is gone with it. */
async function startAlerts(store: Store, nowMs: () => number, skipped: string[] = []) {
  const life = createLife({ channels: () => [{ channel: "ops", type: "webhook" }], publicUrl: () => null });
  const evaluator = createEvaluator();
  life.setRules(RULES, nowMs());
  evaluator.setRules(RULES.map(({ tenantId, rule }) => ({ tenantId, rule })));
  const runner = createRunner({
    store,
    evaluator,
    life,
    nowMs,
    heardOf: (fact) => heardOfFact(fact, null),
    onTenant: () => undefined,
    onStored: () => undefined,
    onAlerts: () => undefined,
    onSkipped: (message, count) => skipped.push(`${count} ${message}`),
    onError: (error) => expect.unreachable(String(error)),
  });
  await runner.start();
  return runner;
}

/** What happens, second by second: a stage fails in that job; or nothing, for a while. */
const anyTimes = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ job: fc.integer({ min: 0, max: 3 }), wait: fc.constant(1) }) },
    { weight: 1, arbitrary: fc.record({ job: fc.constant(null), wait: fc.integer({ min: 1, max: 150 }) }) },
  ),
  { minLength: 5, maxLength: 25 },
);

interface Times {
  readonly job: number | null;
  readonly wait: number;
}

/** Lives through it all. @param dies whether the process ends there, and at which point */
async function live(times: readonly Times[], dies: (step: number) => "no" | "before" | "after") {
  let nowMs = ALERTS_START_MS;
  const clock = () => nowMs;
  const folder = tempFolder();
  const store = await createSqliteStore({ folder, nowMs: clock, newEpoch: () => "e", segmentSize: 50 });
  try {
    const jobs = [0, 1, 2, 3].map((job) =>
      createJobScript({ jobId: `job_${job}`, tenantId: TENANT, createdMs: nowMs }),
    );
    for (const job of jobs) {
      job.report("job.state_changed", { new_state: "running" });
      await store.commit(job.group());
    }
    let alerts = await startAlerts(store, clock);
    await alerts.step();
    for (const [step, { job, wait }] of [...times, { job: null, wait: 200 }].entries()) {
      const script = jobs[job ?? -1];
      if (script !== undefined) {
        script.moveTo(nowMs);
        script.report("stage.started", { task_id: `t${step}`, stage: "merging" });
        script.moveTo(nowMs);
        script.report("stage.failed", { task_id: `t${step}`, stage: "merging", error_code: "disk_full" });
        await store.commit(script.group());
      }
      // Dead before it has heard of it, or after: whatever it had in memory alone is gone.
      if (dies(step) === "before") alerts = await startAlerts(store, clock);
      for (let second = 0; second < wait; ) {
        // The first seconds one by one.
        const next = second < 3 ? 1 : 20;
        second += next;
        nowMs += next * 1_000;
        await alerts.step();
      }
      if (dies(step) === "after") alerts = await startAlerts(store, clock);
    }
    const { items } = await store.listDeliveries({ tenantId: TENANT, limit: 1_000 });
    const rows = await Promise.all(items.map(({ delivery_id }) => store.readDelivery(TENANT, delivery_id)));
    const told = rows.flatMap((row) => (row === null ? [] : [row.notification]));
    expect(new Set(told.map(({ notification_id }) => notification_id)).size).toBe(told.length);
    return told.map(wordsOf).toSorted();
  } finally {
    await store.close();
  }
}

function wordsOf({ kind, rule_name, created_at, alert_count, count, causes }: AlertNotification): string {
  return JSON.stringify([created_at, rule_name, kind, alert_count, count, causes]);
}

test("restarts at any point lose nothing of what is to be told, and repeat nothing", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTimes,
      fc.array(fc.constantFrom("no", "before", "after"), { minLength: 26, maxLength: 26 }),
      async (times, deaths) => {
        const steady = await live(times, () => "no");
        const restarted = await live(times, (step) => (deaths[step] ?? "no") as "no" | "before" | "after");
        expect(restarted).toEqual(steady);
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
});

test("a position that is lost begins at the end of the log; facts of before are history", async () => {
  const store = await createSqliteStore({ folder: tempFolder(), nowMs: Date.now, newEpoch: () => "e" });
  const script = createJobScript({ jobId: "j", tenantId: TENANT });
  script.report("job.state_changed", { new_state: "running" });
  script.report("stage.started", { task_id: "t", stage: "merging" });
  script.report("stage.failed", { task_id: "t", stage: "merging" });
  await store.commit(script.group());
  const skipped: string[] = [];
  const alerts = await startAlerts(store, () => ALERTS_START_MS, skipped);
  await alerts.step();
  expect([(await store.listAlerts({ tenantId: TENANT, limit: 9 })).items, skipped]).toEqual([[], []]);
  await store.close();
});

test("what cannot be stored is stored later, once", async () => {
  let nowMs = ALERTS_START_MS;
  const store = await createSqliteStore({ folder: tempFolder(), nowMs: () => nowMs, newEpoch: () => "e" });
  const script = createJobScript({ jobId: "j", tenantId: TENANT, createdMs: nowMs });
  script.report("job.state_changed", { new_state: "running" });
  await store.commit(script.group());
  let isFull = false;
  const refusing = {
    ...store,
    putAlerts: async (group: Parameters<Store["putAlerts"]>[0]) => {
      if (isFull) throw new Error("the disk is full");
      await store.putAlerts(group);
    },
  };
  const alerts = await startAlerts(refusing, () => nowMs);
  script.report("stage.started", { task_id: "t", stage: "merging" });
  script.report("stage.failed", { task_id: "t", stage: "merging" });
  await store.commit(script.group());
  isFull = true;
  for (let second = 0; second < 5; second++) {
    nowMs += 1_000;
    await expect(alerts.step()).rejects.toThrow("full");
  }
  isFull = false;
  nowMs += 1_000;
  await alerts.step();
  const { items } = await store.listDeliveries({ tenantId: TENANT, limit: 9 });
  expect(items).toMatchObject([{ kind: "trigger", rule_name: "Stage" }]);
  await store.close();
});
