import { EXECUTION_CATEGORIES, PlayheadError, type TimeRange } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import { reading } from "./reading.ts";
import { moment, timestamp } from "./schemas.ts";

const SPANS = ["minute", "hour", "day", "week", "month"] as const;
const WEEK_MS = 7 * 86_400_000;

const share = (description: string) => z.number().nullable().meta({ description });
const description = {
  trend: z
    .enum(["improving", "steady", "regressing", "unknown"])
    .meta({ description: "unknown: of fewer than 15 points" }),
  slope_per_day: share("By which share it takes longer each day: Theil–Sen; null where the trend is unknown"),
  slope_low: share("Its 95 % interval"),
  slope_high: share("Its 95 % interval"),
  confidence: share("0..1: how sure it is that there is a trend at all, by Mann–Kendall"),
};
const change = z.number().meta({ description: "By which share it takes longer: 0.5 is half as long again" });
const atMs = z.number().meta({ description: "Milliseconds since 1970" });

const functionTrend = z.object({
  category: z.enum(EXECUTION_CATEGORIES),
  name: z.string(),
  measure: z.literal("duration"),
  points: z.number().meta({ description: "Spans with calls: of each the median is looked at" }),
  ...description,
  change_points: z
    .array(z.object({ at_ms: atMs, before_ms: z.number(), after_ms: z.number(), change, p_value: z.number() }))
    .readonly(),
  anomalies: z
    .array(
      z.object({
        at_ms: atMs,
        value_ms: z.number(),
        expected_ms: z.number().meta({ description: "What is usual for that hour" }),
        score: z.number().meta({ description: "In usual deviations, 4 or more; over 0: it took longer" }),
      }),
    )
    .readonly()
    .meta({ description: "Of hours; none of other spans" }),
});

const kindTrend = z.object({
  kind: z.string(),
  measure: z.enum(["residual", "speed", "duration"]).meta({
    description:
      "residual: how long jobs took by how long they were expected to; speed: seconds of media made in a second; duration: milliseconds",
  }),
  points: z.number().meta({ description: "Jobs" }),
  median: z.number().nullable(),
  ...description,
  change_points: z
    .array(z.object({ at_ms: atMs, before: z.number(), after: z.number(), change, p_value: z.number() }))
    .readonly(),
});

const known = z.string().nullable();
const mediaTrend = kindTrend.extend({ task_kind: z.string(), style: known, size: known, codec: known, host: known });

const answer = z
  .object({
    range: z.object({ from: timestamp, to: timestamp }),
    span: z.enum(SPANS),
    functions: z.array(functionTrend).readonly(),
    functions_left_out: z
      .number()
      .meta({ description: "Functions that took less time in all, and were not looked at" }),
    kinds: z.array(kindTrend).readonly(),
    media: z.array(mediaTrend).readonly(),
  })
  .meta({ id: "PerformanceTrends" });

export interface TrendReadingsDeps {
  readonly readTrends: (query: {
    readonly tenantId: string;
    readonly range: TimeRange;
    readonly span?: (typeof SPANS)[number];
    readonly category?: (typeof EXECUTION_CATEGORIES)[number];
    readonly name?: string;
  }) => Promise<z.output<typeof answer>>;
  readonly nowMs: () => number;
}

/** What became slower, as it can be read. */
export function createTrendReading({ readTrends, nowMs }: TrendReadingsDeps) {
  return reading({
    summary: "What became slower or quicker: drift, steps, and hours out of the usual",
    query: z.strictObject({
      from: moment.optional().meta({ description: "A week before `to` where it is missing" }),
      to: moment.optional().meta({ description: "Exclusive; now where it is missing" }),
      span: z
        .enum(SPANS)
        .optional()
        .meta({ description: "`hour` of up to two weeks, else `day`, where it is missing" }),
      category: z.enum(EXECUTION_CATEGORIES).optional(),
      name: z.string().min(1).max(500).optional(),
    }),
    async read(tenantId, { from, to = nowMs(), span, category, name }) {
      const range = { fromMs: from ?? to - WEEK_MS, toMs: to };
      if (range.fromMs >= range.toMs) throw new PlayheadError("validation_error", "expected from to be before to");
      return readTrends({
        ...{ tenantId, range },
        ...(span !== undefined && { span }),
        ...(category !== undefined && { category }),
        ...(name !== undefined && { name }),
      });
    },
  });
}

/** Trends over HTTP. */
export function addTrendRoutes(api: Api, trends: ReturnType<typeof createTrendReading>): void {
  api.get(
    "/api/v1/performance/trends",
    {
      config: { permission: "inspect" },
      schema: { summary: trends.summary, querystring: trends.query, response: { 200: answer } },
    },
    ({ tenantId, query }) => trends.read(tenantId, query),
  );
}
