import type { JobForecast, JobSnapshot } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";
import { noSuchJob } from "./no-such-job.ts";
import { jobParams } from "./schemas.ts";

/** What past jobs of a kind taught, on one host, as it is exported. */
interface HistoryOfKind {
  readonly host: string;
  readonly kind: string;
  readonly history: unknown;
}

export interface ForecastRouteDeps {
  readonly readJob: (tenantId: string, jobId: string) => Promise<JobSnapshot | null>;
  readonly forecastOf: (job: JobSnapshot) => Promise<JobForecast>;
}

export interface ForecastHistoryRoutesDeps {
  readonly exportHistory: (tenantId: string) => Promise<readonly HistoryOfKind[]>;
  /** @throws PlayheadError `validation_error` for what was not exported */
  readonly importHistory: (tenantId: string, histories: readonly HistoryOfKind[]) => Promise<void>;
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
}

const ms = z.number().meta({ description: "Milliseconds since 1970" });
const interval = z.object({ ms, low_ms: ms, high_ms: ms });
const histories = z.object({
  histories: z.array(
    z.object({
      host: z.string().max(200),
      kind: z.string().max(200),
      history: z.record(z.string(), z.unknown()),
    }),
  ),
});
const MAX_IMPORT_BYTES = 20_000_000;

/** When a job will be done, and why one may believe it. */
export function addForecastRoute(api: Api, { readJob, forecastOf }: ForecastRouteDeps): void {
  api.get(
    "/api/v1/jobs/:id/forecast",
    {
      schema: {
        summary: "Read when a job will be done, and what was said of it before",
        params: jobParams,
        response: {
          200: z.object({
            job_id: z.string(),
            at_ms: ms,
            finish: interval.nullable().meta({ description: "Null once it has ended, and while nothing is known" }),
            explanation: z.string(),
            basis: z.object({
              jobs: z.number(),
              items: z.number(),
              items_left: z.number(),
              items_total: z.number(),
              slots: z.number(),
            }),
            tasks: z.array(z.object({ task_id: z.string(), start_ms: ms, end: interval, is_slow: z.boolean() })),
            told: z.array(interval.extend({ at_ms: ms })),
          }),
        },
      },
    },
    async ({ params, tenantId }) => {
      const job = await readJob(tenantId, params.id);
      if (job === null) throw noSuchJob(params.id);
      const { tasks, told, ...forecast } = await forecastOf(job);
      return { ...forecast, tasks: [...tasks], told: [...told] };
    },
  );
}

/** What past jobs taught, to be taken elsewhere. */
export function addForecastHistoryRoutes(api: Api, deps: ForecastHistoryRoutesDeps): void {
  const { exportHistory, importHistory, audit } = deps;
  api.get(
    "/api/v1/forecast-history",
    {
      config: { permission: "inspect" },
      schema: { summary: "Export what past jobs taught of how long they take", response: { 200: histories } },
    },
    async ({ tenantId }) => ({
      histories: (await exportHistory(tenantId)) as z.output<typeof histories>["histories"],
    }),
  );

  api.put(
    "/api/v1/forecast-history",
    {
      bodyLimit: MAX_IMPORT_BYTES,
      config: { permission: "admin" },
      schema: {
        summary: "Take what was exported in the place of what is known of the same hosts and kinds",
        body: histories,
        response: { 200: z.object({ taken: z.number() }) },
      },
    },
    async (request) => {
      const { body, tenantId } = request;
      await audit(request, "forecast_history.import", "forecast-history", tenantId);
      await importHistory(tenantId, body.histories);
      return { taken: body.histories.length };
    },
  );
}
