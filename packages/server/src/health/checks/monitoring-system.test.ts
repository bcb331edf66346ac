import { describe, expect, test } from "vitest";
import { resultOf } from "../../../test/check-result.ts";
import { type MonitoringSystemDeps, monitoringSystemCheck } from "./monitoring-system.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");
const nowMs = () => NOW;

describe("the monitoring system", () => {
  const ran =
    (agoMs: number, lagMs = 0, deadDeliveries = 0) =>
    () => ({
      lastRunAt: new Date(NOW - agoMs).toISOString(),
      lagMs,
      pendingDeliveries: 1,
      deadDeliveries,
    });
  const check = (given: Partial<MonitoringSystemDeps>) =>
    resultOf(
      monitoringSystemCheck({
        stores: { facts: async () => 0 },
        isStuck: () => false,
        pending: () => 3,
        loopDelayMs: () => 4,
        alerts: () => null,
        nowMs,
        ...given,
      }),
    );

  test.each<{ name: string; given: Partial<MonitoringSystemDeps>; status: string; message: string }>([
    { name: "all is well", given: {}, status: "healthy", message: "what is reported is stored" },
    {
      name: "alerts run",
      given: { alerts: ran(900) },
      status: "healthy",
      message: "what is reported is stored, alerts are looked for",
    },
    {
      name: "much waits",
      given: { pending: () => 30_000 },
      status: "warning",
      message: "the store can hardly keep up with what is reported",
    },
    {
      name: "the store refuses",
      given: { isStuck: () => true },
      status: "critical",
      message: "the store refuses to write; what is reported waits",
    },
    {
      name: "a store does not answer",
      given: { stores: { facts: async () => 0, logs: async () => Promise.reject(new Error("/data is gone")) } },
      status: "critical",
      message: "the store of logs does not answer",
    },
    {
      name: "the loop is late",
      given: { loopDelayMs: () => 300 },
      status: "warning",
      message: "the server is late by 300 ms: its process has too much to do",
    },
    {
      name: "the loop is far too late",
      given: { loopDelayMs: () => 2_000 },
      status: "critical",
      message: "the server is late by 2000 ms: its process has too much to do",
    },
    {
      name: "nobody has looked at the loop",
      given: { loopDelayMs: () => null },
      status: "healthy",
      message: "what is reported is stored",
    },
    {
      name: "the alerts engine is dead",
      given: { alerts: ran(90_000) },
      status: "critical",
      message: "alerts have not been looked for since 90 s; restart the server",
    },
    {
      name: "alerts are behind",
      given: { alerts: ran(0, 31_000) },
      status: "warning",
      message: "alerts are behind by 31 s",
    },
    {
      name: "notifications were given up",
      given: { alerts: ran(0, 0, 2) },
      status: "warning",
      message: "2 notifications could not be delivered; see the deliveries of alerts",
    },
  ])("$name", async ({ given, status, message }) => {
    expect(await check(given)).toMatchObject({ status, message });
  });

  test("an alerts engine that never ran is dead once it had time to begin", async () => {
    let now = NOW;
    const monitoring = monitoringSystemCheck({
      stores: {},
      isStuck: () => false,
      pending: () => 0,
      loopDelayMs: () => null,
      alerts: () => ({ lastRunAt: null, lagMs: 0, pendingDeliveries: 0, deadDeliveries: 0 }),
      nowMs: () => now,
    });
    expect(await resultOf(monitoring)).toMatchObject({ status: "healthy" });
    now += 61_000;
    expect(await resultOf(monitoring)).toMatchObject({
      status: "critical",
      message: "alerts have not been looked for since 61 s; restart the server",
    });
  });
});
