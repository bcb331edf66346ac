import { REPORT_FORMATS, REPORT_KINDS, REPORT_METRICS } from "@playhead/core";
import * as z from "zod";
import { moment, timestamp } from "./schemas.ts";

const units = z.enum(["count", "ratio", "change", "ms", "score", "time", "text"]);
const number = z.number().nullable();
const range = z.object({ from: timestamp, to: timestamp });

export const reportInfo = z
  .object({
    report_id: z.string(),
    kind: z.enum(REPORT_KINDS),
    title: z.string(),
    from: timestamp,
    to: timestamp,
    time_zone: z.string(),
    created_at: timestamp,
    formats: z.array(z.enum(REPORT_FORMATS)).readonly(),
    schedule_id: z.string().nullable(),
    status: z.enum(["made", "failed"]),
    headline: z.string().nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: "Report" });

export const reportData = z
  .object({
    report_id: z.string(),
    kind: z.enum(REPORT_KINDS),
    title: z.string(),
    from: timestamp,
    to: timestamp,
    time_zone: z.string(),
    before: range,
    created_at: timestamp,
    filter: z.object({
      functions: z.array(z.string()).readonly().nullable(),
      kinds: z.array(z.string()).readonly().nullable(),
      metrics: z.array(z.enum(REPORT_METRICS)).readonly().nullable(),
    }),
    headline: z.string(),
    figures: z
      .array(
        z.object({
          id: z.string(),
          label: z.string(),
          unit: units,
          value: number,
          before: number,
          change: number,
          better: z.enum(["higher", "lower"]).nullable(),
        }),
      )
      .readonly(),
    charts: z
      .array(
        z.object({
          id: z.string(),
          title: z.string(),
          drawn: z.enum(["bars", "lines"]),
          unit: units,
          spans: z.array(range).readonly(),
          series: z
            .array(z.object({ id: z.string(), label: z.string(), values: z.array(number).readonly() }))
            .readonly(),
        }),
      )
      .readonly(),
    tables: z
      .array(
        z.object({
          id: z.string(),
          title: z.string(),
          empty: z.string(),
          columns: z.array(z.object({ id: z.string(), label: z.string(), unit: units })).readonly(),
          rows: z.array(z.array(z.union([z.string(), z.number(), z.null()])).readonly()).readonly(),
          omitted: z.number(),
        }),
      )
      .readonly(),
    notes: z.array(z.string()).readonly(),
  })
  .meta({ id: "ReportData" });

export const timeZone = z.string().refine(isTimeZone, "expected an IANA time zone such as Europe/Rome");

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}

const names = z.array(z.string().min(1).max(500)).min(1).max(100).readonly();

export const reportDraft = z.strictObject({
  kind: z.enum(REPORT_KINDS).default("custom"),
  from: moment
    .optional()
    .meta({ description: "Of a daily or weekly one the last whole day or week, where it is missing" }),
  to: moment.optional().meta({ description: "Exclusive" }),
  time_zone: timeZone.optional().meta({ description: "The server's, where it is missing" }),
  functions: names.optional().meta({ description: "Only calls of these" }),
  kinds: names.optional().meta({ description: "Only jobs of these" }),
  metrics: z.array(z.enum(REPORT_METRICS)).min(1).readonly().optional(),
  title: z.string().trim().min(1).max(200).optional(),
});

export const reportSchedule = z
  .object({
    schedule_id: z.string(),
    kind: z.enum(["daily", "weekly"]),
    cron: z.string(),
    time_zone: z.string(),
    send_to: z.array(z.string()).readonly(),
    created_at: timestamp,
    next_at: timestamp.nullable(),
  })
  .meta({ id: "ReportSchedule" });

export const scheduleDraft = z.strictObject({
  kind: z.enum(["daily", "weekly"]),
  cron: z.string().min(1).max(100).optional().meta({ description: "06:00, of a weekly one on Monday" }),
  time_zone: timeZone.optional().meta({ description: "The server's, where it is missing" }),
  send_to: z.array(z.string().min(1).max(63)).max(20).readonly().optional().meta({ description: "Alert channels" }),
});
