import type { AlertNotification, JsonObject } from "@playhead/core";
import { expect, onTestFinished, test } from "vitest";
import { line } from "../test/api.ts";
import { tempFolder } from "../test/temp-folder.ts";
import { startReceiver } from "../test/webhook-receiver.ts";
import { createChannels } from "./alerts/channels/all.ts";
import { createEngine, type Engine } from "./engine.ts";
import { DEFAULT_ALERTS } from "./engine-alerts.ts";
import { createAddressGuard } from "./outbound/address-guard.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

const JOBS = 50;
const CLIPS = 200;
const MINUTE_MS = 60_000;
const RULE = {
  name: "Clips fail",
  condition: 'events("task.failed") > 0',
  time_window: 1,
  group_by: ["job_id"],
  level: "error",
};
const PATIENTLY = { timeout: 30_000 };

/** An engine whose clock can be put ahead, and a receiver of what it tells of {@link RULE}. */
async function startStorm() {
  const receiver = await startReceiver(204);
  const guard = createAddressGuard({ allowPrivate: true, words: { field: "url", setting: "channels" } });
  const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const hook = { type: "webhook", url: receiver.url, secret, headers: {}, timeout_seconds: 5 } as const;
  let aheadMs = 0;
  const engine = await createEngine({
    dataFolder: tempFolder(),
    log: () => {},
    nowMs: () => Date.now() + aheadMs,
    alerts: { ...DEFAULT_ALERTS, channels: createChannels({ hook }, { guard, nowMs: Date.now, env: {} }) },
  });
  onTestFinished(() => engine.close());
  await engine.alerts.putRule(DEFAULT_TENANT, null, RULE);
  return {
    engine,
    passMinutes(count: number): void {
      aheadMs += count * MINUTE_MS;
    },
    told: (): readonly AlertNotification[] =>
      receiver.received.map(({ text }) => JSON.parse(text).data).filter(({ rule_name }) => rule_name === RULE.name),
  };
}

/** One job of which every clip fails. */
async function failJob(engine: Engine, jobId: string): Promise<void> {
  let n = 0;
  const say = (type: string, data: JsonObject) => line(++n, type as never, jobId, data, jobId);
  const records = [say("job.created", { kind: "clips" }), say("job.state_changed", { new_state: "running" })];
  for (let clip = 0; clip < CLIPS; clip++) {
    const task_id = `clip_${clip}`;
    const error_code = clip % 4 === 0 ? "disk_full" : "encoder_failed";
    records.push(say("task.created", { task_id, kind: "clip" }), say("task.started", { task_id }));
    records.push(say("task.failed", { task_id, error_code, error_message: "no" }));
  }
  const { refused } = await engine.local.ingest({ source: jobId, records: records as never });
  expect(refused).toEqual([]);
}

test("ten thousand clips that fail in a minute are told of once, with how many and why; and that it is over, once", async () => {
  const { engine, passMinutes, told } = await startStorm();
  for (let job = 0; job < JOBS; job++) await failJob(engine, `job-${job}`);
  await expect.poll(() => told().map(({ kind }) => kind), PATIENTLY).toEqual(["trigger"]);
  const firing = () => engine.alerts.listAlerts({ tenantId: DEFAULT_TENANT, states: ["firing"], limit: 200 });
  const ofRule = async () => (await firing()).items.filter(({ rule_name }) => rule_name === RULE.name);
  const clips = async () => (await ofRule()).reduce((sum, { count }) => sum + count, 0);
  await expect.poll(clips, PATIENTLY).toBe(JOBS * CLIPS);

  passMinutes(5);
  await expect.poll(() => told().map(({ kind }) => kind), PATIENTLY).toEqual(["trigger", "resolve"]);
  const [trigger, resolve] = told();
  expect(resolve).toMatchObject({
    group_key: trigger?.group_key,
    alert_count: JOBS,
    count: JOBS * CLIPS,
    causes: [
      { cause: "encoder_failed", count: JOBS * CLIPS * 0.75 },
      { cause: "disk_full", count: JOBS * CLIPS * 0.25 },
    ],
  });
  expect(trigger?.causes[0]).toMatchObject({ cause: "encoder_failed" });
  // Nothing more comes of it.
  passMinutes(10);
  await expect.poll(ofRule, PATIENTLY).toEqual([]);
  expect(told()).toHaveLength(2);
});
