import {
  PlayheadError,
  REPORT_FORMATS,
  type ReportData,
  type ReportFormat,
  type ReportInfo,
  type ReportKind,
  type ReportMetric,
  type ReportSchedule,
  type TimeRange,
} from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";
import { decodePageToken, encodePageToken, markOfQuery } from "./page-token.ts";
import { reportData, reportDraft, reportInfo, reportSchedule, scheduleDraft } from "./report-schemas.ts";
import { pageSize } from "./schemas.ts";

interface ReportQuery {
  readonly tenantId: string;
  readonly kind: ReportKind;
  readonly range: TimeRange;
  readonly timeZone: string;
  readonly filter: {
    readonly functions: readonly string[] | null;
    readonly kinds: readonly string[] | null;
    readonly metrics: readonly ReportMetric[] | null;
  };
  readonly title?: string;
}

export interface ReportRoutesDeps {
  readonly reports: {
    create(query: ReportQuery): Promise<ReportInfo>;
    list(tenantId: string, page: { readonly afterId?: string; readonly limit: number }): Promise<readonly ReportInfo[]>;
    read(tenantId: string, reportId: string): Promise<ReportInfo | null>;
    readFile(tenantId: string, reportId: string, format: ReportFormat): Promise<Buffer | null>;
    readonly timeZone: string;
    readonly schedules: {
      list(tenantId: string): Promise<readonly ReportSchedule[]>;
      create(tenantId: string, draft: z.output<typeof scheduleDraft>): Promise<ReportSchedule>;
      remove(tenantId: string, scheduleId: string): Promise<boolean>;
    };
  };
  /** The last whole day or week of a zone. */
  readonly lastPeriod: (kind: "daily" | "weekly", timeZone: string, atMs: number) => TimeRange;
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
  readonly nowMs: () => number;
}

const PATH = "/api/v1/reports";
const TYPES: Readonly<Record<ReportFormat, string>> = {
  html: "text/html; charset=utf-8",
  pdf: "application/pdf",
  csv: "text/csv; charset=utf-8; header=present",
  json: "application/json",
};
const FILE = /^(.+)\.(html|pdf|csv|json)$/;
const params = z.object({ report_id: z.string().min(1).max(100) });

/** Reports: made, listed, read in each of their forms. */
export function addReportRoutes(api: Api, deps: ReportRoutesDeps): void {
  const { reports, lastPeriod, audit, nowMs } = deps;

  api.get(
    PATH,
    {
      config: { permission: "inspect" },
      schema: {
        summary: "List reports, the newest first",
        querystring: z.strictObject({ page_size: pageSize, page_token: z.string().max(1_000).optional() }),
        response: { 200: z.object({ reports: z.array(reportInfo), next_page_token: z.string().nullable() }) },
      },
    },
    async ({ tenantId, query }) => {
      const mark = markOfQuery("reports", tenantId, query);
      const found = await reports.list(tenantId, {
        limit: query.page_size,
        ...(query.page_token !== undefined && { afterId: decodePageToken(query.page_token, mark).id }),
      });
      const last = found.length < query.page_size ? undefined : found.at(-1);
      const cursor = last === undefined ? null : { value: null, id: last.report_id };
      return { reports: [...found], next_page_token: encodePageToken(cursor, mark) };
    },
  );

  api.post(
    PATH,
    {
      config: { permission: "control", waits: true },
      schema: {
        summary: "Make a report; one that could not be made says so by its status",
        body: reportDraft,
        response: { 201: reportInfo },
      },
    },
    async (request, reply) => {
      const { tenantId, body } = request;
      const { kind, functions = null, kinds = null, metrics = null, title } = body;
      const timeZone = body.time_zone ?? reports.timeZone;
      const info = await reports.create({
        ...{ tenantId, kind, timeZone },
        range: rangeOf(body, timeZone),
        filter: { functions, kinds, metrics },
        ...(title !== undefined && { title }),
      });
      await audit(request, "report.made", info.report_id, tenantId);
      reply.status(201);
      return info;
    },
  );

  function rangeOf({ kind, from, to }: z.output<typeof reportDraft>, timeZone: string): TimeRange {
    if (from !== undefined && to !== undefined) return { fromMs: from, toMs: to };
    const isPeriod = kind === "daily" || kind === "weekly";
    if (isPeriod && from === undefined && to === undefined) return lastPeriod(kind, timeZone, nowMs());
    const more = isPeriod ? ", or neither for the last whole one" : "";
    throw new PlayheadError("validation_error", `expected from and to of a ${kind} report${more}`);
  }

  api.get(
    `${PATH}/:report_id`,
    {
      config: { permission: "inspect" },
      schema: {
        summary: `Read a report: all that it tells; with ${REPORT_FORMATS.map((format) => `.${format}`).join(", ")} after its id as a file`,
        params,
        response: {
          200: {
            description: "The report",
            content: {
              "application/json": { schema: reportData },
              "application/pdf": { schema: z.string() },
              "text/html": { schema: z.string() },
              "text/csv": { schema: z.string() },
            },
          },
        },
      },
    },
    async ({ tenantId, params: { report_id: asked } }, reply) => {
      const [, id = asked, format = "json"] = FILE.exec(asked) ?? [];
      const file = await reports.readFile(tenantId, id, format as ReportFormat);
      if (file === null) throw await whyNot(tenantId, id);
      if (asked === id) return JSON.parse(file.toString()) as ReportData;
      reply
        .type(TYPES[format as ReportFormat])
        .header(
          "content-disposition",
          `${format === "pdf" || format === "html" ? "inline" : "attachment"}; filename="${asked}"`,
        )
        // Of a report that is opened by its address, nothing runs.
        .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
      return reply.send(file as never);
    },
  );

  async function whyNot(tenantId: string, reportId: string): Promise<PlayheadError> {
    const info = await reports.read(tenantId, reportId);
    if (info === null) return new PlayheadError("not_found", `there is no report ${reportId}`);
    return new PlayheadError("not_found", `the report ${reportId} was not made: ${info.error ?? "its file is gone"}`);
  }

  addScheduleRoutes(api, { schedules: reports.schedules, audit });
}

interface ScheduleRoutesDeps extends Pick<ReportRoutesDeps, "audit"> {
  readonly schedules: ReportRoutesDeps["reports"]["schedules"];
}

/** What makes reports by itself. */
function addScheduleRoutes(api: Api, { schedules, audit }: ScheduleRoutesDeps): void {
  api.get(
    `${PATH}/schedules`,
    {
      config: { permission: "inspect" },
      schema: {
        summary: "List what makes reports by itself",
        response: { 200: z.object({ schedules: z.array(reportSchedule) }) },
      },
    },
    async ({ tenantId }) => ({ schedules: [...(await schedules.list(tenantId))] }),
  );

  api.post(
    `${PATH}/schedules`,
    {
      config: { permission: "admin" },
      schema: {
        summary: "Have reports made by themselves, and sent",
        body: scheduleDraft,
        response: { 201: reportSchedule },
      },
    },
    async (request, reply) => {
      const { tenantId, body } = request;
      const schedule = await schedules.create(tenantId, body);
      await audit(request, "report_schedule.created", schedule.schedule_id, tenantId);
      reply.status(201);
      return schedule;
    },
  );

  api.delete(
    `${PATH}/schedules/:schedule_id`,
    {
      config: { permission: "admin" },
      schema: {
        summary: "End a schedule; its reports stay",
        params: z.object({ schedule_id: z.string().min(1).max(200) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, params: asked } = request;
      if (!(await schedules.remove(tenantId, asked.schedule_id))) {
        throw new PlayheadError("not_found", `there is no schedule ${asked.schedule_id}`);
      }
      await audit(request, "report_schedule.removed", asked.schedule_id, tenantId);
      reply.status(204);
      return null;
    },
  );
}
