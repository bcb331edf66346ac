import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";

afterAll(closeBrowser);

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });
const box = (page: Page, title: string) => page.getByRole("checkbox", { name: `Select ${title}`, exact: true });
const search = (page: Page) => new URL(page.url()).search;

/** The chosen jobs, from the top on. */
const chosen = (page: Page) => page.locator("tr[aria-selected=true] a").allTextContents();

/** A page of jobs with these titles, oldest first. */
async function openJobs(titles: readonly string[]) {
  const opened = await openDashboard();
  const workers = [];
  for (const title of titles) workers.push(await opened.story(title, ["original"]));
  await opened.goTo("/jobs");
  await link(opened.page, titles[0] ?? "").waitFor();
  return { ...opened, workers };
}

describe("the address", () => {
  test("holds every filter, restores it, and goes back", async () => {
    const { page, workers, complaints } = await openJobs(["Harbour", "Market"]);
    await workers[0]?.fact("job.failed", { error_code: "task_failed", error_message: "it broke" });
    await button(page, /^Failed/).click();
    await link(page, "Market").waitFor({ state: "detached" });
    await page.getByLabel("Created", { exact: true }).selectOption("Last hour");
    await page.getByLabel("Kind").selectOption("clips");
    await page.getByLabel("Order").selectOption("Title from Z");
    await page.getByRole("searchbox").fill("harb");
    await expect.poll(() => search(page)).toBe("?state=failed&kind=clips&since=1h&q=harb&sort=title&order=desc");

    await page.reload();
    await link(page, "Harbour").waitFor();
    expect(await page.getByRole("searchbox").inputValue()).toBe("harb");
    expect(await page.getByLabel("Order").locator("option:checked").textContent()).toBe("Title from Z");
    expect(await page.getByRole("columnheader", { name: /^Job/ }).getAttribute("aria-sort")).toBe("descending");

    await page.goBack();
    await expect.poll(() => search(page)).toBe("?state=failed&kind=clips&since=1h&sort=title&order=desc");
    for (let step = 0; step < 4; step++) await page.goBack();
    await link(page, "Market").waitFor();
    expect(search(page)).toBe("");
    expect(complaints).toEqual([]);
  });

  test("asks for a stretch of time, a user, and nobody's jobs", async () => {
    const { page, goTo } = await openJobs(["Harbour"]);
    const asked: string[] = [];
    page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => asked.push(String(payload))));
    await goTo("/jobs?to=2020-01-01T00:00:00.000Z");
    await page.getByText("No job is like that").waitFor();
    expect(await page.getByLabel("Created before").inputValue()).toMatch(/^20(19-12-31|20-01-01)T/);
    await button(page, "Show all jobs").click();
    await link(page, "Harbour").waitFor();
    await page.getByLabel("User").fill("nobody");
    await page.keyboard.press("Enter");
    await page.getByText("No job is like that").waitFor();
    expect(search(page)).toBe("?user=nobody");
    // Nor is anybody else's followed.
    await expect.poll(() => asked.filter((frame) => frame.includes('"user_id":"nobody"')).length).toBe(2);
    await button(page, "Clear filters").click();
    await link(page, "Harbour").waitFor();
  });
});

describe("choosing", () => {
  test("by keyboard: arrows, Space, ranges with Shift, all, none, and Enter opens", async () => {
    const { page } = await openJobs(["Aal", "Bay", "Cod", "Dab", "Eel"]);
    await link(page, "Eel").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    expect(await chosen(page)).toEqual(["Dab"]);
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    expect(await chosen(page)).toEqual(["Dab", "Cod", "Bay"]);
    await page.keyboard.press("Escape");
    expect(await chosen(page)).toEqual([]);
    await page.keyboard.press("ArrowLeft");
    await page.locator("input[type=checkbox]:focus").waitFor();
    await page.keyboard.press("Space");
    expect(await chosen(page)).toEqual(["Bay"]);
    await page.keyboard.press("Control+a");
    expect(await chosen(page)).toHaveLength(5);
    await page.keyboard.press("Escape");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Aal" }).waitFor();
  });

  test("by mouse: a range with Shift, on the box and on the row; all at once", async () => {
    const { page } = await openJobs(["Aal", "Bay", "Cod", "Dab"]);
    await box(page, "Dab").check();
    await box(page, "Bay").click({ modifiers: ["Shift"] });
    expect(await chosen(page)).toEqual(["Dab", "Cod", "Bay"]);
    await box(page, "Dab").uncheck();
    await link(page, "Cod").click({ modifiers: ["Shift"] });
    expect(await chosen(page)).toEqual(["Bay"]);
    await page.getByRole("checkbox", { name: "Select all 4 loaded jobs" }).check();
    expect(await chosen(page)).toHaveLength(4);
    await button(page, "Choose none").click();
    expect(await chosen(page)).toEqual([]);
  });
});

describe("many at once", () => {
  test("cancels those that run, and says of each other why not: known here, or only there", async () => {
    const { page, workers } = await openJobs(["Aal", "Bay", "Cod", "Dab"]);
    for (const worker of workers) worker.obey();
    const [done, ends] = workers;
    await done?.fact("job.completed", { summary: {} });
    await page.getByRole("row", { name: /Aal/ }).getByText("Done").waitFor();
    await page.getByRole("checkbox", { name: "Select all 4 loaded jobs" }).check();
    // One ends between the question and the answer.
    await page.route("**/api/v1/jobs/bulk", async (route) => {
      await ends?.fact("job.completed", { summary: {} });
      await route.continue();
    });
    await button(page, /^Cancel 3/).click();
    await page.getByRole("alertdialog", { name: "Cancel 3 jobs?" }).getByText("1 of the chosen jobs is left").waitFor();
    await button(page, "Cancel 3 jobs").click();
    const outcome = page.getByRole("status").filter({ hasText: "2 canceled, 2 could not be:" });
    await outcome.waitFor();
    expect(await outcome.getByRole("listitem").allTextContents()).toEqual([
      expect.stringMatching(/^Bay Job \S+ is completed/),
      "Aal The job is done.",
    ]);
    await page.getByRole("row", { name: /Cod/ }).getByText("Canceled").waitFor();
    await page.getByRole("row", { name: /Dab/ }).getByText("Canceled").waitFor();
    expect(await chosen(page)).toEqual([]);
  });

  test("retries those that failed, and leads to the new jobs, which stand on top", async () => {
    const { page, workers } = await openJobs(["Aal", "Bay"]);
    await workers[0]?.fact("job.failed", { error_code: "task_failed", error_message: "it broke" });
    await page.getByRole("row", { name: /Aal/ }).getByText("Failed").waitFor();
    await box(page, "Aal").check();
    await box(page, "Bay").check();
    await button(page, /^Retry 1/).click();
    const outcome = page.getByRole("status").filter({ hasText: "1 retried, 1 could not be:" });
    await outcome.getByText("It has not ended.").waitFor();
    await page.getByRole("row", { name: /Aal attempt 2/ }).waitFor();
    expect(await page.getByRole("row").nth(1).textContent()).toContain("attempt 2");
    await outcome.getByRole("link").last().click();
    await page.getByText("attempt 2, retry of").waitFor();
  });
});

test("reads on as one goes down, keeps its place while jobs come, and is there again after a look at one", async () => {
  const { page, goTo, server } = await openDashboard();
  const announce = async (from: number, to: number) => {
    const lines = Array.from({ length: to - from }, (_, at) => {
      const [n, ts] = [from + at + 1, new Date(Date.now() + from + at).toISOString()];
      const data = { kind: "clips", title: `Job ${n}` };
      return JSON.stringify({ source: "many", n, ts, type: "job.created", job_id: `job_${n}`, data });
    });
    const headers = { authorization: `Bearer ${server.key}`, "content-type": "application/x-ndjson" };
    const answer = await fetch(`${server.origin}/api/v1/events`, {
      method: "POST",
      headers,
      body: `${lines.join("\n")}\n`,
    });
    expect(answer.ok).toBe(true);
  };
  await announce(0, 450);
  await goTo("/jobs");
  await link(page, "Job 450").waitFor();
  expect(await page.getByRole("row").count()).toBeLessThan(80);
  await link(page, "Job 450").focus();
  await page.keyboard.press("End");
  await expect
    .poll(async () => {
      await page.keyboard.press("End");
      return link(page, "Job 1").count();
    })
    .toBe(1);
  await page.getByText("That is all 450.").waitFor();

  await page.evaluate(() => window.scrollTo(0, 3_200));
  const inView = () => page.evaluate(() => document.elementFromPoint(400, 500)?.closest("tr")?.textContent);
  await expect.poll(inView).toMatch(/Job \d+/);
  const before = await inView();
  await announce(450, 455);
  await button(page, "5 new").waitFor();
  expect(await inView()).toBe(before);

  await page.mouse.click(400, 500);
  await page.getByRole("heading", { level: 1, name: /^Job \d+$/ }).waitFor();
  await page.goBack();
  await expect.poll(inView).toBe(before);
  await button(page, "5 new").click();
  await link(page, "Job 455").waitFor();
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
});
