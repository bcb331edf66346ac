import { chartNote, type ReportChart } from "@playhead/core";
import { type ChartShape, chartShapes, chartWords, INK, toneOf } from "../chart-shapes.ts";
import { spanText } from "../value-text.ts";
import { type Element, MARGIN, type Sheet, type TextStyle } from "./sheet.ts";

/** Three of them stand on the first page, under the figures. */
const HEIGHT = 98;
const LEGEND: TextStyle = { face: "text", size: 8, colour: INK.soft };
const AXIS: TextStyle = { face: "figures", size: 7, colour: INK.soft };
const NOTE: TextStyle = { face: "text", size: 8, colour: INK.soft };
const LEGEND_LINE = 13;

/** Draws a chart in lines and areas, whole on one page, with its title and what its series are called. */
export function drawChart(sheet: Sheet, parent: Element, chart: ReportChart, timeZone: string): void {
  const note = chartNote(chart, (span) => spanText(span, timeZone));
  if (note !== null) return drawNote(sheet, parent, chart, note);
  const legend = legendRows(sheet, chart);
  sheet.need(18 + legend.length * LEGEND_LINE + HEIGHT + 16);
  const section = sheet.begin(parent, "Sect");
  sheet.heading(section, chart.title);
  sheet.skip(2);
  for (const row of legend) {
    for (const entry of row) {
      const { colour, dash } = toneOf(chart, entry.id, entry.at);
      sheet.unheard(() => {
        const middle = sheet.y() + 5.5;
        sheet.document.lineWidth(chart.drawn === "bars" ? 6 : 1.4);
        strokeLine(
          sheet,
          [
            [entry.x, middle],
            [entry.x + 14, middle],
          ],
          colour,
          dash,
        );
      });
      sheet.tagged(section, "P", () => sheet.put(entry.label, entry.x + 19, sheet.y(), LEGEND));
    }
    sheet.skip(LEGEND_LINE);
  }
  sheet.skip(4);
  const top = sheet.y();
  const shapes = chartShapes(chart, { width: sheet.width, height: HEIGHT, left: 44 }, timeZone);
  const draw = () => {
    for (const shape of shapes) drawShape(sheet, shape, top);
  };
  sheet.tagged(section, "Figure", draw, { alt: chartWords(chart, timeZone) });
  section.end();
  sheet.skip(HEIGHT + 18);
}

function drawNote(sheet: Sheet, parent: Element, { title }: ReportChart, note: string): void {
  sheet.need(40);
  const section = sheet.begin(parent, "Sect");
  sheet.heading(section, title);
  sheet.skip(4);
  sheet.paragraph(section, "P", note, NOTE);
  section.end();
  sheet.skip(18);
}

function legendRows(sheet: Sheet, { series }: ReportChart) {
  const rows: { readonly id: string; readonly at: number; readonly label: string; readonly x: number }[][] = [[]];
  let x = MARGIN;
  series.forEach(({ id, label: whole }, at) => {
    const [label = ""] = sheet.wrap(whole, LEGEND, sheet.width - 24);
    const width = 19 + sheet.widthOf(label, LEGEND) + 14;
    if (x + width > MARGIN + sheet.width && x > MARGIN) {
      rows.push([]);
      x = MARGIN;
    }
    rows.at(-1)?.push({ id, at, label, x });
    x += width;
  });
  return rows.filter((row) => row.length > 0);
}

function drawShape(sheet: Sheet, shape: ChartShape, top: number): void {
  const { document } = sheet;
  switch (shape.kind) {
    case "bar":
      document.rect(MARGIN + shape.x, top + shape.y, shape.width, shape.height).fill(shape.tone.colour);
      break;
    case "dot":
      document.circle(MARGIN + shape.x, top + shape.y, 1.6).fill(shape.tone.colour);
      break;
    case "line":
      document.lineWidth(shape.width);
      strokeLine(
        sheet,
        shape.points.map(([x, y]) => [MARGIN + x, top + y] as const),
        shape.tone.colour,
        shape.tone.dash,
      );
      break;
    case "text": {
      const width = sheet.widthOf(shape.text, AXIS);
      const shift = { start: 0, middle: width / 2, end: width }[shape.anchor];
      sheet.put(shape.text, MARGIN + shape.x - shift, top + shape.y - 4.5, AXIS);
    }
  }
}

function strokeLine(
  { document }: Sheet,
  points: readonly (readonly [number, number])[],
  colour: string,
  dash: readonly number[],
): void {
  points.forEach(([x, y], at) => {
    if (at === 0) document.moveTo(x, y);
    else document.lineTo(x, y);
  });
  if (dash.length > 0) document.dash([...dash] as unknown as number, {});
  document.lineJoin("round").stroke(colour);
  if (dash.length > 0) document.undash();
}
