export { type PlayheadServer, type ServerOptions, startServer } from "./app.ts";
export { type Config, configSchema } from "./config/config.ts";
export { type ConfigSources, loadConfig } from "./config/load-config.ts";
export {
  createEngine,
  type Engine,
  type EngineOptions,
  type LocalEngine,
  type ServerLog,
} from "./engine.ts";
export type { HealthCheck, HealthReport, HealthResult } from "./health/health.ts";
export { createMediaRoots, type MediaRoots } from "./media/media-roots.ts";
export { DEFAULT_TENANT } from "./tenants.ts";
