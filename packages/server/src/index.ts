export { createEvaluator, type Evaluator } from "./alerts/evaluate/evaluator.ts";
export type { Heard } from "./alerts/heard.ts";
export { checkRule, createRule } from "./alerts/rules/check-rule.ts";
export { type PlayheadServer, type ServerOptions, startServer } from "./app.ts";
export { type ClusterConfig, isClustered } from "./app-cluster-config.ts";
export { configFileSchema, readConfig } from "./app-config.ts";
export { type NodeOptions, type PlayheadNode, startNode } from "./app-node.ts";
export { queueRedisUrl } from "./app-queue-config.ts";
export { createMemoryBus } from "./bus/memory-bus.ts";
export { parseRedisUrl } from "./bus/redis/connect.ts";
export { createRedisPublisher } from "./bus/redis/publisher.ts";
export { createRedisBus } from "./bus/redis/redis-bus.ts";
export { type Config, configSchema } from "./config/config.ts";
export { type SettingView, settingViews } from "./config/config-view.ts";
export type { LoadedConfig } from "./config/load-config.ts";
export {
  createEngine,
  type Engine,
  type EngineOptions,
} from "./engine.ts";
export {
  checkData,
  type DataFindings,
  type DataRepair,
  type RepairDataOptions,
  repairData,
} from "./engine-doctor.ts";
export type { LocalEngine } from "./engine-local.ts";
export { createGateway, type Gateway, type GatewayDeps, type GatewayLoad } from "./gateway/gateway.ts";
export { createStartsInMemory } from "./gateway/job-start.ts";
export { objectStorageCheck, type ProbedStorage } from "./health/checks/object-storage.ts";
export { folderStorage } from "./health/folder-storage.ts";
export type { Health, HealthCheck } from "./health/health.ts";
export type { HealthSettings, HealthThresholds } from "./health/health-settings.ts";
export { publishEvent } from "./ingest/publication.ts";
export type { JobKindInfo } from "./job-kinds/job-kinds.ts";
export { createMediaRoots, type MediaRoots } from "./media/media-roots.ts";
export { createPerformance, type Performance } from "./performance/performance.ts";
export { QUEUE_PREFIX, type QueuedData, queueNameOf } from "./queue/bullmq/names.ts";
export type { ServerLog } from "./server-log.ts";
export type { PostgresOptions } from "./store/postgres/connect-postgres.ts";
export { createLease, type Lease, type LeaseOptions } from "./store/postgres/lease.ts";
export { checkPostgres, openPostgres, type PostgresFindings } from "./store/postgres/open-postgres.ts";
export { createPostgresStore, type PostgresStoreOptions } from "./store/postgres/open-store.ts";
export type { PostgresDatabase } from "./store/postgres/postgres-database.ts";
export { type Backup, type BackupOptions, backupData } from "./store/sqlite/rescue/backup-data.ts";
export { type Restored, type RestoreOptions, restoreData } from "./store/sqlite/rescue/restore-data.ts";
export { createSqliteTelemetry, type SqliteTelemetryOptions } from "./store/sqlite/telemetry/open-telemetry.ts";
export type { EntriesQuery, TelemetryStore } from "./store/telemetry-store.ts";
export { DEFAULT_TENANT } from "./tenants.ts";
export { workFolder } from "./work-folders/work-folders.ts";
