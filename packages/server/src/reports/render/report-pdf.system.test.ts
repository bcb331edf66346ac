import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { ReportData } from "@playhead/core";
import { expect, test } from "vitest";
import { tempFolder } from "../../../test/temp-folder.ts";
import { pdfOf } from "./pdf/report-pdf.ts";

const DAY_MS = 24 * 3_600_000;
const FROM_MS = Date.UTC(2026, 10, 15, 23);
const iso = (day: number) => new Date(FROM_MS + day * DAY_MS).toISOString();
const SPANS = Array.from({ length: 7 }, (_, day) => ({ from: iso(day), to: iso(day + 1) }));

const REPORT: ReportData = {
  ...{ report_id: "rpt_8204999999999-0123456789ab", kind: "weekly", title: "Weekly report, 16–22 November 2026" },
  ...{ from: iso(0), to: iso(7), before: { from: iso(-7), to: iso(0) } },
  ...{ time_zone: "Europe/Rome", created_at: iso(7.25), filter: { functions: null, kinds: null, metrics: null } },
  headline: "412 clips processed in 38 jobs, 12 % more than the week before. 3 jobs failed.",
  figures: [
    ...[
      { id: "clips", label: "Clips processed", unit: "count", value: 412, before: 368, change: 0.12, better: "higher" },
    ],
  ] as ReportData["figures"],
  charts: [
    {
      ...{ id: "p95", title: "p95 of the functions that took most time", drawn: "lines", unit: "ms", spans: SPANS },
      series: [{ id: "render", label: "render → отрисовка", values: [120, 130, null, 90, 80, 200, 210] }],
    },
  ],
  tables: [
    {
      ...{ id: "functions", title: "Functions", empty: "", omitted: 2 },
      columns: [
        { id: "name", label: "Function", unit: "text" },
        { id: "count", label: "Calls", unit: "count" },
      ],
      rows: Array.from({ length: 120 }, (_, at) => [`function-${at}`, at * 1_000]),
    },
    { ...{ id: "errors", title: "Errors by cause", empty: "No job met an error.", omitted: 0 }, columns: [], rows: [] },
  ],
  notes: ["All figures are exact."],
};

async function drawn(report: ReportData) {
  const file = path.join(tempFolder(), "report.pdf");
  writeFileSync(file, await pdfOf(report));
  const ask = (program: string, ...args: string[]) => execFileSync(program, args).toString();
  return {
    pages: ask("pdftotext", "-layout", file, "-").split("\f").slice(0, -1),
    info: ask("pdfinfo", file),
    structure: ask("pdfinfo", "-struct-text", file),
    fonts: ask("pdffonts", file).split("\n").slice(2, -1),
  };
}

test("a report as a PDF: whole, page by page, to be read, heard, searched and forwarded", async () => {
  const { pages, info, structure, fonts } = await drawn(REPORT);
  expect(pages.length).toBeGreaterThanOrEqual(3);
  expect(info).toMatch(/^Title: +Weekly report, 16–22 November 2026$/m);
  expect(info).toMatch(/^Tagged: +yes$/m);
  expect(info).toMatch(/^Page size: .*A4/m);

  for (const [at, page] of pages.entries()) {
    const foot = page.trimEnd().split("\n").at(-1);
    expect(foot).toMatch(new RegExp(`^Weekly report, 16–22 November 2026 +${at + 1} of ${pages.length}$`));
    // The head of a table that goes on stands on each of its pages.
    if (page.includes("function-")) expect(page).toMatch(/Function +Calls/);
  }
  const text = pages.join("\n");
  for (const row of REPORT.tables[0]?.rows ?? [])
    expect(text).toMatch(new RegExp(`${row[0]} +${Number(row[1]).toLocaleString("en-US")}\n`));
  for (const words of [
    "412 clips processed",
    "12 % more than 368",
    "No job met an error.",
    "2 more are left out.",
    "Mon 16",
    "2026-11-16 00:00 – 2026-11-23 00:00",
  ]) {
    expect(text).toContain(words);
  }
  // Another script, and a character that no font has.
  expect(text).toContain("отрисовка");

  expect(fonts.length).toBeGreaterThanOrEqual(4);
  for (const font of fonts) expect(font).toMatch(/^[A-Z]{6}\+(Inter|JetBrainsMono).* yes yes yes /);
  // Heard one after the other.
  for (const words of ["Clips processed", "412", "12 % more than 368"]) expect(structure).toContain(`"${words}"`);
  for (const tag of ["H1", "H2", "Figure", "Table", "TR", "TH", "TD"])
    expect(structure).toMatch(new RegExp(`^ *${tag}`, "m"));
});

test("what is hostile is text, and what is far too long goes over as many lines as it takes", async () => {
  const hostile = ["x".repeat(3_000), "\u0000\u0007\u202e", "🎬".repeat(50), "(\\)<>&%PDF", "=1+1", ""];
  const table = {
    ...{ id: "t", title: hostile.join(" "), empty: "", omitted: 0 },
    columns: [{ id: "a", label: "A", unit: "text" as const }],
    rows: hostile.map((text) => [text]),
  };
  const { pages } = await drawn({ ...REPORT, title: hostile.join(" "), headline: hostile.join(" "), tables: [table] });
  const text = pages.join("").replaceAll(/\s/g, "");
  expect(text).toContain("(\\)<>&%PDF");
  expect(text.split("x").length).toBeGreaterThan(4 * 3_000);
});

test("a report of nothing is a page", async () => {
  const { pages } = await drawn({ ...REPORT, headline: "", figures: [], charts: [], tables: [], notes: [] });
  expect(pages).toHaveLength(1);
});
