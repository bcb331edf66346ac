import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { Alerts } from "./alerts/alerts.ts";
import type { EngineTelemetry } from "./engine-telemetry.ts";
import { exportRows } from "./export/exports.ts";
import type { Health } from "./health/health.ts";
import { createAlertReadings } from "./http/alert-routes.ts";
import { createAlertRuleReading } from "./http/alert-rule-routes.ts";
import { createExportReading } from "./http/export-routes.ts";
import { createHealthReadings } from "./http/health-routes.ts";
import { createLogReadings } from "./http/log-routes.ts";
import { createMonitoringReadings } from "./http/monitoring-stats-routes.ts";
import { createPerformanceReadings } from "./http/performance-routes.ts";
import type { Reading } from "./http/reading.ts";
import { createTrendReading, type TrendReadingsDeps } from "./http/trend-routes.ts";
import { createPerformance } from "./performance/performance.ts";
import type { AlertStore } from "./store/alert-store.ts";
import type { Store } from "./store/store.ts";
import type { TelemetryStore } from "./store/telemetry-store.ts";

export interface ReadingsDeps {
  readonly store: Pick<Store, "countJobs"> & Pick<AlertStore, "listAlerts">;
  readonly telemetryStore: TelemetryStore;
  readonly telemetry: Pick<EngineTelemetry, "arrivals">;
  readonly health: Pick<Health, "report" | "history">;
  readonly hasJob: (tenantId: string, jobId: string) => Promise<boolean>;
  readonly alerts: Pick<Alerts, "listAlerts" | "listRules">;
  readonly readTrends: TrendReadingsDeps["readTrends"];
  readonly nowMs: () => number;
}

/** So many of the newest alerts stand beside the state of health. */
const RECENT_ALERTS = 10;
const EXECUTIONS = /^jobs\/([^/]+)\/executions$/;
const FUNCTION = /^performance\/functions\/([^/]+)$/;

/** All that can be read of what was observed; HTTP and programs in this process read the same. */
export function createReadings(deps: ReadingsDeps) {
  const { store, telemetryStore, telemetry, health, hasJob, alerts, readTrends, nowMs } = deps;
  const performance = createPerformance(telemetryStore);
  const logs = createLogReadings({
    store: telemetryStore,
    hasJob,
    newestEntryId: telemetry.arrivals.newestEntryId,
    nextEntries: telemetry.arrivals.next,
  });
  const calls = createPerformanceReadings({ performance, hasJob, nowMs });
  const trends = createTrendReading({ readTrends, nowMs });
  const monitoring = createMonitoringReadings({
    countJobs: store.countJobs,
    countEntries: telemetryStore.countEntries,
    sumCalls: (tenantId, range) => performance.getPerformanceSummary({ tenantId, range }),
    readSamples: telemetryStore.readSamples,
    nowMs,
  });
  const healths = createHealthReadings({
    report: health.report,
    history: health.history,
    stats: (tenantId) => monitoring.stats.read(tenantId, { hours: 24 }),
    recentAlerts: async (tenantId) => (await store.listAlerts({ tenantId, limit: RECENT_ALERTS })).items,
    nowMs,
  });
  const alerting = createAlertReadings(alerts);
  const exporting = createExportReading({ exportRows: (query) => exportRows(telemetryStore, query), nowMs });

  /** By the addresses that they have under `/api/v1/`. */
  const byPath: Readonly<Record<string, Reading>> = {
    logs: logs.logs,
    "logs/tail": logs.tail,
    "monitoring/logs/recent": logs.recent,
    "monitoring/health": healths.health,
    "monitoring/health/detailed": healths.detailed,
    "monitoring/health/history": healths.history,
    "monitoring/stats": monitoring.stats,
    "monitoring/metrics/system": monitoring.system,
    alerts: alerting.alerts,
    "monitoring/alerts": alerting.recent,
    "alert-rules": createAlertRuleReading(alerts),
    "performance/summary": calls.summary,
    "performance/series": calls.series,
    "performance/compare": calls.compare,
    "performance/trends": trends,
    export: exporting,
  };

  /**
   * Reads what `GET /api/v1/PATH` would answer: its body, of `export` the pieces of its text one after the other.
   *
   * @throws PlayheadError as that route does
   */
  async function read(tenantId: string, path: string, query: Readonly<Record<string, unknown>>): Promise<unknown> {
    const [, jobId] = EXECUTIONS.exec(path) ?? [];
    if (jobId !== undefined)
      return logs.readExecutions(tenantId, decodeURIComponent(jobId), parse(logs.executionsQuery, query));
    const [, name] = FUNCTION.exec(path) ?? [];
    if (name !== undefined)
      return calls.readFunction(tenantId, decodeURIComponent(name), parse(calls.functionQuery, query));
    const found = Object.hasOwn(byPath, path) ? byPath[path] : undefined;
    if (found === undefined) throw new PlayheadError("not_found", `there is nothing to read at ${path}`);
    return found.read(tenantId, parse(found.query, query));
  }

  return { logs, calls, trends, monitoring, health: healths, exporting, performance, read };
}

function parse<Query extends z.ZodType>(schema: Query, query: Readonly<Record<string, unknown>>): z.output<Query> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new PlayheadError("validation_error", z.prettifyError(parsed.error), { cause: parsed.error });
}
