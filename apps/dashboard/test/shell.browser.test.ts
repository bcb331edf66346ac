import { formatClock } from "@playhead/client/format";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { axeFaults } from "./axe-faults.ts";
import { startDashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";

afterAll(closeBrowser);

test("by keyboard one goes to a page, finds a job, and sees which keys there are", async () => {
  const { page, story, complaints } = await openDashboard();
  const worker = await story("Harbour at dawn");
  const field = page.getByRole("combobox", { name: "Search and commands" });
  await page.getByRole("link", { name: /Harbour at dawn/ }).waitFor();

  await page.keyboard.press("Control+k");
  await field.fill("hea");
  await page.getByRole("option", { name: "Health", selected: true }).waitFor();
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axeFaults(page)).toEqual([]);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL("**/health");
  await field.waitFor({ state: "detached" });

  await page.keyboard.press("Control+k");
  await field.fill("harbour");
  await page.getByRole("option", { name: `Harbour at dawn ${worker.jobId}`, selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Harbour at dawn" }).waitFor();
  await page.keyboard.press("Control+k");
  await page
    .getByRole("group", { name: "Recent" })
    .getByRole("option", { name: /Harbour/ })
    .waitFor();
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });

  await page.keyboard.press("g");
  await page.keyboard.press("j");
  await page.waitForURL("**/jobs");
  await page.getByRole("searchbox").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("gj?");
  expect(await page.getByRole("searchbox").inputValue()).toBe("gj?");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await help.waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await help.getByRole("checkbox").uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.keyboard.press("Control+k");
  await field.waitFor();
  expect(await help.count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("times are told in the zone that one chooses, on each page, and the next time as well", async () => {
  const server = await startDashboardServer({ PLAYHEAD_TIME_ZONE: "Asia/Tokyo" });
  onTestFinished(() => server.close());
  const { page, goTo, story } = await openDashboard({}, server);
  const worker = await story("Harbour at dawn");
  const { jobId } = worker;
  await worker.log("info", "rendering begins");
  await worker.fact("job.completed", { summary: {} });
  const answer = await fetch(`${server.origin}/api/v1/jobs/${jobId}`, {
    headers: { authorization: `Bearer ${server.key}` },
  });
  const { created_at } = (await answer.json()) as { readonly created_at: string };
  const inTokyo = formatClock(Date.parse(created_at), { timeZone: "Asia/Tokyo" });
  await goTo("/jobs");
  await page.getByRole("button", { name: /^Times are in .+, your zone\. Change to Asia\/Tokyo/ }).click();
  await page
    .getByRole("row", { name: /Harbour/ })
    .getByText(inTokyo)
    .waitFor();
  await page.reload();
  await page
    .getByRole("row", { name: /Harbour/ })
    .getByText(inTokyo)
    .waitFor();
  await page.getByRole("button", { name: /^Times are in Asia\/Tokyo, the server's zone/ }).waitFor();
  expect(await axeFaults(page)).toEqual([]);

  await goTo("/");
  const ended = page.getByRole("table", { name: "Recent jobs" }).locator("time");
  expect(await ended.innerText()).toBe(inTokyo);
  await goTo("/logs");
  await page.getByText("Times in Tokyo, GMT+9, newest first.").waitFor();
  const line = page.getByRole("log").locator("[data-index]").filter({ hasText: "rendering begins" }).locator("time");
  const writtenMs = Date.parse((await line.getAttribute("datetime")) ?? "");
  expect(await line.innerText()).toBe(formatClock(writtenMs, { timeZone: "Asia/Tokyo", seconds: true }));
  await goTo("/performance");
  await page.getByText(/; times in Tokyo, GMT\+9$/).waitFor();
});

test("on a phone the page and the part where one is are whole in sight, and nothing scrolls the page for it", async () => {
  const { page, goTo } = await openDashboard({ width: 390 });
  await goTo("/alerts/rules/new");
  await page.getByRole("heading", { level: 1, name: "New rule" }).waitFor();
  await goTo("/alerts/channels");
  for (const [bar, name] of [
    ["Pages", /^Alerts/],
    ["Alerts", "Channels"],
  ] as const) {
    const strip = page.getByRole("navigation", { name: bar, exact: true });
    const link = strip.getByRole("link", { name });
    // Less than a pixel is how widths are rounded.
    const cutPx = async () => {
      const [room, box] = [await strip.boundingBox(), await link.boundingBox()];
      if (room === null || box === null) return Number.POSITIVE_INFINITY;
      return Math.max(0, Math.floor(room.x - box.x), Math.floor(box.x + box.width - room.x - room.width));
    };
    await expect.poll(cutPx).toBe(0);
  }
  // As when a phone is turned, further down a page.
  await goTo("/alerts/rules");
  await page.getByRole("heading", { level: 1, name: /rules are on$/ }).waitFor();
  await page.evaluate(() => window.scrollTo(0, 400));
  await page.setViewportSize({ width: 400, height: 700 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(await page.evaluate(() => window.scrollY)).toBe(400);
});
