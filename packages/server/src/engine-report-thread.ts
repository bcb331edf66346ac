import { parentPort, Worker, workerData } from "node:worker_threads";
import type { ReportData } from "@playhead/core";

/** Tells the thread that runs this file from whoever only imports it. */
const ROLE = "playhead-report";

/** Starts a thread that draws one report, posts it, and ends. It runs this file, as source or built. */
export function startReportThread(report: ReportData): Worker {
  return new Worker(new URL(import.meta.url), { name: ROLE, workerData: { role: ROLE, report } });
}

const given = workerData as { readonly role?: unknown; readonly report: ReportData } | null;
if (given?.role === ROLE) {
  const { renderReport } = await import("./reports/render/render-report.ts");
  const { csvRow } = await import("./export/csv.ts");
  parentPort?.postMessage(await renderReport(given.report, csvRow));
}
