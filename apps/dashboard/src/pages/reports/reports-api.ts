import type { ReportData, ReportFormat, ReportInfo, ReportKind, ReportSchedule } from "@playhead/core";
import { client } from "../../client.ts";

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
