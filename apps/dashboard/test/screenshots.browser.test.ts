import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Alert } from "@playhead/core";
import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeRule } from "./alert-rules.ts";
import { type DashboardServer, startDashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";
import { tellPastJobs } from "./past-jobs.ts";
import { finishClip, type StoryWorker, startStory } from "./story-worker.ts";

/** What a run leaves to be looked at; no part of the project. */
const FOLDER = join(import.meta.dirname, "../../../artifacts/screenshots");

let server: DashboardServer;
let running: StoryWorker;
let ended: StoryWorker;
const ids = { report: "", alert: "", rule: "", share: "" };

async function ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${server.origin}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.key}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  server = await startDashboardServer();
  await tellPastJobs(server);
  const styles = ["original", "split", "left_focus", "center_focus", "blur_background"];
  ended = await startStory(server, { title: "Episode 11", styles: styles.slice(0, 3) });
  for (const style of styles.slice(0, 3)) await finishClip(ended, style);
  await ended.log("warning", "the picture is very dark", "original");
  await ended.call({
    span_id: "00f067aa0ba902b1",
    parent_span_id: null,
    task_id: "split",
    name: "renderClip",
    duration_ms: 38,
  });
  await ended.fact("job.completed", { summary: { best_score: 87 } });

  ids.rule = (await makeRule(server)).rule_id;
  running = await startStory(server, { title: "Episode 12", styles });
  await finishClip(running, "original");
  const clip = (style: string) => ({ task_id: style, scene_id: "1", style });
  await running.fact("clip.progress", { ...clip("split"), step: "rendering", percent_complete: 10 });
  await running.tick("clip.progress", { ...clip("split"), step: "rendering", percent_complete: 62 });
  await running.fact("clip.progress", { ...clip("left_focus"), step: "detecting_faces", percent_complete: 5 });
  await running.fact("video.created", { task_id: "v", id: "v", title: "Trailer" });
  await running.fact("video.failed", { task_id: "v", error_code: "disk_full", error_message: "no room for it" });
  await running.log("info", "rendering the second clip", "split");
  await running.log("error", "no room for the trailer");

  const [from, to] = [Date.now() - 7 * 86_400_000, Date.now()].map((ms) => new Date(ms).toISOString());
  ids.report = (
    await ask<{ report_id: string }>("POST", "reports", { kind: "custom", from, to, title: "This week" })
  ).report_id;
  while (ids.alert === "") {
    const { alerts } = await ask<{ readonly alerts: readonly Alert[] }>("GET", "alerts?state=firing");
    ids.alert = alerts.find(({ rule_id }) => rule_id === ids.rule)?.alert_id ?? "";
  }
  const { pathname, hash } = new URL(
    (await ask<{ readonly url: string }>("POST", `jobs/${running.jobId}/share`, {})).url,
  );
  ids.share = `${pathname}${hash}`;
});
afterAll(async () => {
  await closeBrowser();
  await running.stop();
  await ended.stop();
  await server.close();
});

/** Each page: its address, and what stands on it once it has something to say. */
const PAGES: readonly { readonly name: string; readonly path: () => string; readonly ready: string }[] = [
  { name: "overview", path: () => "/", ready: "main [role=progressbar]" },
  { name: "jobs", path: () => "/jobs", ready: "main tbody tr" },
  { name: "job-running", path: () => `/jobs/${running.jobId}`, ready: "main [role=progressbar]" },
  { name: "job-ended", path: () => `/jobs/${ended.jobId}`, ready: "main [role=progressbar]" },
  { name: "job-results", path: () => "/jobs/job_past_5?show=results", ready: "main [role=tabpanel]" },
  { name: "job-trace", path: () => `/jobs/${ended.jobId}?show=trace`, ready: "main [role=tabpanel]" },
  { name: "new-job", path: () => "/new", ready: "main h1" },
  { name: "performance", path: () => "/performance", ready: "main table" },
  {
    name: "performance-function",
    path: () => "/performance/function?last=7d&category=function&name=renderClip",
    ready: "main figure",
  },
  { name: "performance-compare", path: () => "/performance/compare", ready: "main table" },
  { name: "logs", path: () => "/logs", ready: "main time" },
  { name: "alerts", path: () => "/alerts", ready: "main h1" },
  { name: "alert", path: () => `/alerts/${ids.alert}`, ready: "main dl" },
  { name: "alerts-history", path: () => "/alerts/history", ready: "main h1" },
  { name: "alerts-rules", path: () => "/alerts/rules", ready: "main li" },
  { name: "alerts-rule", path: () => `/alerts/rules/${ids.rule}`, ready: "main form" },
  { name: "alerts-silences", path: () => "/alerts/silences", ready: "main h1" },
  { name: "alerts-channels", path: () => "/alerts/channels", ready: "main h1" },
  { name: "alerts-deliveries", path: () => "/alerts/deliveries", ready: "main h1" },
  { name: "health", path: () => "/health", ready: "main li, main tr" },
  { name: "reports", path: () => "/reports", ready: "main h1" },
  { name: "report", path: () => `/reports/${ids.report}`, ready: "main table" },
  { name: "report-new", path: () => "/reports/new", ready: "main form" },
  { name: "settings", path: () => "/settings", ready: "main form, main section" },
  { name: "not-found", path: () => "/nowhere", ready: "main h1" },
  { name: "share", path: () => ids.share, ready: "main [role=progressbar]" },
];

const LOOKS = [
  { theme: "dark", width: 1_440 },
  { theme: "light", width: 1_440 },
  { theme: "dark", width: 390 },
  { theme: "light", width: 390 },
] as const;

const QUIET_MS = 500;

/** Watches a page. @returns waits until nothing has been asked for a while, but the stream of alerts, which goes on */
function watchRequests(page: Page): () => Promise<void> {
  const asked = new Set<Request>();
  const over = (request: Request) => void asked.delete(request);
  page.on("request", (request) => {
    if (request.resourceType() !== "eventsource") asked.add(request);
  });
  page.on("requestfinished", over);
  page.on("requestfailed", over);
  return async () => {
    for (let sinceMs = performance.now(); performance.now() - sinceMs < QUIET_MS; ) {
      await page.evaluate(() => new Promise(requestAnimationFrame));
      if (asked.size > 0) sinceMs = performance.now();
    }
  };
}

test("each page has its picture, wide and narrow, dark and light; nothing sticks out, and none complains", async () => {
  const { page, goTo, complaints } = await openDashboard({}, server);
  const quiet = watchRequests(page);
  for (const { name, path, ready } of PAGES) {
    await page.setViewportSize({ width: 1_440, height: 900 });
    await goTo(path());
    await page.locator(ready).first().waitFor();
    // What comes a moment after the page is there.
    await quiet();
    await page.evaluate(() => document.fonts.ready);
    for (const { theme, width } of LOOKS) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
      // What is drawn anew for another width or theme is drawn with the next frames.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await page.screenshot({
        path: join(FOLDER, `${name}-${width}-${theme}.png`),
        fullPage: true,
        animations: "disabled",
      });
      const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(sticksOut, `${name} at ${width} px`).toBeLessThanOrEqual(0);
    }
  }
  expect(complaints).toEqual([]);
}, 240_000);
