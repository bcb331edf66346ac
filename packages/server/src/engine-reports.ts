import { createHash, randomUUID } from "node:crypto";
import path from "node:path";
import type { AlertNotification, ReportInfo } from "@playhead/core";
import type { EngineAlerts } from "./engine-alerts.ts";
import { startReportThread } from "./engine-report-thread.ts";
import { textOf } from "./error-text.ts";
import type { ReportReadings } from "./reports/build-report.ts";
import { createRenderer } from "./reports/render-in-thread.ts";
import { createReportShelf, REPORTS_FOLDER, type ReportShelf } from "./reports/report-shelf.ts";
import { createReports } from "./reports/reports.ts";
import { createScheduleRunner } from "./reports/schedule-runner.ts";
import { createSchedules } from "./reports/schedules.ts";
import type { ServerLog } from "./server-log.ts";
import type { AlertStore, DeliveryRow } from "./store/alert-store.ts";
import type { Store } from "./store/store.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

export interface EngineReportsDeps {
  readonly shelf: ReportShelf;
  readonly store: Store & Pick<AlertStore, "putAlerts" | "readDelivery">;
  readonly readings: ReportReadings;
  readonly alerts: Pick<EngineAlerts, "channelTypes" | "publicUrl" | "wake">;
  /** Of days and weeks, and of the times that are shown. */
  readonly timeZone: string;
  readonly log: ServerLog;
  readonly nowMs: () => number;
}

/** Of drawing one report; a week with thousands of functions takes some seconds. */
const DRAW_LIMIT_MS = 120_000;

/** The shelf of a data folder, which retention needs before there is anything to put on it. */
export function openReportShelf(store: Store, dataFolder: string): ReportShelf {
  return createReportShelf({ store, folder: path.join(dataFolder, REPORTS_FOLDER) });
}

/** Reports, made when they are asked for and by schedules; from `start` on they run by themselves. */
export function assembleReports(deps: EngineReportsDeps) {
  const { shelf, store, readings, alerts, timeZone, log, nowMs } = deps;
  const renderer = createRenderer({ startThread: startReportThread, limitMs: DRAW_LIMIT_MS });
  const reports = createReports({
    ...{ readings, shelf, nowMs, newId: randomUUID },
    draw: renderer.draw,
    onError: (error, reportId) =>
      log("error", "a report could not be made", { report_id: reportId, error: textOf(error) }),
  });
  const schedules = createSchedules({
    ...{ store, timeZone, nowMs },
    channelNames: () => [...alerts.channelTypes().keys()],
    newId: () => randomUUID().replaceAll("-", "").slice(0, 16),
  });
  const runner = createScheduleRunner({
    ...{ schedules, reports, shelf, send, nowMs },
    onError: (error, scheduleId) =>
      log("error", "reports of a schedule could not be made", { schedule_id: scheduleId, error: textOf(error) }),
  });

  /** Puts a report on its way through channels, once each: as alerts go, tried again until it has arrived. */
  async function send(tenantId: string, channels: readonly string[], report: ReportInfo): Promise<void> {
    const types = alerts.channelTypes();
    const notification = notificationOf(report, alerts.publicUrl(), nowMs());
    const rows = channels.map((channel) =>
      deliveryOf(tenantId, notification, channel, types.get(channel) ?? "unknown"),
    );
    const there = await Promise.all(rows.map(({ delivery }) => store.readDelivery(tenantId, delivery.delivery_id)));
    const deliveries = rows.filter((_, at) => there[at] === null);
    if (deliveries.length === 0) return;
    await store.putAlerts({ alerts: [], deliveries, position: null });
    alerts.wake();
  }

  return {
    ...reports,
    schedules,
    /** The zone of reports that name none. */
    timeZone,
    /** Makes what is due; by itself it does so each minute. */
    runSchedules: runner.run,
    async start(): Promise<void> {
      await schedules.give(DEFAULT_TENANT);
      runner.start();
    },
    async close(): Promise<void> {
      await Promise.all([runner.close(), renderer.close()]);
    },
  };
}

function notificationOf(report: ReportInfo, publicUrl: string | null, nowMs: number): AlertNotification {
  const { report_id: id, title, headline } = report;
  return {
    ...{ notification_id: id, kind: "report", group_key: id, rule_id: "report", rule_name: "Reports", level: "info" },
    title,
    message: headline ?? title,
    ...{ alerts: [], alert_count: 0, count: 0, causes: [], runbook_url: null },
    url: publicUrl === null ? null : new URL(`reports/${id}`, publicUrl).href,
    attachment: `${id}.pdf`,
    created_at: new Date(nowMs).toISOString(),
  };
}

function deliveryOf(
  tenantId: string,
  notification: AlertNotification,
  channel: string,
  channelType: string,
): DeliveryRow {
  const { notification_id, rule_id, rule_name, kind, level, title, created_at } = notification;
  const mark = createHash("sha256").update(`${notification_id} ${channel}`).digest("hex").slice(0, 20);
  return {
    tenantId,
    notification,
    dueMs: Date.parse(created_at),
    delivery: {
      delivery_id: `dlv_${mark}`,
      ...{ notification_id, rule_id, rule_name, kind, level, title, channel, channel_type: channelType },
      ...{ state: "pending", reason: null, attempt_count: 0, attempts: [], created_at },
      ...{ next_attempt_at: created_at, settled_at: null },
    },
  };
}
