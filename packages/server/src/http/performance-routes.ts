import { EXECUTION_CATEGORIES, PlayheadError, type TimeRange } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import { noSuchJob } from "./no-such-job.ts";
import { reading } from "./reading.ts";
import { moment, timestamp } from "./schemas.ts";

const SPANS = ["minute", "hour", "day", "week", "month"] as const;
/** The lengths of time that calls are summed up by. */
export const span = z.enum(SPANS).default("hour");

type Category = (typeof EXECUTION_CATEGORIES)[number];
interface Calls {
  readonly tenantId: string;
  readonly range: TimeRange;
  readonly category?: Category;
  readonly name?: string;
}

const figures = z.object({
  count: z.number(),
  error_count: z.number(),
  error_rate: z.number().meta({ description: "0..1" }),
  summarized_count: z.number().meta({ description: "Counted without a record of their own" }),
  total_ms: z.number(),
  average_ms: z.number(),
  min_ms: z.number(),
  max_ms: z.number(),
  p50_ms: z.number(),
  p90_ms: z.number(),
  p95_ms: z.number(),
  p99_ms: z.number(),
});
const named = figures.extend({ category: z.enum(EXECUTION_CATEGORIES), name: z.string() });
const range = z.object({ from: timestamp, to: timestamp });
const percentileError = z.number().meta({ description: "By how much of itself a percentile may be off" });
const summaryAnswer = z
  .object({ range, percentile_error: percentileError, functions: z.array(named).readonly() })
  .meta({ id: "PerformanceSummary" });
const seriesAnswer = z
  .object({
    span: z.enum(SPANS),
    percentile_error: percentileError,
    points: z.array(figures.extend({ from: timestamp, to: timestamp })).readonly(),
  })
  .meta({ id: "PerformanceSeries" });
const comparisonAnswer = z
  .object({
    before: range,
    after: range,
    percentile_error: percentileError,
    functions: z
      .array(
        z.object({
          category: z.enum(EXECUTION_CATEGORIES),
          name: z.string(),
          before: figures.nullable(),
          after: figures.nullable(),
          average_change: z.number().nullable(),
          p95_change: z.number().nullable(),
          p_value: z.number().nullable(),
          p_basis: z.enum(["windows", "calls"]).nullable().meta({
            description: "windows: medians of minutes, hours or days by their ranks; calls: averages, of few windows",
          }),
          is_significant: z.boolean(),
        }),
      )
      .readonly(),
  })
  .meta({ id: "PerformanceComparison" });
const functionAnswer = z.object({ summary: summaryAnswer, series: seriesAnswer });

type Summary = z.output<typeof summaryAnswer>;
type Series = z.output<typeof seriesAnswer>;

export interface PerformanceDeps {
  readonly performance: {
    getPerformanceSummary(query: Calls): Promise<Summary>;
    readSeries(query: Calls & { readonly span: (typeof SPANS)[number] }): Promise<Series>;
    compare(
      query: Omit<Calls, "range"> & { readonly before: TimeRange; readonly after: TimeRange },
    ): Promise<z.output<typeof comparisonAnswer>>;
    compareJobs(query: {
      readonly tenantId: string;
      readonly beforeJobId: string;
      readonly afterJobId: string;
    }): Promise<z.output<typeof comparisonAnswer>>;
    readFunction(
      query: Calls & { readonly name: string; readonly span: (typeof SPANS)[number] },
    ): Promise<z.output<typeof functionAnswer> | null>;
  };
  /** Whether the tenant has such a job. */
  readonly hasJob: (tenantId: string, jobId: string) => Promise<boolean>;
  readonly nowMs: () => number;
}

const DAY_MS = 86_400_000;

const rangeQuery = {
  from: moment.optional().meta({ description: "A day before `to` where it is missing" }),
  to: moment.optional().meta({ description: "Exclusive; now where it is missing" }),
  category: z.enum(EXECUTION_CATEGORIES).optional(),
};
const name = z.string().min(1).max(500);
const jobId = z.string().min(1).max(500).optional();

/** What took how long, as it can be read. */
export function createPerformanceReadings({ performance, hasJob, nowMs }: PerformanceDeps) {
  interface Asked {
    readonly from?: number | undefined;
    readonly to?: number | undefined;
    readonly category?: Category | undefined;
    readonly name?: string | undefined;
  }

  function rangeOf({ from, to }: Pick<Asked, "from" | "to">): TimeRange {
    const toMs = to ?? nowMs();
    const fromMs = from ?? toMs - DAY_MS;
    if (fromMs < toMs) return { fromMs, toMs };
    throw new PlayheadError("validation_error", "expected from to be before to");
  }

  function callsOf(tenantId: string, asked: Asked): Calls {
    return {
      tenantId,
      range: rangeOf(asked),
      ...(asked.category !== undefined && { category: asked.category }),
      ...(asked.name !== undefined && { name: asked.name }),
    };
  }

  async function compareJobs(tenantId: string, beforeJobId: string | undefined, afterJobId: string | undefined) {
    if (beforeJobId === undefined || afterJobId === undefined) {
      throw new PlayheadError("validation_error", "expected job_id and before_job_id, got only one of them");
    }
    for (const jobId of [beforeJobId, afterJobId]) if (!(await hasJob(tenantId, jobId))) throw noSuchJob(jobId);
    return performance.compareJobs({ tenantId, beforeJobId, afterJobId });
  }

  const functionQuery = z.strictObject({ ...rangeQuery, span });
  return {
    summary: reading({
      summary: "How long calls took, by function, over a range",
      query: z.strictObject({ ...rangeQuery, name: name.optional() }),
      read: (tenantId, query) => performance.getPerformanceSummary(callsOf(tenantId, query)),
    }),
    series: reading({
      summary: "How long calls took, span by span",
      query: z.strictObject({ ...rangeQuery, name: name.optional(), span }),
      read: (tenantId, query) => performance.readSeries({ ...callsOf(tenantId, query), span: query.span }),
    }),
    compare: reading({
      summary: "What changed between two ranges, or between two jobs",
      query: z.strictObject({
        ...rangeQuery,
        name: name.optional(),
        before_from: moment.optional().meta({ description: "As long a range before, where it is missing" }),
        before_to: moment.optional().meta({ description: "Exclusive; `from` where it is missing" }),
        job_id: jobId.meta({ description: "A job to compare, in place of a range; with before_job_id" }),
        before_job_id: jobId.meta({ description: "The job that it is compared with" }),
      }),
      read: async (tenantId, query) => {
        if (query.job_id !== undefined || query.before_job_id !== undefined) {
          return compareJobs(tenantId, query.before_job_id, query.job_id);
        }
        const { range: after, ...calls } = callsOf(tenantId, query);
        const toMs = query.before_to ?? after.fromMs;
        const before = rangeOf({ from: query.before_from ?? toMs - (after.toMs - after.fromMs), to: toMs });
        return performance.compare({ ...calls, before, after });
      },
    }),
    functionQuery,
    async readFunction(tenantId: string, functionName: string, query: z.output<typeof functionQuery>) {
      const asked = { ...callsOf(tenantId, query), name: functionName, span: query.span };
      const found = await performance.readFunction(asked);
      if (found !== null) return found;
      throw new PlayheadError("not_found", `nothing was called ${functionName} within the range`);
    },
  };
}

export type PerformanceReadings = ReturnType<typeof createPerformanceReadings>;

/** Performance over HTTP. */
export function addPerformanceRoutes(api: Api, readings: PerformanceReadings): void {
  const { summary, series, compare, functionQuery, readFunction } = readings;
  api.get(
    "/api/v1/performance/summary",
    {
      config: { permission: "inspect" },
      schema: { summary: summary.summary, querystring: summary.query, response: { 200: summaryAnswer } },
    },
    ({ tenantId, query }) => summary.read(tenantId, query),
  );
  api.get(
    "/api/v1/performance/series",
    {
      config: { permission: "inspect" },
      schema: { summary: series.summary, querystring: series.query, response: { 200: seriesAnswer } },
    },
    ({ tenantId, query }) => series.read(tenantId, query),
  );
  api.get(
    "/api/v1/performance/compare",
    {
      config: { permission: "inspect" },
      schema: { summary: compare.summary, querystring: compare.query, response: { 200: comparisonAnswer } },
    },
    ({ tenantId, query }) => compare.read(tenantId, query),
  );
  api.get(
    "/api/v1/performance/functions/:name",
    {
      config: { permission: "inspect" },
      schema: {
        summary: "How one function does, in sum and span by span",
        params: z.object({ name }),
        querystring: functionQuery,
        response: { 200: functionAnswer },
      },
    },
    ({ tenantId, params, query }) => readFunction(tenantId, params.name, query),
  );
}
