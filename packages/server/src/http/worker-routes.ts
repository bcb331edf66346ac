import * as z from "zod";
import type { Api } from "./api.ts";
import { workerName } from "./schemas.ts";

export interface WorkerRoutesDeps {
  /** The worker lives. @returns those of the jobs that have ended here, so that it stops working on them */
  readonly heartbeat: (tenantId: string, source: string, jobIds: readonly string[]) => Promise<readonly string[]>;
}

const MAX_JOBS = 1_000;

/** How workers elsewhere say that they live. */
export function addWorkerRoutes(api: Api, { heartbeat }: WorkerRoutesDeps): void {
  api.post(
    "/api/v1/workers/:source/heartbeat",
    {
      config: { permission: "report" },
      schema: {
        summary: "Say that a worker lives",
        params: z.object({ source: workerName }),
        body: z.looseObject({
          sent_at: z.iso.datetime({ offset: true }).optional(),
          event_loop_delay_ms: z.number().min(0).optional(),
          jobs: z.array(z.string().min(1).max(128)).max(MAX_JOBS).default([]),
        }),
        response: { 200: z.object({ ended_jobs: z.array(z.string()) }) },
      },
    },
    async ({ params, body, tenantId }) => ({
      ended_jobs: [...(await heartbeat(tenantId, params.source, body.jobs))],
    }),
  );
}
