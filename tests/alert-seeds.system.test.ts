import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttpTransport, createLocalTransport, createPlayhead } from "@playhead/sdk";
import { AlertSystem, mediaMonitor, ProcessingStage } from "@playhead/sdk/seeds";
import type { PlayheadServer } from "@playhead/server";
import { expect, onTestFinished, test } from "vitest";
import { startRealServer } from "./fixtures/real-server.ts";

const TRANSPORTS = {
  "in the server's process": ({ local }: PlayheadServer) => createLocalTransport(local),
  "over HTTP": ({ url, accessKey }: PlayheadServer) => createHttpTransport({ url, apiKey: accessKey, spool: false }),
} as const;

async function setup(way: keyof typeof TRANSPORTS) {
  const data = await mkdtemp(join(tmpdir(), "playhead-alert-seeds-"));
  const server = await startRealServer(data);
  const playhead = createPlayhead({ transport: TRANSPORTS[way](server) });
  onTestFinished(async () => {
    await playhead.close();
    await server.close();
    await rm(data, { recursive: true, force: true });
    await rm(`${data}-pages`, { recursive: true, force: true });
  });
  return { playhead, alerts: new AlertSystem({ playhead }), monitor: mediaMonitor(playhead) };
}

const STAGE_FAILED = {
  name: "Too many stages fail",
  condition: 'events("stage.failed") >= threshold',
  threshold: 2,
  time_window: 60,
  notification_channels: [],
  cooldown_period: 30,
};

test.each(Object.keys(TRANSPORTS) as (keyof typeof TRANSPORTS)[])(
  "%s: the seeds' classes report stages that fail, are told of it, and see to it",
  async (way) => {
    const { playhead, alerts, monitor } = await setup(way);
    expect(await alerts.configureAlert(STAGE_FAILED)).toMatchObject({
      ...STAGE_FAILED,
      level: "warning",
      enabled: true,
    });
    const active = async () =>
      (await alerts.getActiveAlerts()).filter(({ rule_name }) => rule_name === STAGE_FAILED.name);

    monitor.startProcessing({ session_id: "s1", user_id: "user_456", stage: ProcessingStage.COMPRESSION });
    const error = new Error("no such codec");
    monitor.logProcessingError({
      session_id: "s1",
      stage: ProcessingStage.COMPRESSION,
      error,
      context: { codec: "h266" },
    });
    await playhead.flush();
    await expect.poll(async () => (await alerts.getAlerts({ job_id: "s1" })).length).toBeGreaterThan(0);
    expect(await active()).toEqual([]);

    expect(await alerts.updateThreshold(STAGE_FAILED.name, 1)).toMatchObject({ threshold: 1, cooldown_period: 30 });
    await expect.poll(active).toHaveLength(1);
    const [alert] = await active();
    expect(await alerts.acknowledge(alert?.alert_id ?? "", "on it")).toMatchObject({ state: "firing" });
    expect((await active())[0]?.acknowledged_at).not.toBeNull();
    expect(await alerts.silence(STAGE_FAILED.name, 30, "upgrade")).toMatchObject({ reason: "upgrade" });

    expect(await alerts.setEnabled(STAGE_FAILED.name, false)).toMatchObject({ enabled: false, threshold: 1 });
    expect(await alerts.removeAlert(STAGE_FAILED.name)).toBe(true);
    expect(await alerts.removeAlert(STAGE_FAILED.name)).toBe(false);
    expect((await alerts.getConfigurations()).map(({ name }) => name)).not.toContain(STAGE_FAILED.name);
    await expect(alerts.configureAlert({ ...STAGE_FAILED, condition: "eror_rate > 1" })).rejects.toMatchObject({
      code: "validation_error",
    });
    await expect(alerts.updateThreshold("none", 1)).rejects.toMatchObject({ code: "not_found" });
    await expect(alerts.testChannel("none")).rejects.toMatchObject({ code: "not_found" });
  },
);
