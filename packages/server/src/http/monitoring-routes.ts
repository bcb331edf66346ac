import { JOB_STATES } from "@playhead/core";
import * as z from "zod";
import type { JobCounts } from "../store/store.ts";
import type { Api } from "./api.ts";

export interface MonitoringRoutesDeps {
  readonly countJobs: (tenantId: string, sinceMs: number) => Promise<JobCounts>;
  /** How many items the tenant's running jobs finish a minute; null while nothing tells. */
  readonly itemsPerMinute: (tenantId: string) => number | null;
  readonly nowMs: () => number;
  readonly server: { readonly version: string; readonly started_at: string; readonly epoch: string };
}

const DAY_MS = 24 * 3_600_000;
const overview = z.object({
  running: z.number(),
  by_state: z.record(z.enum(JOB_STATES), z.number()),
  jobs_last_24h: z.number(),
  errors_last_24h: z.number(),
  items_per_minute: z.number().nullable(),
  server: z.object({ version: z.string(), started_at: z.string(), epoch: z.string() }),
});

/** What is going on in the server. */
export function addMonitoringRoutes(api: Api, deps: MonitoringRoutesDeps): void {
  const { countJobs, itemsPerMinute, nowMs, server } = deps;
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
