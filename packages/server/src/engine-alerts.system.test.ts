import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { AlertNotification } from "@playhead/core";
import { Webhook } from "standardwebhooks";
import { describe, expect, onTestFinished, test } from "vitest";
import { line, ofNow } from "../test/api.ts";
import { tempFolder } from "../test/temp-folder.ts";
import { type ReceiverAnswer, startReceiver } from "../test/webhook-receiver.ts";
import { createChannels } from "./alerts/channels/all.ts";
import { createEngine, type Engine } from "./engine.ts";
import { DEFAULT_ALERTS, DEFAULT_THRESHOLDS } from "./engine-alerts.ts";
import { createAddressGuard } from "./outbound/address-guard.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

const SCRIPT = fileURLToPath(new URL("../fixtures/alert-until-killed.ts", import.meta.url));
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
/** The machine of the tests may be busy. */
const QUIET = {
  ...DEFAULT_THRESHOLDS,
  cpu_percent: 200,
  memory_percent: 200,
  memory_critical_percent: 200,
  disk_percent: 200,
};
const guard = createAddressGuard({ allowPrivate: true, words: { field: "url", setting: "channels" } });

interface Message {
  readonly type: string;
  readonly data: AlertNotification;
}

/** A receiver that checks signatures, and what it got. */
async function startHook(...answers: readonly ReceiverAnswer[]) {
  const receiver = await startReceiver(...answers);
  const check = ({ text, headers }: Awaited<ReturnType<typeof receiver.got>>[number]) =>
    new Webhook(SECRET).verify(text, headers as Record<string, string>) as Message;
  return { ...receiver, messages: async (count: number) => (await receiver.got(count)).map(check) };
}

async function startEngine(hookUrl: string | null, data = tempFolder()): Promise<Engine> {
  const settings = { type: "webhook", url: hookUrl ?? "", secret: SECRET, headers: {}, timeout_seconds: 5 } as const;
  const channels = createChannels(hookUrl === null ? {} : { hook: settings }, { guard, nowMs: Date.now, env: {} });
  const engine = await createEngine({
    dataFolder: data,
    log: () => {},
    alerts: { ...DEFAULT_ALERTS, thresholds: QUIET, channels },
  });
  onTestFinished(() => engine.close());
  return engine;
}

/** A merge whose stage fails. */
async function failStage(engine: Engine, jobId: string): Promise<void> {
  const records = ofNow([
    line(1, "job.created", jobId, { kind: "merge" }, jobId),
    line(2, "job.state_changed", jobId, { new_state: "running" }, jobId),
    line(3, "stage.started", jobId, { task_id: "s", stage: "merging" }, jobId),
    line(4, "stage.failed", jobId, { task_id: "s", stage: "merging", error_code: "disk_full" }, jobId),
  ]);
  const { refused } = await engine.local.ingest({ source: jobId, records: records as never });
  expect(refused).toEqual([]);
}

describe("alerts of a whole engine", () => {
  test("a stage that fails is told of at once, on a real channel, signed; and can be seen to", async () => {
    const hook = await startHook(204);
    const { alerts, ...engine } = await startEngine(hook.url);
    await failStage(engine as Engine, "job-1");
    const [message] = await hook.messages(1);
    expect(message).toMatchObject({
      type: "alert.fired",
      data: {
        kind: "trigger",
        rule_name: "Stage failed",
        alert_count: 1,
        count: 1,
        causes: [{ cause: "disk_full", count: 1 }],
        alerts: [{ state: "firing", labels: { job_id: "job-1", stage: "merging" }, job_id: "job-1" }],
      },
    });
    const { items } = await alerts.listAlerts({
      tenantId: DEFAULT_TENANT,
      states: ["firing"],
      ruleId: "builtin-stage-failed",
      limit: 9,
    });
    expect(items).toHaveLength(1);
    const alertId = items[0]?.alert_id ?? "";
    expect(await alerts.acknowledge(DEFAULT_TENANT, alertId, "ann")).toMatchObject({ acknowledged_by: "ann" });
    expect((await alerts.readAlert(DEFAULT_TENANT, alertId)).acknowledged_by).toBe("ann");
    expect((await hook.messages(2))[1]).toMatchObject({
      type: "alert.acknowledged",
      data: { group_key: message?.data.group_key },
    });
    await expect(alerts.acknowledge("other", alertId, "eve")).rejects.toMatchObject({ code: "not_found" });
    await expect
      .poll(() => alerts.listDeliveries({ tenantId: DEFAULT_TENANT, channel: "hook", limit: 9 }))
      .toMatchObject({
        items: [{ kind: "acknowledge" }, { kind: "trigger", state: "sent", attempts: [{ error: null }] }],
      });
    await expect.poll(alerts.status).toMatchObject({ firing: 1, pendingDeliveries: 0, deadDeliveries: 0, lagMs: 0 });
    expect(Date.parse(alerts.status().lastRunAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
    // Removed, the rule ends its alerts; a built-in one that was changed goes back to what it was.
    const rule = await alerts.readRule(DEFAULT_TENANT, "builtin-stage-failed");
    await alerts.putRule(DEFAULT_TENANT, rule.rule_id, {
      name: rule.name,
      condition: rule.condition,
      time_window: 5,
      level: "error",
      group_by: ["job_id", "stage"],
      enabled: false,
    });
    expect((await hook.messages(3))[2]).toMatchObject({
      type: "alert.resolved",
      data: { alerts: [{ state: "resolved" }] },
    });
    expect(await alerts.removeRule(DEFAULT_TENANT, rule.rule_id)).toBe(true);
    expect(await alerts.readRule(DEFAULT_TENANT, rule.rule_id)).toEqual(rule);
  });

  test("rules of one's own are checked, kept over a restart, told of by what calls and health say; silences hold back", async () => {
    const hook = await startHook(204);
    const data = tempFolder();
    const first = await startEngine(null, data);
    const draft = {
      name: "Probe breaks",
      condition: 'errors("probe") >= 2',
      time_window: 5,
      level: "critical",
      labels: { team: "video" },
    };
    const rule = await first.alerts.putRule(DEFAULT_TENANT, null, draft);
    await expect(first.alerts.putRule(DEFAULT_TENANT, null, draft)).rejects.toMatchObject({ code: "conflict" });
    await expect(
      first.alerts.putRule(DEFAULT_TENANT, null, { ...draft, condition: "constructor" }),
    ).rejects.toMatchObject({ code: "validation_error" });
    await expect(first.alerts.readRule("other", rule.rule_id)).rejects.toMatchObject({ code: "not_found" });
    const silence = await first.alerts.silence(
      DEFAULT_TENANT,
      { matchers: { team: "video" }, minutes: 30, reason: "upgrade" },
      "ann",
    );
    await first.close();

    const { alerts, ...engine } = await startEngine(hook.url, data);
    expect(await alerts.readRule(DEFAULT_TENANT, rule.rule_id)).toEqual(rule);
    expect(await alerts.listSilences(DEFAULT_TENANT)).toEqual([silence]);
    const call = { name: "probe", category: "function", parent_span_id: null, duration_ms: 5 };
    const error = { class: "Error", message: "no video", code: "no_video" };
    const records = [1, 2].map((n) =>
      line(n, "function.failed", undefined as never, { ...call, span_id: `b7ad6b716920333${n}`, error }, "w"),
    );
    await engine.local.ingest({ source: "w", records: records as never });
    const listed = () => alerts.listDeliveries({ tenantId: DEFAULT_TENANT, alertRuleId: rule.rule_id, limit: 9 });
    await expect
      .poll(listed)
      .toMatchObject({ items: [{ state: "suppressed", reason: expect.stringContaining("upgrade") }] });
    expect(await alerts.endSilence(DEFAULT_TENANT, silence.silence_id)).toBe(true);
    await expect.poll(listed).toMatchObject({ items: [{ state: "sent", kind: "trigger" }, { state: "suppressed" }] });
    alerts.noteHealth("object_storage", "critical");
    await expect
      .poll(() => alerts.listAlerts({ tenantId: DEFAULT_TENANT, ruleId: "builtin-storage-unavailable", limit: 9 }))
      .toMatchObject({ items: [{ state: "firing", level: "critical" }] });
    alerts.noteHealth("object_storage", "healthy");
    await expect
      .poll(() => alerts.listAlerts({ tenantId: DEFAULT_TENANT, ruleId: "builtin-storage-unavailable", limit: 9 }))
      .toMatchObject({ items: [{ state: "resolved" }] });
  });

  test("a backtest says what a rule would have done with what is stored", async () => {
    const { alerts, ...engine } = await startEngine(null);
    for (const job of ["a", "b", "c"]) await failStage(engine as Engine, job);
    const draft = { name: "Three", condition: 'events("stage.failed") >= 3', time_window: 5, level: "error" };
    expect(await alerts.backtest(DEFAULT_TENANT, draft, 1)).toMatchObject({ fired: 1, firings: [{ labels: {} }] });
    expect(await alerts.backtest("other", draft, 1)).toMatchObject({ fired: 0 });
    await expect(alerts.backtest(DEFAULT_TENANT, draft, 1_000)).rejects.toMatchObject({ code: "validation_error" });
  });
});

/** The real server in a process of its own. */
async function startProcess(data: string, hookUrl: string) {
  const child = spawn(process.execPath, ["--conditions=playhead-src", SCRIPT, data, hookUrl], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(kill);
  const [text] = (await once(createInterface(child.stdout), "line")) as [string];
  const { url, key } = JSON.parse(text) as { readonly url: string; readonly key: string };
  const report = (body: string) =>
    fetch(`${url}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
      body,
    });
  return { kill, report };
}

test("a server that is killed between the commit and the answer tells again when it is back, the same and nothing else", async () => {
  const data = tempFolder();
  // The first answer never comes.
  const hook = await startHook(() => undefined, 204);
  const killed = await startProcess(data, hook.url);
  const records = [
    line(1, "job.created", "j", { kind: "merge" }),
    line(2, "job.state_changed", "j", { new_state: "running" }),
    line(3, "stage.started", "j", { task_id: "s", stage: "merging" }),
    line(4, "stage.failed", "j", { task_id: "s", stage: "merging", error_code: "disk_full" }),
  ];
  expect((await killed.report(records.map((each) => JSON.stringify(each)).join("\n"))).status).toBe(200);
  await hook.messages(1);
  await killed.kill();

  await startProcess(data, hook.url);
  const [first, second] = await hook.messages(2);
  expect(second).toEqual(first);
  // The alert is still the same one, and is told of no more.
  await new Promise((resolve) => setImmediate(resolve));
  expect((await hook.messages(2)).length).toBe(2);
});
