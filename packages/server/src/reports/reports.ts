import { PlayheadError, REPORT_FORMATS, type ReportData, type ReportInfo } from "@playhead/core";
import { buildReport, type ReportReadings } from "./build-report.ts";
import type { RenderedReport } from "./render/render-report.ts";
import { reportIdOf } from "./report-id.ts";
import type { ReportQuery } from "./report-query.ts";
import type { ReportShelf } from "./report-shelf.ts";

export interface ReportsDeps {
  readonly readings: ReportReadings;
  readonly shelf: ReportShelf;
  readonly draw: (report: ReportData) => Promise<RenderedReport>;
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly onError: (error: unknown, reportId: string) => void;
}

/** What made a report by itself. */
export interface MadeBy {
  readonly scheduleId: string;
  readonly reportId: string;
}

/** So many are made or wait at a time: whoever asks for more is to come back. */
const MOST_AT_ONCE = 8;

/** Makes reports: reads, draws and keeps them. What cannot be made is kept as well, with why. */
export function createReports({ readings, shelf, draw, nowMs, newId, onError }: ReportsDeps) {
  let atWork = 0;

  async function make(query: ReportQuery, by: MadeBy | null): Promise<ReportInfo> {
    const createdMs = nowMs();
    const reportId = by?.reportId ?? reportIdOf(createdMs, newId());
    const { tenantId, kind, range, timeZone } = query;
    const common = { report_id: reportId, kind, time_zone: timeZone, schedule_id: by?.scheduleId ?? null };
    let data: ReportData | null = null;
    try {
      data = await buildReport(readings, query, { reportId, createdMs });
      const files = await draw(data);
      const { title, from, to, created_at, headline } = data;
      const told = { title, from, to, created_at, headline };
      const info = { ...common, ...told, formats: REPORT_FORMATS, status: "made", error: null } as const;
      await shelf.put({ tenantId, info }, files);
      return info;
    } catch (error) {
      // What was asked is wrong, or we are ending: nothing was to be made.
      const code = error instanceof PlayheadError ? error.code : null;
      if (code === "validation_error" || code === "service_unavailable") throw error;
      onError(error, reportId);
      const info: ReportInfo = {
        ...common,
        title: data?.title ?? query.title ?? `${kind} report`,
        from: new Date(range.fromMs).toISOString(),
        to: new Date(range.toMs).toISOString(),
        created_at: new Date(createdMs).toISOString(),
        formats: [],
        status: "failed",
        headline: null,
        error:
          error instanceof PlayheadError ? error.message : "the report could not be made; the server's log says why",
      };
      await shelf.put({ tenantId, info }, null);
      return info;
    }
  }

  return {
    /**
     * Makes a report that somebody waits for.
     *
     * @returns also one that failed: see its `status`
     * @throws PlayheadError `validation_error` for what cannot be asked, `service_unavailable` while many are being made
     */
    async create(query: ReportQuery): Promise<ReportInfo> {
      if (atWork >= MOST_AT_ONCE) {
        throw new PlayheadError("service_unavailable", `${atWork} reports are being made; ask again in a while`);
      }
      atWork += 1;
      try {
        return await make(query, null);
      } finally {
        atWork -= 1;
      }
    },
    /** Makes one of a schedule, in place of one that failed. */
    makeScheduled: make,
    list: shelf.list,
    read: shelf.read,
    readFile: shelf.readFile,
  };
}

export type Reports = ReturnType<typeof createReports>;
