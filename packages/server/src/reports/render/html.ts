import { chartNote, type ReportChart, type ReportData, type ReportFigure, type ReportTable } from "@playhead/core";
import { type ChartShape, chartShapes, chartWords, INK, toneOf } from "./chart-shapes.ts";
import { STYLE } from "./html-style.ts";
import { comparisonText, spanText, timeText, valueText } from "./value-text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

const CHART = { width: 720, height: 180, left: 66 };

/** A report as one page that loads nothing from anywhere, and prints well. */
export function htmlOf(report: ReportData): string {
  const { title, from, to, before, time_zone: zone, headline, figures, charts, tables, notes, created_at } = report;
  const time = (iso: string) => timeText(iso, zone);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<header><p class="from">Playhead</p><h1>${escaped(title)}</h1>`,
    `<p class="range">${time(from)} – ${time(to)} <span>${escaped(zone)}</span></p>`,
    `<p class="headline">${escaped(headline)}</p></header>`,
    figures.length === 0
      ? ""
      : `<dl class="figures">${figures.map((figure) => figureHtml(figure, zone)).join("")}</dl>`,
    ...charts.map((chart) => chartHtml(chart, zone)),
    ...tables.map((table) => tableHtml(table, zone)),
    `<footer><p>Compared with ${time(before.from)} – ${time(before.to)}.</p>`,
    ...filterNotes(report).map((note) => `<p>${escaped(note)}</p>`),
    ...notes.map((note) => `<p>${escaped(note)}</p>`),
    `<p>Made ${time(created_at)}, ${escaped(report.report_id)}.</p></footer>`,
    "</main></body></html>\n",
  ].join("\n");
}

/** What was left out, as it was asked for. */
export function filterNotes({ filter: { functions, kinds, metrics } }: ReportData): readonly string[] {
  const notes: string[] = [];
  if (kinds !== null) notes.push(`Only jobs of the kinds ${kinds.join(", ")}.`);
  if (functions !== null) notes.push(`Only the functions ${functions.join(", ")}.`);
  if (metrics !== null) notes.push(`Only the metrics ${metrics.join(", ")}.`);
  return notes;
}

function figureHtml({ label, unit, ...figure }: ReportFigure, zone: string): string {
  const value = escaped(valueText(figure.value, unit, zone));
  return `<div><dt>${escaped(label)}</dt><dd>${value}</dd><dd class="before">${escaped(comparisonText(figure, unit, zone))}</dd></div>`;
}

function chartHtml(chart: ReportChart, zone: string): string {
  const note = chartNote(chart, (span) => spanText(span, zone));
  if (note !== null) return `<section><h2>${escaped(chart.title)}</h2><p class="empty">${escaped(note)}</p></section>`;
  const shapes = chartShapes(chart, CHART, zone).map(shapeSvg).join("");
  const legend = chart.series.map(({ id, label }, at) => {
    const { colour, dash } = toneOf(chart, id, at);
    const width = chart.drawn === "bars" ? 8 : 2;
    const line = `<line x1="0" y1="5" x2="20" y2="5" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash.join(" ")}"/>`;
    return `<li><svg width="20" height="10" aria-hidden="true">${line}</svg> ${escaped(label)}</li>`;
  });
  return [
    `<section><h2>${escaped(chart.title)}</h2><ul class="legend">${legend.join("")}</ul>`,
    `<div class="wide"><svg class="chart" viewBox="0 0 ${CHART.width} ${CHART.height}" role="img" aria-label="${escaped(chartWords(chart, zone))}">`,
    `${shapes}</svg></div></section>`,
  ].join("");
}

const round = (value: number) => Math.round(value * 10) / 10;

function shapeSvg(shape: ChartShape): string {
  if (shape.kind === "text") {
    return `<text x="${round(shape.x)}" y="${round(shape.y + 4)}" text-anchor="${shape.anchor}" fill="${INK.soft}">${escaped(shape.text)}</text>`;
  }
  const { colour, dash } = shape.tone;
  if (shape.kind === "bar") {
    const { x, y, width, height } = shape;
    return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${colour}"/>`;
  }
  if (shape.kind === "dot") return `<circle cx="${round(shape.x)}" cy="${round(shape.y)}" r="2" fill="${colour}"/>`;
  const points = shape.points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
  return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="${shape.width}" stroke-dasharray="${dash.join(" ")}"/>`;
}

function tableHtml({ title, empty, columns, rows, omitted }: ReportTable, zone: string): string {
  const kindOf = (unit: string) => (unit === "text" ? "" : ' class="number"');
  const head = columns.map(({ label, unit }) => `<th scope="col"${kindOf(unit)}>${escaped(label)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = columns.map(
      ({ unit }, at) => `<td${kindOf(unit)}>${escaped(valueText(row[at] ?? null, unit, zone))}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  const table = `<table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
  const rest = omitted > 0 ? `<p class="empty">${omitted} more are left out.</p>` : "";
  return `<section><h2>${escaped(title)}</h2>${rows.length === 0 ? `<p class="empty">${escaped(empty)}</p>` : `<div class="wide">${table}</div>`}${rest}</section>`;
}
