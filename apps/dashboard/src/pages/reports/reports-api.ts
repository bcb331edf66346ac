import { client } from "../../client.ts";

/** What reports there are. Daily and weekly ones are of a whole day or week. */
export const REPORT_KINDS = ["daily", "weekly", "trend", "custom"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];
/** The forms in which a report is kept. */
export type ReportFormat = "html" | "pdf" | "csv" | "json";
/** What a value is. */
export type ReportUnit = "count" | "ratio" | "change" | "ms" | "score" | "time" | "text";

/** A report as it is listed. */
export interface ReportInfo {
  readonly report_id: string;
  readonly kind: ReportKind;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly time_zone: string;
  readonly created_at: string;
  readonly formats: readonly ReportFormat[];
  readonly schedule_id: string | null;
  readonly status: "made" | "failed";
  readonly headline: string | null;
  readonly error: string | null;
}

export interface ReportFigure {
  readonly id: string;
  readonly label: string;
  readonly unit: ReportUnit;
  readonly value: number | null;
  readonly before: number | null;
  readonly change: number | null;
  readonly better: "higher" | "lower" | null;
}

export interface ReportChartData {
  readonly id: string;
  readonly title: string;
  /** Bars stand on each other: their series add up. */
  readonly drawn: "bars" | "lines";
  readonly unit: ReportUnit;
  readonly spans: readonly { readonly from: string; readonly to: string }[];
  readonly series: readonly {
    readonly id: string;
    readonly label: string;
    readonly values: readonly (number | null)[];
  }[];
}

export interface ReportTableData {
  readonly id: string;
  readonly title: string;
  readonly empty: string;
  readonly columns: readonly { readonly id: string; readonly label: string; readonly unit: ReportUnit }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly omitted: number;
}

/** All that a report tells: its files are made of the same. */
export interface ReportData extends Omit<ReportInfo, "formats" | "schedule_id" | "status" | "error" | "headline"> {
  readonly headline: string;
  readonly figures: readonly ReportFigure[];
  readonly charts: readonly ReportChartData[];
  readonly tables: readonly ReportTableData[];
  readonly notes: readonly string[];
}

export interface ReportSchedule {
  readonly schedule_id: string;
  readonly kind: "daily" | "weekly";
  readonly cron: string;
  readonly time_zone: string;
  readonly send_to: readonly string[];
  readonly next_at: string | null;
}

/** What is asked for; without a range, a daily or weekly report is of the last whole day or week. */
export interface ReportDraft {
  readonly kind: ReportKind;
  readonly from?: string;
  readonly to?: string;
  readonly time_zone: string;
  readonly functions?: readonly string[];
  readonly kinds?: readonly string[];
  readonly metrics?: readonly string[];
  readonly title?: string;
}

export type ScheduleDraft = Pick<ReportSchedule, "kind" | "cron" | "time_zone" | "send_to">;

interface ReportsPage {
  readonly reports: readonly ReportInfo[];
  readonly next_page_token: string | null;
}

const { ask } = client.api;
const reportPath = (id: string) => `reports/${encodeURIComponent(id)}`;

/** What the server is asked about reports. Each call throws a PlayheadError when it fails. */
export const reportsApi = {
  list: (page_token?: string) => ask<ReportsPage>("GET", "reports", { query: { page_token } }),
  read: (id: string) => ask<ReportData>("GET", reportPath(id)),
  make: (body: ReportDraft) => ask<ReportInfo>("POST", "reports", { body }),
  schedules: async () =>
    (await ask<{ readonly schedules: readonly ReportSchedule[] }>("GET", "reports/schedules")).schedules,
  schedule: (body: ScheduleDraft) => ask<ReportSchedule>("POST", "reports/schedules", { body }),
  endSchedule: (id: string) => ask<null>("DELETE", `reports/schedules/${encodeURIComponent(id)}`),
};

/** Where a file of a report is, for a browser that is signed in. */
export const fileHref = (id: string, format: ReportFormat) => `/api/v1/${reportPath(id)}.${format}`;
