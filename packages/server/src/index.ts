export { createEvaluator, type Evaluator } from "./alerts/evaluate/evaluator.ts";
export type { Heard } from "./alerts/heard.ts";
export { checkRule, createRule } from "./alerts/rules/check-rule.ts";
export { type PlayheadServer, type ServerOptions, startServer } from "./app.ts";
export { createMemoryBus } from "./bus/memory-bus.ts";
export { type Config, configSchema } from "./config/config.ts";
export { type ConfigSources, loadConfig } from "./config/load-config.ts";
export {
  createEngine,
  type Engine,
  type EngineOptions,
  type LocalEngine,
} from "./engine.ts";
export {
  checkData,
  type DataFindings,
  type DataRepair,
  type RepairDataOptions,
  repairData,
} from "./engine-doctor.ts";
export { createGateway, type Gateway, type GatewayDeps, type GatewayLoad } from "./gateway/gateway.ts";
export type { HealthCheck, HealthReport, HealthResult } from "./health/health.ts";
export { publishEvent } from "./ingest/publication.ts";
export { createMediaRoots, type MediaRoots } from "./media/media-roots.ts";
export { createPerformance, type Performance } from "./performance/performance.ts";
export type { ServerLog } from "./server-log.ts";
export { type Backup, type BackupOptions, backupData } from "./store/sqlite/rescue/backup-data.ts";
export { type Restored, type RestoreOptions, restoreData } from "./store/sqlite/rescue/restore-data.ts";
export { createSqliteTelemetry, type SqliteTelemetryOptions } from "./store/sqlite/telemetry/open-telemetry.ts";
export type { EntriesQuery, TelemetryStore } from "./store/telemetry-store.ts";
export { DEFAULT_TENANT } from "./tenants.ts";
