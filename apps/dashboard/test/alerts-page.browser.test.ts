import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { makeRule, VIDEO_FAILED, withoutBuiltInRules } from "./alert-rules.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";
import type { StoryWorker } from "./story-worker.ts";

afterAll(closeBrowser);

const sees = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name }).waitFor();
const part = (page: Page, name: string) => page.getByRole("navigation", { name: "Alerts" }).getByRole("link", { name });

async function failVideo(worker: StoryWorker): Promise<void> {
  await worker.fact("video.created", { task_id: "v", id: "v", title: "Row 1" });
  await worker.fact("video.failed", { task_id: "v", error_code: "disk_full", error_message: "full" });
}

async function open() {
  const dashboard = await openDashboard();
  await withoutBuiltInRules(dashboard.server);
  return dashboard;
}

test("what fires is told everywhere, looked after, silenced, and kept with what happened", async () => {
  const { page, server, goTo, story, complaints } = await open();
  await goTo("/alerts");
  await heading(page, "Nothing fires");
  await sees(page, "Nobody would be told, except on this page");
  await makeRule(server);
  const worker = await story("Episode 12");
  await failVideo(worker);

  // By itself: nobody has loaded the page again.
  await heading(page, "1 alert fires, critical");
  await page.getByRole("link", { name: "Alerts 1 firing" }).waitFor();
  const alert = page.getByRole("list", { name: "Alerts that fire" }).getByRole("listitem");
  await alert.getByText(`A video of ${worker.jobId} failed.`).waitFor();
  expect(await alert.getByRole("link", { name: "What to do" }).getAttribute("href")).toBe(VIDEO_FAILED.runbook_url);
  expect(await alert.getByRole("link", { name: "Job", exact: true }).getAttribute("href")).toBe(
    `/jobs/${worker.jobId}`,
  );

  await goTo("/");
  await heading(page, /1 alert$/);
  await page.getByRole("link", { name: /A video failed Critical/ }).click();
  await heading(page, "A video failed");
  await sees(page, "It fired");
  await button(page, "Acknowledge A video failed").click();
  await sees(page, "access key acknowledged it");
  expect(await button(page, "Acknowledge A video failed").count()).toBe(0);

  await button(page, "Silence A video failed").click();
  const dialog = page.getByRole("dialog", { name: "Silence A video failed" });
  expect(await dialog.getByRole("button", { name: "Silence" }).getAttribute("aria-disabled")).toBe("true");
  await dialog.getByLabel("For how long").selectOption("4 hours");
  await dialog.getByLabel("Why").fill("the disk is being replaced");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await part(page, "Silences").click();
  await heading(page, "1 silence");
  await sees(page, "The disk is being replaced.");
  await sees(page, `only job_id ${worker.jobId}`);
  await button(page, "End the silence of A video failed").click();
  await heading(page, "Nothing is silenced");

  await goTo("/");
  await heading(page, /nothing needs you$/);
  await part(page, "Silences").waitFor({ state: "detached" });
  await goTo("/alerts/history?level=info");
  await sees(page, "No alert is like that");
  await page.getByLabel("Level").selectOption("Critical");
  await page.getByRole("row", { name: /A video failed.*Firing/ }).waitFor();
  expect(new URL(page.url()).search).toBe("?level=critical");
  expect(complaints).toEqual([]);
});

test("alerts are asked for when the server says that they changed, and not meanwhile; also after it was away", async () => {
  const { page, server, goTo, story } = await open();
  await makeRule(server);
  // Of nothing no figures are asked for.
  await story("Episode 11");
  const isOf = (url: string, path: string) => new URL(url).pathname === `/api/v1/${path}`;
  const read = (path: string) => page.waitForResponse((response) => isOf(response.url(), path));
  let asked = 0;
  page.on("request", (request) => {
    if (isOf(request.url(), "alerts")) asked += 1;
  });
  const opened = read("alerts/stream");
  await goTo("/");
  await opened;
  // What its first event says has been read by the second of these.
  for (let times = 0; times < 2; times++) await read("overview");
  const before = asked;
  // Which comes four seconds later.
  await read("overview");
  expect([before, asked]).toEqual([before, before]);

  const again = read("alerts/stream");
  await server.restart();
  await again;
  await failVideo(await story("Episode 12"));
  await heading(page, /1 alert$/);
});

test("a rule is made with its faults told as one types, tried on what was, changed, and switched off", async () => {
  const { page, goTo, story, complaints } = await open();
  const worker = await story("Episode 12");
  await failVideo(worker);
  await goTo("/alerts/rules");
  await heading(page, /^0 of \d+ rules are on$/);
  await page.getByRole("link", { name: "New rule" }).click();
  await heading(page, "New rule");
  await page.getByLabel("Name", { exact: true }).fill("A video failed");
  const condition = page.getByLabel("Condition", { exact: true });
  await condition.fill('events("video.failed") > thresold');
  await sees(page, /thresold/);
  await expect.poll(() => condition.getAttribute("aria-invalid")).toBe("true");
  expect(await button(page, "Make the rule").getAttribute("aria-disabled")).toBe("true");
  await condition.fill('events("video.failed") > threshold');
  await page.getByLabel("Threshold").fill("none");
  await page.locator("[aria-invalid=true]").and(page.getByLabel("Threshold")).waitFor();
  await page.getByLabel("Threshold").fill("0");
  await page.getByLabel("At least so many").fill("1");
  await page.getByRole("checkbox", { name: "job", exact: true }).check();
  await sees(page, "Nothing is wrong with it.");
  await button(page, "Try it").click();
  await sees(page, "Would have fired once in the last 7 days.");
  await page.getByLabel("Level").selectOption("Critical");
  await sees(page, "Before it was changed:");

  await page.getByLabel("Search measurements").fill("error_rate");
  await page.getByRole("button", { name: /^error_rate/ }).waitFor();
  await button(page, "Make the rule").click();
  await heading(page, /^1 of \d+ rules are on$/);
  await page.getByRole("link", { name: /^A video failed ?, Critical$/ }).click();
  await heading(page, "A video failed");
  expect(await page.getByLabel("Threshold").inputValue()).toBe("0");
  await page.getByLabel("Description").fill("Told to nobody yet");
  await button(page, "Save").click();
  await heading(page, /^1 of \d+ rules are on$/);
  await page.getByRole("switch", { name: "A video failed is on" }).click();
  await heading(page, /^0 of \d+ rules are on$/);
  await page.getByRole("link", { name: /^A video failed ?, Critical$/ }).click();
  expect(await page.getByLabel("Description").inputValue()).toBe("Told to nobody yet");
  await button(page, "Remove").click();
  await button(page, "Remove the rule").click();
  await sees(page, "None yet. A rule says when people are told");
  expect(complaints).toEqual([]);
});

test("who is told: how to set a channel up while there is none; what is not there says where to look", async () => {
  const { page, goTo, complaints } = await open();
  await goTo("/alerts/channels");
  await heading(page, "Nobody is told yet");
  await sees(page, "playhead.config.json");
  await part(page, "Deliveries").click();
  await sees(page, "Nothing has been told yet");
  await page.getByLabel("State").selectOption("Given up");
  await sees(page, "No delivery is like that");
  expect(new URL(page.url()).search).toBe("?state=dead");
  await goTo("/alerts/none");
  await heading(page, "There is no such alert");
  expect(complaints).toEqual([]);
});
