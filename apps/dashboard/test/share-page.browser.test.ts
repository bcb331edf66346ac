import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axeFaults } from "./axe-faults.ts";
import { type DashboardServer, startDashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";
import { finishClip } from "./story-worker.ts";

let server: DashboardServer;
beforeAll(async () => {
  server = await startDashboardServer();
});
afterAll(async () => {
  await closeBrowser();
  await server.close();
});

const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });

/** A link to a job, made by the button on its page. */
async function shareByButton(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  return page.getByLabel("Link", { exact: true }).inputValue();
}

test("who waits opens the link without signing in, sees it come, and sees that it is ready", async () => {
  const { page: owner, goTo, story } = await openDashboard({}, server);
  const worker = await story("Episode 12");
  await goTo(`/jobs/${worker.jobId}`);
  const link = await shareByButton(owner);
  expect(await axeFaults(owner)).toEqual([]);

  const { page, complaints } = await openDashboard({ width: 390, signedIn: false }, server);
  await page.goto(link);
  await heading(page, /^Your clips (are being made|will be ready)/).waitFor();
  await worker.fact("clip.progress", { task_id: "original", scene_id: "1", style: "original", step: "rendering" });
  await page.getByRole("region", { name: "Being made now" }).getByText("Render").waitFor();
  await finishClip(worker, "original");
  await page.getByRole("region", { name: "Done" }).getByText("Original").waitFor();
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axeFaults(page)).toEqual([]);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);

  await finishClip(worker, "split");
  await worker.fact("job.completed", { summary: {} });
  await heading(page, "Your clips are ready").waitFor();
  expect(complaints).toEqual([]);
});

test("a link that was taken back, one that is not whole, and one to nothing say so", async () => {
  const { page: owner, goTo, story } = await openDashboard({}, server);
  const worker = await story("Episode 13");
  await goTo(`/jobs/${worker.jobId}`);
  const link = await shareByButton(owner);
  const { page } = await openDashboard({ signedIn: false }, server);
  await page.goto(link);
  await heading(page, /^Your clips/).waitFor();
  await owner.getByRole("button", { name: "Take it back" }).click();
  await page.getByText("This link has ended meanwhile").waitFor();
  await page.reload();
  await heading(page, "This link no longer works").waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await page.goto(`${server.origin}/share/${worker.jobId}#cut`);
  await heading(page, "This link is not whole").waitFor();
});

test("while the server is away the page keeps what it shows, and says of when it is", async () => {
  const { page: owner, goTo, story } = await openDashboard({}, server);
  const worker = await story("Episode 14");
  await goTo(`/jobs/${worker.jobId}`);
  const link = await shareByButton(owner);
  const { page } = await openDashboard({ signedIn: false }, server);
  await page.goto(link);
  await page.getByText("Live", { exact: true }).waitFor();
  await server.kill();
  await page.getByText(/^reconnecting; as of \d\d:\d\d:\d\d/).waitFor();
  await heading(page, /^Your clips/).waitFor();
  await server.restart();
  await page.getByText("Live", { exact: true }).waitFor();
});
