import path from "node:path";
import type { ReportData, ReportInfo } from "@playhead/core";
import { createPerformance } from "../src/performance/performance.ts";
import type { ReportReadings } from "../src/reports/build-report.ts";
import type { RenderedReport } from "../src/reports/render/render-report.ts";
import { createReportShelf } from "../src/reports/report-shelf.ts";
import { createReports } from "../src/reports/reports.ts";
import { createScheduleRunner } from "../src/reports/schedule-runner.ts";
import { createSchedules } from "../src/reports/schedules.ts";
import { createSqliteStore } from "../src/store/sqlite/open-store.ts";
import { createSqliteTelemetry } from "../src/store/sqlite/telemetry/open-telemetry.ts";
import type { Store } from "../src/store/store.ts";
import type { TelemetryStore } from "../src/store/telemetry-store.ts";

export const TENANT = "default";

/** The readings of the real stores, as the engine puts them together. */
export function readingsOf(store: Pick<Store, "listJobs">, telemetry: TelemetryStore): ReportReadings {
  const performance = createPerformance(telemetry);
  return {
    listJobs: store.listJobs,
    sumCalls: performance.getPerformanceSummary,
    compareCalls: performance.compare,
  };
}

/** A report that is not drawn: its data alone is in its files. */
export async function undrawn(report: ReportData): Promise<RenderedReport> {
  const bytes = new TextEncoder().encode(JSON.stringify(report));
  return { json: bytes, csv: bytes, html: bytes, pdf: bytes };
}

export interface ReportLife {
  readonly timeZone: string;
  /** @defaultValue {@link undrawn} */
  readonly draw?: (report: ReportData) => Promise<RenderedReport>;
  /** The process dies when it asks the store to write for so manieth time. @defaultValue never */
  readonly diesAtWrite?: number;
}

/** Reports and their schedules over real stores, with time that passes only when the test says so; processes come and go. */
export async function openReportWorld(folder: string, { timeZone, startMs }: { timeZone: string; startMs: number }) {
  const clock = { nowMs: startMs };
  const nowMs = () => clock.nowMs;
  const store = await createSqliteStore({ folder, nowMs, newEpoch: () => "e" });
  const telemetry = await createSqliteTelemetry({ folder, timeZone });
  const sent: { readonly channels: readonly string[]; readonly report: ReportInfo; readonly atMs: number }[] = [];
  const errors: unknown[] = [];
  let ids = 0;

  /** What a process has of the store, until it dies. */
  function mortal(diesAtWrite: number): Store {
    let writes = 0;
    const alive =
      <Args extends readonly unknown[], Result>(write: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        writes += 1;
        if (writes >= diesAtWrite) throw new Error("the process is dead");
        return write(...args);
      };
    return { ...store, putDocument: alive(store.putDocument), addDocument: alive(store.addDocument) };
  }

  return {
    store,
    telemetry,
    clock,
    sent,
    errors,
    /** Starts a process. */
    live({ timeZone: zone, draw = undrawn, diesAtWrite = Number.POSITIVE_INFINITY }: ReportLife) {
      const mine = mortal(diesAtWrite);
      const shelf = createReportShelf({ store: mine, folder: path.join(folder, "reports") });
      const reports = createReports({
        ...{ readings: readingsOf(store, telemetry), shelf, draw, nowMs },
        newId: () => `id${++ids}`,
        onError: (error) => errors.push(error),
      });
      const schedules = createSchedules({
        ...{ store: mine, timeZone: zone, nowMs },
        channelNames: () => ["ops"],
        newId: () => `s${++ids}`,
      });
      const runner = createScheduleRunner({
        ...{ schedules, reports, shelf, nowMs },
        send: async (_, channels, report) => void sent.push({ channels, report, atMs: clock.nowMs }),
        onError: (error) => errors.push(error),
        after: () => () => {},
      });
      return { shelf, reports, schedules, runner };
    },
    async close(): Promise<void> {
      await telemetry.close();
      await store.close();
    },
  };
}

/** All of a tenant's reports, the newest first. */
export async function allReports(
  list: (tenantId: string, page: { afterId?: string; limit: number }) => Promise<readonly ReportInfo[]>,
): Promise<readonly ReportInfo[]> {
  const all: ReportInfo[] = [];
  for (;;) {
    const afterId = all.at(-1)?.report_id;
    const page = await list(TENANT, { limit: 200, ...(afterId !== undefined && { afterId }) });
    all.push(...page);
    if (page.length < 200) return all;
  }
}
