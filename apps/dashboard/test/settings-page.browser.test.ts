import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { axeFaults } from "./axe-faults.ts";
import { type DashboardServer, QUIET, startDashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";

afterAll(closeBrowser);

const fileOf = ({ data }: DashboardServer) => join(data, "playhead.config.json");
const contentOf = (server: DashboardServer) => JSON.parse(readFileSync(fileOf(server), "utf8"));
const sees = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const field = (page: Page, key: string) => page.getByLabel(key, { exact: true });
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();

/** Nothing is set by the environment: then it could not be changed on the page. */
const UNSET = Object.fromEntries(Object.keys(QUIET).map((name) => [name, ""]));

async function openSettings(environment: Readonly<Record<string, string>> = {}) {
  const server = await startDashboardServer({ ...UNSET, ...environment });
  onTestFinished(() => server.close());
  const opened = await openDashboard({}, server);
  await opened.page.getByRole("link", { name: "Settings" }).click();
  return opened;
}

test("a setting is changed by keyboard: into the file, in force at once, and written down", async () => {
  const { page, server, complaints } = await openSettings();
  await heading(page, "2 settings of your own, all in force");
  await page.getByLabel("Find a setting").fill("stall");
  await field(page, "stall_after_ms").fill("90000");
  await sees(page, "1 m 30 s");
  await sees(page, "1 change not saved");
  await field(page, "stall_after_ms").press("Enter");
  await heading(page, "3 settings of your own, all in force");
  expect(contentOf(server)).toEqual({ stall_after_ms: 90_000 });
  await page
    .getByRole("listitem")
    .filter({ hasText: "stall_after_ms" })
    .last()
    .getByText(/now|ago|:/)
    .waitFor();

  await page.getByRole("button", { name: "Back to default: stall_after_ms" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await heading(page, "2 settings of your own, all in force");
  expect(contentOf(server)).toEqual({});
  expect(complaints).toEqual([]);
});

test("what is wrong is said at its field, and nothing is written", async () => {
  const { page, server } = await openSettings();
  await field(page, "thresholds.cpu_percent").fill("180");
  await field(page, "slow_db_ms").fill("soon");
  await page.getByRole("button", { name: "Save" }).click();
  await sees(page, /<=100, got 180/);
  await sees(page, /expected number.*got "soon"/);
  expect(await field(page, "slow_db_ms").getAttribute("aria-invalid")).toBe("true");
  // Where there is something to mend, that is where one goes on.
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("setting-slow_db_ms");
  const [atField, atBar] = await Promise.all([
    field(page, "slow_db_ms").boundingBox(),
    page.getByRole("button", { name: "Save" }).boundingBox(),
  ]);
  expect((atField?.y ?? 0) + (atField?.height ?? 0)).toBeLessThan(atBar?.y ?? 0);
  expect(() => contentOf(server)).toThrow("ENOENT");
  await page.getByRole("button", { name: "Discard" }).click();
  expect(await field(page, "slow_db_ms").inputValue()).toBe("1000");
});

test("what the environment or a flag sets cannot be changed here, and says why", async () => {
  const { page } = await openSettings({ MONITORING_CPU_THRESHOLD: "55" });
  await sees(page, "set by the variable MONITORING_CPU_THRESHOLD");
  expect(await field(page, "thresholds.cpu_percent").inputValue()).toBe("55");
  expect(await field(page, "thresholds.cpu_percent").isEditable()).toBe(false);
  expect(await field(page, "port").isEditable()).toBe(false);
});

test("what somebody does to the file is seen by itself: a change, a wait for a restart, a refusal", async () => {
  const { page, server, goTo } = await openSettings();
  writeFileSync(fileOf(server), JSON.stringify({ log_level: "error", time_zone: "Europe/Berlin" }));
  await heading(page, "1 setting waits for a restart");
  expect(await field(page, "log_level").inputValue()).toBe("error");
  expect(await field(page, "time_zone").inputValue()).toBe("Europe/Berlin");
  await sees(page, "UTC until the restart");
  writeFileSync(fileOf(server), JSON.stringify({ log_levle: "error" }));
  await heading(page, "The file is refused; what it said before still holds");
  await sees(page, /log_levle.*did you mean log_level\?/);
  for (const [theme, width] of [
    ["dark", 1_440],
    ["light", 390],
  ] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: 900 });
    await goTo("/settings");
    await sees(page, /did you mean log_level/);
    await field(page, "slow_db_ms").fill("5");
    expect(await axeFaults(page)).toEqual([]);
  }
});
