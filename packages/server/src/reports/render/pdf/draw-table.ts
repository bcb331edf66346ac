import type { ReportColumn, ReportTable } from "@playhead/core";
import { INK } from "../chart-shapes.ts";
import { valueText } from "../value-text.ts";
import { type Element, MARGIN, type Sheet, type TextStyle } from "./sheet.ts";

const HEAD: TextStyle = { face: "strong", size: 7.5, colour: INK.soft };
const WORDS: TextStyle = { face: "text", size: 8 };
const FIGURES: TextStyle = { face: "figures", size: 7.5 };
const NOTE: TextStyle = { face: "text", size: 8, colour: INK.soft };
const LINE = 11;
const PAD = 3.5;
const GAP = 9;
/** A column of words is no narrower than this, and takes no more than it needs. */
const WORDS_AT_LEAST = 40;

interface Place extends ReportColumn {
  readonly x: number;
  readonly width: number;
  readonly isNumber: boolean;
}

/** Draws a table over as many pages as it takes; its head stands on each. */
export function drawTable(sheet: Sheet, parent: Element, table: ReportTable, timeZone: string): void {
  const { title, empty, columns, rows, omitted } = table;
  const section = sheet.begin(parent, "Sect");
  sheet.need(70);
  sheet.heading(section, title);
  sheet.skip(4);
  if (rows.length === 0) {
    sheet.paragraph(section, "P", empty, NOTE);
  } else {
    const texts = rows.map((row) => columns.map(({ unit }, at) => valueText(row[at] ?? null, unit, timeZone)));
    const places = placesOf(sheet, columns, texts);
    const element = sheet.begin(section, "Table");
    drawHead(sheet, element, places);
    for (const row of texts) drawRow(sheet, element, places, row);
    element.end();
  }
  if (omitted > 0) {
    sheet.skip(4);
    sheet.paragraph(section, "P", `${omitted} more are left out.`, NOTE);
  }
  section.end();
  sheet.skip(18);
}

/** Figures get the room that they need, and words share the rest by what they need. */
function placesOf(
  sheet: Sheet,
  columns: readonly ReportColumn[],
  texts: readonly (readonly string[])[],
): readonly Place[] {
  const natural = columns.map(({ label, unit }, at) => {
    const style = unit === "text" ? WORDS : FIGURES;
    return Math.max(sheet.widthOf(label, HEAD), ...texts.map((row) => sheet.widthOf(row[at] ?? "", style)));
  });
  const isNumber = columns.map(({ unit }) => unit !== "text");
  const sum = (which: boolean) => natural.reduce((total, width, at) => total + (isNumber[at] === which ? width : 0), 0);
  const room = sheet.width - sum(true) - GAP * (columns.length - 1);
  const widths = share(
    natural.map((width, at) => (isNumber[at] ? null : width)),
    room,
  );
  let x = MARGIN;
  return columns.map((column, at): Place => {
    const width = widths[at] ?? natural[at] ?? 0;
    const place = { ...column, x, width, isNumber: isNumber[at] ?? false };
    x += width + GAP;
    return place;
  });
}

/** Shares room among those who need some: who needs less than an equal share gets that, the others share what is left. */
function share(needs: readonly (number | null)[], room: number): readonly (number | null)[] {
  const given = new Map<number, number>();
  let left = room;
  const order = needs.flatMap((need, at) => (need === null ? [] : [{ need, at }])).sort((a, b) => a.need - b.need);
  order.forEach(({ need, at }, place) => {
    const width = Math.max(WORDS_AT_LEAST, Math.min(need, left / (order.length - place)));
    given.set(at, width);
    left -= width;
  });
  // What nobody needs widens them all by what they have, so that figures stand at the right edge, and words near theirs.
  const all = [...given.values()].reduce((sum, width) => sum + width, 0);
  if (left > 0) for (const [at, width] of given) given.set(at, width + (left * width) / all);
  return needs.map((need, at) => (need === null ? null : (given.get(at) ?? need)));
}

function drawHead(sheet: Sheet, table: Element, places: readonly Place[]): void {
  const row = sheet.begin(table, "TR");
  for (const { label, x, width, isNumber } of places) {
    const at = isNumber ? x + width - sheet.widthOf(label, HEAD) : x;
    sheet.tagged(row, "TH", () => sheet.put(label, at, sheet.y(), HEAD), { scope: "Column" });
  }
  row.end();
  sheet.skip(LINE + 1);
  rule(sheet, INK.soft);
}

function drawRow(sheet: Sheet, table: Element, places: readonly Place[], texts: readonly string[]): void {
  const cells = places.map((place, at) => {
    const text = texts[at] ?? "";
    return place.isNumber ? [text] : sheet.wrap(text, WORDS, place.width);
  });
  const height = Math.max(...cells.map((lines) => lines.length)) * LINE + 2 * PAD;
  // A row that is higher than a page goes over the edge of the next one, and no further.
  if (sheet.need(Math.min(height, sheet.bottom - MARGIN - LINE * 3))) drawHead(sheet, table, places);
  const row = sheet.begin(table, "TR");
  places.forEach(({ x, width, isNumber }, at) => {
    sheet.tagged(row, "TD", () => {
      cells[at]?.forEach((line, no) => {
        const style = isNumber ? FIGURES : WORDS;
        const left = isNumber ? x + width - sheet.widthOf(line, style) : x;
        sheet.put(line, left, sheet.y() + PAD + no * LINE, style);
      });
    });
  });
  row.end();
  sheet.skip(height);
  rule(sheet, INK.line);
}

function rule(sheet: Sheet, colour: string): void {
  sheet.unheard(() => {
    const y = sheet.y();
    sheet.document
      .lineWidth(0.5)
      .moveTo(MARGIN, y)
      .lineTo(MARGIN + sheet.width, y)
      .stroke(colour);
  });
}
