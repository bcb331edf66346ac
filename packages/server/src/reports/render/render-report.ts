import type { ReportData, ReportFormat } from "@playhead/core";
import { CSV_COLUMNS, csvRows } from "./csv-rows.ts";
import { htmlOf } from "./html.ts";
import { pdfOf } from "./pdf/report-pdf.ts";

/** A row as CSV, its line end included; what a spreadsheet would run is made harmless. */
export type CsvRow = (values: readonly unknown[]) => string;

/** A report in each of its forms. */
export type RenderedReport = Readonly<Record<ReportFormat, Uint8Array>>;

/** Draws a report: all that it shows is in its data. Takes a while, and is for a thread of its own. */
export async function renderReport(report: ReportData, csvRow: CsvRow): Promise<RenderedReport> {
  const csv = [CSV_COLUMNS, ...csvRows(report)].map(csvRow).join("");
  const bytes = (text: string) => new TextEncoder().encode(text);
  return {
    json: bytes(`${JSON.stringify(report, null, 2)}\n`),
    csv: bytes(csv),
    html: bytes(htmlOf(report)),
    pdf: await pdfOf(report),
  };
}
