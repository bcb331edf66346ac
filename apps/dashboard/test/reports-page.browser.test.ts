import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { axeFaults } from "./axe-faults.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";

afterAll(closeBrowser);

const INFO = {
  report_id: "rep_1",
  kind: "custom",
  title: "Harbour, 14–20 November 2026",
  from: "2026-11-14T00:00:00.000Z",
  to: "2026-11-21T00:00:00.000Z",
  time_zone: "UTC",
  created_at: "2026-11-21T14:20:00.000Z",
  formats: ["html", "pdf", "csv", "json"],
  schedule_id: null,
  status: "made",
  headline: "412 clips processed in 38 jobs, 12 % more than the period before.",
  error: null,
};
const DAYS = Array.from({ length: 7 }, (_, at) => ({
  from: `2026-11-${14 + at}T00:00:00.000Z`,
  to: `2026-11-${15 + at}T00:00:00.000Z`,
}));
const DATA = {
  ...INFO,
  figures: [
    { id: "clips", label: "Clips", unit: "count", value: 412, before: 368, change: 0.12, better: "higher" },
    { id: "errors", label: "Errors", unit: "count", value: 6, before: 3, change: 1, better: "lower" },
  ],
  charts: [
    {
      ...{ id: "clips", title: "Clips a day", drawn: "bars", unit: "count", spans: DAYS },
      series: [{ id: "made", label: "Made", values: [60, 58, 61, null, 70, 80, 83] }],
    },
  ],
  tables: [
    {
      ...{ id: "functions", title: "Functions", empty: "None.", omitted: 4 },
      columns: [
        { id: "name", label: "Function", unit: "text" },
        { id: "p95_ms", label: "p95", unit: "ms" },
      ],
      rows: [["renderClip", 182.4]],
    },
  ],
  notes: ["Percentiles are off by at most 1 % of themselves."],
};

/** Answers for the routes of reports, as docs/http.md has them. @returns what was asked of it */
async function answerReports(page: Page): Promise<readonly unknown[]> {
  const asked: unknown[] = [];
  const made: object[] = [];
  await page.route(/\/api\/v1\/reports(\/.*)?(\?.*)?$/, (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    if (request.method() === "POST") {
      asked.push(request.postDataJSON());
      made.push(INFO);
      return route.fulfill({ status: 201, json: INFO });
    }
    if (pathname.endsWith("/schedules")) return route.fulfill({ json: { schedules: [] } });
    if (pathname.endsWith("/rep_1")) return route.fulfill({ json: DATA });
    return route.fulfill({ json: { reports: made, next_page_token: null } });
  });
  return asked;
}

test("a report is asked for, looked at, and found again with its files", async () => {
  const { page, goTo, complaints } = await openDashboard({ width: 390 });
  const asked = await answerReports(page);
  await goTo("/reports");
  await page.getByRole("link", { name: "make one now" }).click();
  await page.getByRole("combobox", { name: "Of" }).selectOption("A range, as you choose");
  await page.getByLabel("From", { exact: true }).fill("2026-11-14T00:00");
  await page.getByLabel("To", { exact: true }).fill("2026-11-21T00:00");
  await page.getByLabel("Functions").fill("renderClip");
  await page.getByRole("checkbox", { name: "Scores" }).uncheck();
  expect(await axeFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Make the report" }).click();

  await page.getByRole("heading", { level: 1, name: INFO.title }).waitFor();
  expect(asked).toMatchObject([
    { kind: "custom", functions: ["renderClip"], from: expect.stringContaining("2026-11-1") },
  ]);
  expect(JSON.stringify(asked)).not.toContain("scores");
  await page.getByText("12 % more than 368, better").waitFor();
  await page.getByRole("cell", { name: "182 ms" }).waitFor();
  for (const [width, colorScheme] of [
    [390, "dark"],
    [1_440, "light"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    expect(await axeFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  }
  await page.getByRole("main").getByRole("link", { name: "Reports", exact: true }).click();
  const file = page.getByRole("link", { name: `PDF of ${INFO.title}` });
  expect(await file.getAttribute("href")).toBe("/api/v1/reports/rep_1.pdf");
  expect(await axeFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
