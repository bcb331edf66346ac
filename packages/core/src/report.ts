import type { ToldRange } from "./performance-summary.ts";

/** What reports there are. Daily and weekly ones are of a whole day or week of their time zone. */
export const REPORT_KINDS = ["daily", "weekly", "trend", "custom"] as const;
/** One of {@link REPORT_KINDS}. */
export type ReportKind = (typeof REPORT_KINDS)[number];

/** The forms in which each report is kept. */
export const REPORT_FORMATS = ["html", "pdf", "csv", "json"] as const;
/** One of {@link REPORT_FORMATS}. */
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** What of calls a report can tell, by the names that it has in `CallFigures`. */
export const CALL_METRICS = [
  "count",
  "error_rate",
  "average_ms",
  "p50_ms",
  "p95_ms",
  "p99_ms",
  "max_ms",
  "total_ms",
] as const;
/** One of {@link CALL_METRICS}. */
export type CallMetric = (typeof CALL_METRICS)[number];

/** All that a report can tell: of jobs, and of calls. */
export const REPORT_METRICS = ["jobs", "clips", "scores", "errors", ...CALL_METRICS] as const;
/** One of {@link REPORT_METRICS}. */
export type ReportMetric = (typeof REPORT_METRICS)[number];

/** What a value is. A `ratio` is a share, 0..1 (of a change: any number); `time` is ISO 8601 in UTC. */
export type ReportUnit = "count" | "ratio" | "change" | "ms" | "score" | "time" | "text";

/** One number, and what it was in the period before. */
export interface ReportFigure {
  readonly id: string;
  readonly label: string;
  readonly unit: ReportUnit;
  /** Null where there is nothing to tell it of. */
  readonly value: number | null;
  readonly before: number | null;
  /** Share by which it grew (0.1: by a tenth); null where one side is missing or was 0. */
  readonly change: number | null;
  /** Which way is good news; null for neither. */
  readonly better: "higher" | "lower" | null;
}

export interface ReportSeries {
  readonly id: string;
  readonly label: string;
  /** One for each span of the chart; null where there was nothing to measure. */
  readonly values: readonly (number | null)[];
}

/** Something over time. */
export interface ReportChart {
  readonly id: string;
  readonly title: string;
  /** Bars stand on each other: their series add up. */
  readonly drawn: "bars" | "lines";
  readonly unit: ReportUnit;
  /** They follow each other without a gap. */
  readonly spans: readonly ToldRange[];
  readonly series: readonly ReportSeries[];
}

export interface ReportColumn {
  readonly id: string;
  readonly label: string;
  readonly unit: ReportUnit;
}

export interface ReportTable {
  readonly id: string;
  readonly title: string;
  /** What stands in its place when it has no rows. */
  readonly empty: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** How many more rows there would be. */
  readonly omitted: number;
}

/** What was asked for; null for all. */
export interface ReportFilter {
  readonly functions: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly metrics: readonly ReportMetric[] | null;
}

/** A report before it is drawn: page, API, PDF, HTML, CSV and JSON are made of this and nothing else. */
export interface ReportData {
  readonly report_id: string;
  readonly kind: ReportKind;
  readonly title: string;
  /** Half-open, ISO 8601, like all ranges. */
  readonly from: string;
  readonly to: string;
  /** IANA zone in which times are shown, and days begin. */
  readonly time_zone: string;
  /** With which it is compared. */
  readonly before: ToldRange;
  readonly created_at: string;
  readonly filter: ReportFilter;
  /** What it comes to, in a sentence or two. */
  readonly headline: string;
  readonly figures: readonly ReportFigure[];
  readonly charts: readonly ReportChart[];
  readonly tables: readonly ReportTable[];
  /** What has to be known to read it right. */
  readonly notes: readonly string[];
}

/** A report as it is listed. */
export interface ReportInfo {
  readonly report_id: string;
  readonly kind: ReportKind;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly time_zone: string;
  readonly created_at: string;
  /** None of one that failed. */
  readonly formats: readonly ReportFormat[];
  /** What made it; null when somebody asked for it. */
  readonly schedule_id: string | null;
  readonly status: "made" | "failed";
  readonly headline: string | null;
  /** Why it could not be made. */
  readonly error: string | null;
}

/** What makes reports by itself. */
export interface ReportSchedule {
  readonly schedule_id: string;
  readonly kind: "daily" | "weekly";
  /** When, in the time zone: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  readonly time_zone: string;
  /** Names of alert channels. */
  readonly send_to: readonly string[];
  readonly created_at: string;
  /** When it makes the next one; null when never again. */
  readonly next_at: string | null;
}
