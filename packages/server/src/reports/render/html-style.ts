import { INK } from "./chart-shapes.ts";

/** How a report looks as a page: light, since it is printed and forwarded. */
export const STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; margin: 0; }
body { background: #fff; color: ${INK.text}; font: 14px/1.45 Inter, system-ui, sans-serif; }
main { max-width: 800px; margin: 0 auto; padding: 32px 20px 48px; }
h1 { font-size: 28px; line-height: 1.2; font-weight: 600; }
h2 { font-size: 16px; font-weight: 600; }
.from, .range, .before, .empty, footer { color: ${INK.soft}; font-size: 13px; }
.from { margin-bottom: 4px; }
.range, .number, .chart text { font-family: "JetBrains Mono", ui-monospace, monospace; font-variant-numeric: tabular-nums; }
.range { margin-top: 4px; }
.range span { font-family: Inter, system-ui, sans-serif; }
.headline { font-size: 16px; margin-top: 16px; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 20px 16px; margin-top: 28px; }
.figures dt { font-size: 13px; color: ${INK.soft}; }
.figures dd { font-size: 28px; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures dd.before { font: 12px/1.4 Inter, system-ui, sans-serif; }
section { margin-top: 32px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; margin: 6px 0; list-style: none; font-size: 13px; }
.legend li { overflow-wrap: anywhere; }
.chart { display: block; width: 100%; min-width: 540px; height: auto; }
.chart text { font-size: 11px; }
.wide { overflow-x: auto; margin-top: 8px; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th { text-align: left; font-weight: 600; font-size: 12px; color: ${INK.soft}; border-bottom: 1px solid ${INK.soft}; }
th, td { padding: 5px 6px; vertical-align: top; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
td { border-bottom: 1px solid ${INK.line}; overflow-wrap: break-word; }
th.number, td.number { text-align: right; white-space: nowrap; }
td.number { font-size: 12px; }
footer { margin-top: 40px; border-top: 1px solid ${INK.line}; padding-top: 12px; }
@media print {
  @page { margin: 16mm; }
  main { padding: 0; max-width: none; }
  section { break-inside: avoid-page; }
  section:has(table) { break-inside: auto; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  .wide { overflow: visible; }
}`;
