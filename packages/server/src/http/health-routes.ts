import { type Alert, HEALTH_STATUSES, type HealthHistory, type HealthReport, type TimeRange } from "@playhead/core";
import * as z from "zod";
import type { Api, Caller } from "./api.ts";
import { HEALTH_JSON, healthJsonOf, prefersHealthJson } from "./health-json.ts";
import { publicReport } from "./public-health.ts";
import { reading } from "./reading.ts";
import { json, timestamp } from "./schemas.ts";

export interface HealthReadingsDeps {
  readonly report: () => Promise<HealthReport>;
  readonly history: (range: TimeRange) => HealthHistory;
  /** How the tenant's jobs, calls and log did in the last day. */
  readonly stats: (tenantId: string) => Promise<Record<string, unknown>>;
  /** The tenant's, the newest first. */
  readonly recentAlerts: (tenantId: string) => Promise<readonly Alert[]>;
  readonly nowMs: () => number;
}

export interface HealthRoutesDeps {
  readonly version: string;
  /** Why it takes no work; null when it does. */
  readonly whyNotReady: () => string | null;
  /** Whether the caller is of those who run the server: others are told no paths of it. */
  readonly runsServer: (caller: Caller) => boolean;
}

const HOUR_MS = 3_600_000;
/** Pages ask every few seconds, and figures of a day do not change much. */
const STATS_CACHE_MS = 60_000;
/** Who asks how the server is, waits no longer for the rest. */
const EXTRAS_LIMIT_MS = 5_000;

const status = z.enum(HEALTH_STATUSES);
const component = z.object({
  component: z.string(),
  status,
  message: z.string(),
  details: json,
  response_time_ms: z.number(),
  since: timestamp.optional(),
});
const report = z
  .object({
    overall_status: status,
    timestamp,
    total_check_time_ms: z.number(),
    checks: z.array(component).readonly(),
    summary: z.object({ healthy: z.number(), warning: z.number(), critical: z.number() }),
  })
  .meta({ id: "HealthReport" });
const detailed = report.extend({
  processing_stats: json.nullable().meta({ description: "Null while it cannot be read" }),
  recent_alerts: z.array(json).nullable().meta({ description: "Null while they cannot be read" }),
});
const history = z.object({
  from: timestamp,
  to: timestamp,
  runs: z.array(z.object({ timestamp, overall_status: status, statuses: z.record(z.string(), status) })).readonly(),
  changes: z
    .array(z.object({ timestamp, component: z.string(), from: status.nullable(), to: status, message: z.string() }))
    .readonly(),
});
const standing = z.object({
  status: z.enum(["pass", "fail"]),
  reason: z.string().optional().meta({ description: "Why it takes no work" }),
});

/** How the server is, for HTTP and for programs in this process. */
export function createHealthReadings({
  report: read,
  history: readHistory,
  stats,
  recentAlerts,
  nowMs,
}: HealthReadingsDeps) {
  const nothing = z.strictObject({});
  const kept = new Map<string, { readonly untilMs: number; readonly stats: Promise<Record<string, unknown>> }>();

  function statsOf(tenantId: string): Promise<Record<string, unknown>> {
    for (const [each, { untilMs }] of kept) if (untilMs <= nowMs()) kept.delete(each);
    const found = kept.get(tenantId) ?? { untilMs: nowMs() + STATS_CACHE_MS, stats: stats(tenantId) };
    kept.set(tenantId, found);
    return found.stats;
  }

  return {
    health: reading({ summary: "How the server is", query: nothing, read }),
    detailed: reading({
      summary: "How the server is, with all details, what was processed in the last day, and the newest alerts",
      query: nothing,
      read: async (tenantId) => {
        const [found, processing_stats, alerts] = await Promise.all([
          read(),
          orNull(statsOf(tenantId)),
          orNull(recentAlerts(tenantId)),
        ]);
        return { ...found, processing_stats, recent_alerts: alerts?.map((alert) => ({ ...alert })) ?? null };
      },
    }),
    history: reading({
      summary: "How the server was in the last hours, and what changed",
      query: z.strictObject({ hours: z.coerce.number().min(0.01).max(2_160).default(24) }),
      read: async (_tenantId, { hours }) => {
        const toMs = nowMs();
        // The run of this very moment belongs to it.
        return readHistory({ fromMs: toMs - hours * HOUR_MS, toMs: toMs + 1 });
      },
    }),
  };
}

/** What cannot be read now is null: a store that hangs must keep nobody from seeing that it does. */
async function orNull<Value>(work: Promise<Value>): Promise<Value | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), EXTRAS_LIMIT_MS);
  try {
    return await Promise.race([work, late.promise]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** How the server is, for those who look after it, and for what decides where requests go. */
export function addHealthRoutes(
  api: Api,
  readings: ReturnType<typeof createHealthReadings>,
  { version, whyNotReady, runsServer }: HealthRoutesDeps,
): void {
  const told = (description: string) => ({
    description,
    content: { "application/json": { schema: report }, [HEALTH_JSON]: { schema: json } },
  });
  api.get(
    "/api/v1/monitoring/health",
    {
      config: { permission: "public" },
      schema: {
        summary: readings.health.summary,
        response: { 200: told("Nothing is critical"), 503: told("Something is critical") },
      },
    },
    async ({ headers }, reply) => {
      const found = publicReport(await readings.health.read("", {}));
      const isHealthJson = prefersHealthJson(headers.accept);
      reply
        .status(found.overall_status === "critical" ? 503 : 200)
        .header("vary", "Accept")
        .type(isHealthJson ? HEALTH_JSON : "application/json");
      return reply.send((isHealthJson ? healthJsonOf(found, version) : found) as never);
    },
  );
  api.get(
    "/api/v1/monitoring/health/live",
    {
      config: { permission: "public" },
      schema: { summary: "Whether the process answers", response: { 200: standing } },
    },
    async () => ({ status: "pass" as const }),
  );
  api.get(
    "/api/v1/monitoring/health/ready",
    {
      config: { permission: "public" },
      schema: { summary: "Whether it takes work", response: { 200: standing, 503: standing } },
    },
    async (_request, reply) => {
      const reason = whyNotReady();
      reply.status(reason === null ? 200 : 503);
      return reason === null ? { status: "pass" as const } : { status: "fail" as const, reason };
    },
  );
  api.get(
    "/api/v1/monitoring/health/detailed",
    {
      config: { permission: "inspect" },
      schema: { summary: readings.detailed.summary, response: { 200: detailed } },
    },
    async ({ tenantId, caller }) => {
      const found = await readings.detailed.read(tenantId, {});
      return runsServer(caller) ? found : { ...found, ...publicReport(found) };
    },
  );
  api.get(
    "/api/v1/monitoring/health/history",
    {
      config: { permission: "inspect" },
      schema: { summary: readings.history.summary, querystring: readings.history.query, response: { 200: history } },
    },
    ({ tenantId, query }) => readings.history.read(tenantId, query),
  );
}
