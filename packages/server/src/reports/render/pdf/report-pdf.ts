import type { ReportData } from "@playhead/core";
import { INK } from "../chart-shapes.ts";
import { filterNotes } from "../html.ts";
import { comparisonText, timeText, valueText } from "../value-text.ts";
import { drawChart } from "./draw-chart.ts";
import { drawTable } from "./draw-table.ts";
import { createSheet, type Element, MARGIN, type Sheet, type TextStyle } from "./sheet.ts";

const SMALL: TextStyle = { face: "text", size: 8, colour: INK.soft };
const TITLE: TextStyle = { face: "strong", size: 20 };
const RANGE: TextStyle = { face: "figures", size: 9, colour: INK.soft };
const HEADLINE: TextStyle = { face: "text", size: 11.5 };
const FIGURE: TextStyle = { face: "strong", size: 18 };
const LABEL: TextStyle = { face: "text", size: 8.5, colour: INK.soft };
const FIGURES_A_ROW = 4;
const FIGURE_HEIGHT = 58;
const SMALL_LINE = 10;

/** A report as a PDF: text that can be selected and heard, fonts embedded, charts of lines, pages numbered. */
export function pdfOf(report: ReportData): Promise<Uint8Array> {
  const { title, from, to, before, time_zone: zone, created_at: createdAt } = report;
  const time = (iso: string) => timeText(iso, zone);
  const sheet = createSheet({ title, createdAt: new Date(createdAt) });
  const { root } = sheet;
  sheet.paragraph(root, "P", "Playhead", SMALL);
  sheet.skip(4);
  sheet.paragraph(root, "H1", title, TITLE);
  sheet.skip(2);
  sheet.paragraph(root, "P", `${time(from)} – ${time(to)}  ${zone}`, RANGE);
  sheet.skip(12);
  if (report.headline !== "") sheet.paragraph(root, "P", report.headline, HEADLINE);
  sheet.skip(16);
  drawFigures(sheet, root, report);
  for (const chart of report.charts) drawChart(sheet, root, chart, zone);
  for (const table of report.tables) drawTable(sheet, root, table, zone);
  const notes = [
    `Compared with ${time(before.from)} – ${time(before.to)}.`,
    ...filterNotes(report),
    ...report.notes,
    `Made ${time(createdAt)}, ${report.report_id}.`,
  ];
  sheet.need(Math.min(notes.length * 11, 200));
  for (const note of notes) sheet.paragraph(root, "P", note, SMALL);
  return sheet.end((page, pages) => {
    const y = sheet.bottom + 14;
    const place = `${page} of ${pages}`;
    const [line = ""] = sheet.wrap(title, SMALL, sheet.width - 60);
    sheet.put(line, MARGIN, y, SMALL);
    sheet.put(place, MARGIN + sheet.width - sheet.widthOf(place, SMALL), y, SMALL);
  });
}

function drawFigures(sheet: Sheet, root: Element, { figures, time_zone: zone }: ReportData): void {
  const column = sheet.width / FIGURES_A_ROW;
  for (let first = 0; first < figures.length; first += FIGURES_A_ROW) {
    const row = figures.slice(first, first + FIGURES_A_ROW).map((figure, at) => ({
      ...{ figure, x: MARGIN + at * column, value: valueText(figure.value, figure.unit, zone) },
      comparison: sheet.wrap(comparisonText(figure, figure.unit, zone), SMALL, column - 8),
    }));
    const height = FIGURE_HEIGHT + (Math.max(...row.map(({ comparison }) => comparison.length)) - 1) * SMALL_LINE;
    sheet.need(height);
    for (const { figure, x, value, comparison } of row) {
      const y = sheet.y();
      // Each by itself: heard as one, they would run into each other.
      sheet.tagged(root, "P", () => sheet.put(figure.label, x, y, LABEL));
      sheet.tagged(root, "P", () => sheet.put(value, x, y + 12, FIGURE));
      sheet.tagged(root, "P", () => {
        for (const [at, line] of comparison.entries()) sheet.put(line, x, y + 38 + at * SMALL_LINE, SMALL);
      });
    }
    sheet.skip(height);
  }
  if (figures.length > 0) sheet.skip(8);
}
