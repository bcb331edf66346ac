import { JOB_STATES, LOG_LEVELS, type LogFilter, type SystemSample, type TimeRange } from "@playhead/core";
import * as z from "zod";
import type { JobCounts } from "../store/store.ts";
import type { Api } from "./api.ts";
import { reading } from "./reading.ts";
import { timestamp } from "./schemas.ts";

type StoredSample = SystemSample & { readonly ts: string; readonly source: string };

export interface MonitoringStatsDeps {
  readonly countJobs: (tenantId: string, sinceMs: number) => Promise<JobCounts>;
  readonly countEntries: (filter: LogFilter) => Promise<number>;
  readonly sumCalls: (tenantId: string, range: TimeRange) => Promise<{ readonly functions: readonly CallsOfName[] }>;
  readonly readSamples: (query: {
    readonly tenantId: string;
    readonly range: TimeRange;
    readonly limit: number;
  }) => Promise<readonly StoredSample[]>;
  readonly nowMs: () => number;
}

interface CallsOfName {
  readonly count: number;
  readonly error_count: number;
  readonly total_ms: number;
}

const HOUR_MS = 3_600_000;
/** A week's samples of one machine, read to show some of them. */
const MAX_SAMPLES = 50_000;
/** More than this nobody can tell apart in a picture: of more, every so many are shown. */
const MAX_SHOWN = 2_000;

const hours = z.coerce.number().min(0.01).max(168).default(24);
const nullable = z.number().nullable();
const sample = z
  .object({
    ts: timestamp,
    source: z.string(),
    host: z.string(),
    cpu_percent: nullable,
    memory_used_bytes: z.number(),
    memory_total_bytes: z.number(),
    process_memory_bytes: z.number(),
    event_loop_delay_ms: nullable,
    disk_used_bytes: nullable,
    disk_total_bytes: nullable,
    temp_bytes: nullable,
    active_jobs: z.number(),
    gauges: z.record(z.string(), z.number()).optional(),
  })
  .meta({ id: "SystemSample" });
const statsAnswer = z.object({
  range: z.object({ from: timestamp, to: timestamp }),
  jobs: z.object({ created: z.number(), failed: z.number(), by_state: z.record(z.enum(JOB_STATES), z.number()) }),
  calls: z.object({ count: z.number(), error_count: z.number(), error_rate: nullable, average_ms: nullable }),
  logs: z.record(z.enum(LOG_LEVELS), z.number()).meta({ description: "Entries by their level" }),
});

/** What goes on, in figures. */
export function createMonitoringReadings(deps: MonitoringStatsDeps) {
  const rangeOf = (count: number): TimeRange => {
    const toMs = deps.nowMs();
    return { fromMs: toMs - count * HOUR_MS, toMs };
  };
  return {
    stats: reading({
      summary: "How jobs, calls and the log did in the last hours",
      query: z.strictObject({ hours }),
      read: async (tenantId, query) => {
        const range = rangeOf(query.hours);
        const countLevel = (level: (typeof LOG_LEVELS)[number]) =>
          deps.countEntries({ tenant_id: tenantId, range, levels: [level] });
        const [jobs, calls, counts] = await Promise.all([
          deps.countJobs(tenantId, range.fromMs),
          deps.sumCalls(tenantId, range),
          Promise.all(LOG_LEVELS.map(countLevel)),
        ]);
        return {
          range: { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() },
          jobs: { created: jobs.createdSince, failed: jobs.failedSince, by_state: jobs.byState },
          calls: totalOf(calls.functions),
          logs: Object.fromEntries(LOG_LEVELS.map((level, at) => [level, counts[at] ?? 0])) as Record<
            (typeof LOG_LEVELS)[number],
            number
          >,
        };
      },
    }),
    system: reading({
      summary: "How machines did in the last hours, oldest first",
      query: z.strictObject({ hours }),
      read: async (tenantId, query) => {
        const found = await deps.readSamples({ tenantId, range: rangeOf(query.hours), limit: MAX_SAMPLES });
        const every = Math.ceil(found.length / MAX_SHOWN);
        return { samples: found.filter((_, at) => at % every === 0) };
      },
    }),
  };
}

function totalOf(functions: readonly CallsOfName[]) {
  const sum = (of: (each: CallsOfName) => number) => functions.reduce((total, each) => total + of(each), 0);
  const [count, errors] = [sum((each) => each.count), sum((each) => each.error_count)];
  return {
    count,
    error_count: errors,
    error_rate: count === 0 ? null : errors / count,
    average_ms: count === 0 ? null : sum((each) => each.total_ms) / count,
  };
}

/** Figures over HTTP. */
export function addMonitoringStatsRoutes(
  api: Api,
  { stats, system }: ReturnType<typeof createMonitoringReadings>,
): void {
  api.get(
    "/api/v1/monitoring/stats",
    {
      config: { permission: "inspect" },
      schema: { summary: stats.summary, querystring: stats.query, response: { 200: statsAnswer } },
    },
    ({ tenantId, query }) => stats.read(tenantId, query),
  );
  api.get(
    "/api/v1/monitoring/metrics/system",
    {
      config: { permission: "inspect" },
      schema: {
        summary: system.summary,
        querystring: system.query,
        response: { 200: z.object({ samples: z.array(sample) }) },
      },
    },
    async ({ tenantId, query }) => {
      const { samples } = await system.read(tenantId, query);
      return { samples: samples as z.output<typeof sample>[] };
    },
  );
}
