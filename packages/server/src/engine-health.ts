import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HealthChange } from "@playhead/core";
import type { Bus } from "./bus/bus.ts";
import type { EngineTelemetry } from "./engine-telemetry.ts";
import { setTimer } from "./engine-timer.ts";
import { textOf } from "./error-text.ts";
import { logFilesCheck } from "./health/checks/log-files.ts";
import { type AlertEngineStatus, monitoringSystemCheck } from "./health/checks/monitoring-system.ts";
import { objectStorageCheck } from "./health/checks/object-storage.ts";
import { processingPipelineCheck } from "./health/checks/processing-pipeline.ts";
import { systemResourcesCheck } from "./health/checks/system-resources.ts";
import { tempDirectoryCheck } from "./health/checks/temp-directory.ts";
import { createHealth, type Health } from "./health/health.ts";
import { openMachine } from "./health/machine.ts";
import { watchPipeline } from "./health/pipeline-watch.ts";
import type { Ingest } from "./ingest/ingest.ts";
import type { LogFiles } from "./logs/files/log-files.ts";
import type { ServerLog } from "./server-log.ts";
import type { Store } from "./store/store.ts";
import type { TelemetryStore } from "./store/telemetry-store.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

export interface EngineHealthDeps {
  readonly dataFolder: string;
  readonly store: Store;
  readonly telemetryStore: Pick<TelemetryStore, "readSource">;
  readonly logFiles: Pick<LogFiles, "stats">;
  readonly ingest: Pick<Ingest, "isStuck" | "pending" | "jobs">;
  readonly telemetry: Pick<EngineTelemetry, "isStuck" | "pending">;
  readonly bus: Bus;
  /** How the alerts engine does; null where there is none. */
  readonly alerts: () => AlertEngineStatus | null;
  readonly log: ServerLog;
  readonly nowMs: () => number;
}

/** A source that nobody is: to see whether a store answers. */
const NOBODY = "health";
/** A warning is for who looks: a processor that is busy while it renders is no news at a terminal. */
const LEVELS = { healthy: "info", warning: "info", critical: "error" } as const;

/** How the engine is: six of the seven checks of SPEC §10. That of ffmpeg comes from who knows ffmpeg. */
export function assembleHealth(deps: EngineHealthDeps): Health {
  const { dataFolder, store, telemetryStore, logFiles, ingest, telemetry, bus, alerts, log, nowMs } = deps;
  const health = createHealth({
    nowMs,
    setTimer,
    store,
    tenantId: DEFAULT_TENANT,
    onChange: ({ component, from, to, message }: HealthChange) =>
      log(LEVELS[to], `health: ${component} is ${to}: ${message}`, { component, from, to }),
    onError: (error) => log("warning", "the history of health could not be kept", { error: textOf(error) }),
  });
  const machine = openMachine();
  const thresholds = () => health.settings().thresholds;
  function* openJobs() {
    for (const { draft } of ingest.jobs.open()) yield draft;
  }
  const checks = [
    systemResourcesCheck({ dataFolder, machine, thresholds }),
    objectStorageCheck(null),
    tempDirectoryCheck({ folder: tmpdir(), nowMs, thresholds }),
    processingPipelineCheck({ read: watchPipeline({ bus, openJobs, nowMs }), thresholds }),
    monitoringSystemCheck({
      stores: { facts: () => store.readSource(NOBODY), logs: () => telemetryStore.readSource(NOBODY) },
      isStuck: () => ingest.isStuck() || telemetry.isStuck(),
      pending: () => ingest.pending() + telemetry.pending(),
      loopDelayMs: machine.loopDelayMs,
      alerts,
      nowMs,
    }),
    logFilesCheck({ folder: join(dataFolder, "logs"), writers: logFiles.stats }),
  ];
  for (const check of checks) health.register(check);
  return {
    ...health,
    async close() {
      machine.close();
      await health.close();
    },
  };
}
