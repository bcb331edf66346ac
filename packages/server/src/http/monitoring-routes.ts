import { JOB_STATES } from "@playhead/core";
import * as z from "zod";
import type { JobCounts } from "../store/store.ts";
import type { Api } from "./api.ts";

export interface MonitoringRoutesDeps {
  readonly health: () => Promise<HealthAnswer>;
  readonly countJobs: (tenantId: string, sinceMs: number) => Promise<JobCounts>;
  /** How many items the tenant's running jobs finish a minute; null while nothing tells. */
  readonly itemsPerMinute: (tenantId: string) => number | null;
  readonly nowMs: () => number;
  readonly server: { readonly version: string; readonly started_at: string; readonly epoch: string };
  readonly isReady: () => boolean;
}

interface HealthAnswer {
  readonly overall_status: "healthy" | "warning" | "critical";
}

const DAY_MS = 24 * 3_600_000;
const json = z.record(z.string(), z.unknown());
const overview = z.object({
  running: z.number(),
  by_state: z.record(z.enum(JOB_STATES), z.number()),
  jobs_last_24h: z.number(),
  errors_last_24h: z.number(),
  items_per_minute: z.number().nullable(),
  server: z.object({ version: z.string(), started_at: z.string(), epoch: z.string() }),
});

/** How the server is, and what is going on in it. */
export function addMonitoringRoutes(api: Api, deps: MonitoringRoutesDeps): void {
  const { health, countJobs, itemsPerMinute, nowMs, server, isReady } = deps;
  api.get(
    "/api/v1/monitoring/health",
    { config: { permission: "public" }, schema: { summary: "How the server is", response: { 200: json, 503: json } } },
    async (_request, reply) => {
      const report = await health();
      reply.status(report.overall_status === "critical" ? 503 : 200);
      return { ...report };
    },
  );
  api.get(
    "/api/v1/monitoring/health/live",
    { config: { permission: "public" }, schema: { summary: "Whether the process answers", response: { 200: json } } },
    async () => ({ status: "pass" }),
  );
  api.get(
    "/api/v1/monitoring/health/ready",
    {
      config: { permission: "public" },
      schema: { summary: "Whether it takes work", response: { 200: json, 503: json } },
    },
    async (_request, reply) => {
      const ready = isReady();
      reply.status(ready ? 200 : 503);
      return { status: ready ? "pass" : "fail" };
    },
  );
  api.get(
    "/api/v1/overview",
    { schema: { summary: "What is going on", response: { 200: overview } } },
    async ({ tenantId }) => {
      const { byState, createdSince, failedSince } = await countJobs(tenantId, nowMs() - DAY_MS);
      return {
        running: byState.running + byState.completing,
        by_state: byState,
        jobs_last_24h: createdSince,
        errors_last_24h: failedSince,
        items_per_minute: itemsPerMinute(tenantId),
        server,
      };
    },
  );
}
