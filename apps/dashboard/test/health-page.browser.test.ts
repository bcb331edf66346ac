import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axeFaults } from "./axe-faults.ts";
import { type DashboardServer, startDashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";

/** A server that cannot find ffmpeg. */
let server: DashboardServer;
beforeAll(async () => {
  server = await startDashboardServer({ FFMPEG_PATH: "/nowhere/ffmpeg" });
});
afterAll(async () => {
  await closeBrowser();
  await server.close();
});

const part = (page: Page, name: string) =>
  page.getByRole("region", { name: "Parts" }).getByRole("listitem").filter({ hasText: name });

test("says what does not work and what to do, worst first, with the details on demand, by keyboard alone", async () => {
  const { page, complaints } = await openDashboard({}, server);
  await page.getByRole("link", { name: "Health" }).focus();
  await page.keyboard.press("Enter");
  const heading = page.getByRole("heading", { level: 1, name: /^FFmpeg is not working/ });
  await heading.waitFor();
  expect(await heading.evaluate((each) => each === document.activeElement)).toBe(true);
  expect(await page.title()).toMatch(/^FFmpeg is not working.* · Playhead$/);
  await page.getByText(/^All 7 parts were looked at /).waitFor();
  const first = page.getByRole("region", { name: "Parts" }).getByRole("listitem").first();
  await first.getByText("Not working since").waitFor();
  await first
    .getByText(/install ffmpeg/)
    .first()
    .waitFor();

  const faults = first.getByText("Faults");
  expect(await faults.isVisible()).toBe(false);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await faults.waitFor();
  await page.keyboard.press("Enter");
  await faults.waitFor({ state: "hidden" });

  await part(page, "Object storage").getByText("No object storage is configured.").waitFor();
  await first.getByRole("img", { name: /^Last 24 h: not working for / }).waitFor();
  await page.getByRole("region", { name: "Changes in the last 24 h" }).getByText("FFmpeg").first().waitFor();
  expect(complaints).toEqual([]);
});

describe.each(["dark", "light"] as const)("axe finds nothing wrong, in %s, on", (theme) => {
  test("what does not work, opened, wide and narrow", async () => {
    const { page, goTo } = await openDashboard({ theme }, server);
    await page.getByRole("link", { name: "Health" }).waitFor();
    await goTo("/health");
    const summary = page.locator("summary").first();
    await summary.click();
    await page.getByText("Faults").waitFor();
    for (const width of [1_440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await axeFaults(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
        0,
      );
    }
  });
});

test("while the server is away the page says so, keeps what it showed, and goes on by itself", async () => {
  const { page, goTo } = await openDashboard({}, server);
  await page.getByRole("link", { name: "Health" }).waitFor();
  await goTo("/health");
  const heading = page.getByRole("heading", { level: 1, name: /^FFmpeg is not working/ });
  await heading.waitFor();
  await page
    .locator("header")
    .getByText(/^Live$/)
    .waitFor();
  await server.kill();
  await page.getByText("What you see is as of").waitFor();
  await heading.waitFor();
  await server.restart();
  await page
    .locator("header")
    .getByText(/^Live$/)
    .waitFor();
  await heading.waitFor();
});
