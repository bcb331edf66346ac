import { expect, test, vi } from "vitest";
import { tempFolder } from "../test/temp-folder.ts";
import { createMemoryBus } from "./bus/memory-bus.ts";
import { assembleAlerts, DEFAULT_ALERTS } from "./engine-alerts.ts";
import { openStores } from "./engine-stores.ts";
import { monitoringSystemCheck } from "./health/checks/monitoring-system.ts";
import { DEFAULT_LOG_FILES } from "./logs/files/log-files-settings.ts";

/** The alerts of an engine, on real stores, and the health check that looks at them. */
async function start() {
  let nowMs = Date.now();
  const clock = () => nowMs;
  const dataFolder = tempFolder();
  const log = () => undefined;
  const stores = await openStores({ dataFolder, nowMs: clock, timeZone: "UTC", logFiles: DEFAULT_LOG_FILES, log });
  const held = Promise.withResolvers<void>();
  let isHung = false;
  const store = {
    ...stores.store,
    async readFactLog(...asked: Parameters<typeof stores.store.readFactLog>) {
      if (isHung) await held.promise;
      return stores.store.readFactLog(...asked);
    },
  };
  const alerts = assembleAlerts({
    ...{ dataFolder, store, log, nowMs: clock, settings: DEFAULT_ALERTS },
    telemetryStore: stores.telemetryStore,
    telemetry: { onStored: () => () => undefined },
    bus: createMemoryBus((error) => expect.unreachable(String(error))),
    // No job is under way.
    jobs: () => ({ peek: () => undefined, open: function* () {} }),
  });
  const check = monitoringSystemCheck({
    ...{ stores: {}, isStuck: () => false, pending: () => 0, loopDelayMs: () => null, nowMs: clock },
    alerts: alerts.status,
  });
  await alerts.start();
  return {
    look: async () => check.run(AbortSignal.timeout(10_000)),
    lastRun: () => alerts.status().lastRunAt,
    /** From now on the store does not answer who looks for alerts. */
    hang: () => {
      isHung = true;
    },
    letGo: () => {
      isHung = false;
      held.resolve();
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    async close() {
      await alerts.close();
      await stores.close();
    },
  };
}

/** What comes, comes at once where the machine has nothing else to do. */
const PATIENTLY = { timeout: 60_000 };

test("a loop that hangs is critical within a minute, and well again when it runs", async () => {
  const alerts = await start();
  const { look, lastRun, hang, letGo, pass } = alerts;
  await vi.waitFor(() => expect(lastRun()).not.toBeNull(), PATIENTLY);
  expect(await look()).toMatchObject({ status: "healthy" });
  hang();
  pass(61_000);
  await vi.waitFor(
    async () =>
      expect(await look()).toMatchObject({
        status: "critical",
        message: expect.stringMatching(/^alerts have not been looked for since 6\d s; restart the server$/i),
      }),
    PATIENTLY,
  );
  letGo();
  await vi.waitFor(async () => expect(await look()).toMatchObject({ status: "healthy" }), PATIENTLY);
  await alerts.close();
});
