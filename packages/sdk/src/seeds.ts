export type { ComponentHealth, HealthReport, HealthResult, NamedFigures, PerformanceSummary } from "@playhead/core";
export { EventBus, type EventBusOptions } from "./event-bus/event-bus.ts";
export {
  type AlertConfiguration,
  type AlertFilters,
  type AlertingPlayhead,
  AlertSystem,
} from "./seeds/alert-system.ts";
export { type HealthCheck, HealthCheckService, type HealthCheckServiceOptions } from "./seeds/health-check-service.ts";
export { type LogFilters, LogManager, type LogManagerOptions, type PerformanceMetrics } from "./seeds/log-manager.ts";
export {
  type CompleteProcessing,
  MediaMonitor,
  type MediaMonitorOptions,
  mediaMonitor,
  type ProcessingError,
  ProcessingStage,
  type StartProcessing,
} from "./seeds/media-monitor.ts";
export {
  type ObservingPlayhead,
  PerformanceTracker,
  type PerformanceTrackerOptions,
} from "./seeds/performance-tracker.ts";
export {
  type ClipDetails,
  ProgressChannel,
  type ProgressChannelOptions,
  type SceneStart,
} from "./seeds/progress-channel.ts";
export {
  type JobData,
  type ProgressHandler,
  ProgressMonitor,
  type ProgressMonitorOptions,
  type StateChangeHandler,
  type VideoUpdate,
} from "./seeds/progress-monitor.ts";
export type { SeedRange, SeedTime } from "./seeds/seed-range.ts";
export {
  SupabaseRealtimeClient,
  type SupabaseRealtimeClientOptions,
} from "./seeds/supabase-realtime-client.ts";
