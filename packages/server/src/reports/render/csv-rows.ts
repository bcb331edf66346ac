import type { ReportData } from "@playhead/core";

/** What each line of a report as CSV tells. */
export const CSV_COLUMNS = ["part", "of", "row", "column", "unit", "from", "to", "value"] as const;

type CsvRow = readonly (string | number | null)[];

/**
 * A report as one value a line: figures (now and before), points of charts, cells of tables; whole, and to the digit.
 */
export function* csvRows(report: ReportData): Generator<CsvRow> {
  const { from, to, before } = report;
  yield ["report", "report_id", null, null, "text", from, to, report.report_id];
  yield ["report", "title", null, null, "text", from, to, report.title];
  yield ["report", "time_zone", null, null, "text", from, to, report.time_zone];
  yield ["report", "created_at", null, null, "time", from, to, report.created_at];
  yield ["report", "headline", null, null, "text", from, to, report.headline];
  for (const { id, unit, value, before: then } of report.figures) {
    yield ["figure", id, null, "value", unit, from, to, value];
    yield ["figure", id, null, "before", unit, before.from, before.to, then];
  }
  for (const { id, unit, spans, series } of report.charts) {
    for (const { id: line, values } of series) {
      for (const [at, span] of spans.entries())
        yield ["chart", id, at + 1, line, unit, span.from, span.to, values[at] ?? null];
    }
  }
  for (const { id, columns, rows } of report.tables) {
    for (const [at, row] of rows.entries()) {
      for (const [place, column] of columns.entries()) {
        yield ["table", id, at + 1, column.id, column.unit, from, to, row[place] ?? null];
      }
    }
  }
}
