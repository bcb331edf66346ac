import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { makeRule } from "./alert-rules.ts";
import { axeFaults, colourFaults } from "./axe-faults.ts";
import { type DashboardServer, startDashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";
import { type StoryWorker, startStory } from "./story-worker.ts";

let server: DashboardServer;
const jobs: Record<"running" | "paused" | "done" | "failed", string> = {
  running: "",
  paused: "",
  done: "",
  failed: "",
};

async function renderAll(worker: StoryWorker): Promise<void> {
  await worker.fact("clip.progress", {
    task_id: "original",
    scene_id: "1",
    style: "original",
    step: "rendering",
    percent_complete: 40,
  });
  await worker.fact("clip.progress", {
    task_id: "split",
    scene_id: "1",
    style: "split",
    step: "failed",
    state: "failed",
    failed_step: "rendering",
    error_code: "encoder_failed",
    error_class: "environment",
    error_message: "the encoder stopped",
    hint: "install a font",
  });
  await worker.fact("task.skipped", { task_id: "center_focus", state: "skipped", reason: "made already" });
  await worker.log("warning", "the picture is very dark", "original");
  await worker.log("error", "the encoder stopped", "split");
  const call = { span_id: "00f067aa0ba902b7", parent_span_id: null, task_id: "split" };
  await worker.call({ ...call, name: "renderClip", duration_ms: 1_240, error: { class: "Error", message: "no room" } });
}

beforeAll(async () => {
  server = await startDashboardServer();
  const styles = ["original", "split", "center_focus", "left_focus"];
  for (const name of ["running", "paused", "done", "failed"] as const) {
    const worker = await startStory(server, { title: `A job that is ${name}`, styles });
    jobs[name] = worker.jobId;
    if (name === "running") {
      await makeRule(server);
      await worker.fact("video.created", { task_id: "v", id: "v", title: "Row 1" });
      await worker.fact("video.failed", { task_id: "v", error_code: "disk_full", error_message: "full" });
    }
    await renderAll(worker);
    if (name === "paused") {
      await worker.fact("job.state_changed", { new_state: "pausing" });
      await worker.fact("job.state_changed", { new_state: "paused", reason: "Disk has 1.2 GB left" });
    }
    if (name === "done") {
      const artifact = {
        type: "video",
        name: "a.mp4",
        url: "/media/none/a.mp4",
        size_bytes: 3_000_000,
        mime_type: "video/mp4",
        metadata: { duration_sec: 12 },
      };
      await worker.fact("clip.uploaded", { task_id: "original", scene_id: "1", style: "original", artifact });
      await worker.fact("job.completed", { summary: { output_bytes: 3_000_000 } });
    }
    if (name === "failed") {
      await worker.fact("job.failed", {
        error_code: "disk_full",
        error_class: "environment",
        error_message: "the disk is full",
        hint: "free some space",
      });
    }
  }
});

afterAll(async () => {
  await closeBrowser();
  await server.close();
});

const PAGES = [
  { name: "overview", path: () => "/", ready: "Now" },
  { name: "jobs", path: () => "/jobs", ready: "A job that is done" },
  { name: "jobs, none found", path: () => "/jobs?q=zzz", ready: "No job is like that" },
  { name: "a running job", path: () => `/jobs/${jobs.running}`, ready: "The encoder stopped." },
  { name: "a running job's items", path: () => `/jobs/${jobs.running}?show=items`, ready: "The encoder stopped." },
  { name: "a running job's trace", path: () => `/jobs/${jobs.running}?show=trace`, ready: "renderClip" },
  { name: "a paused job", path: () => `/jobs/${jobs.paused}`, ready: "Disk has 1.2 GB left" },
  { name: "a finished job", path: () => `/jobs/${jobs.done}`, ready: "Done in" },
  { name: "a failed job", path: () => `/jobs/${jobs.failed}`, ready: "The disk is full." },
  { name: "alerts", path: () => "/alerts", ready: "A video failed" },
  { name: "alerts: history", path: () => "/alerts/history", ready: "What fired" },
  { name: "alerts: rules", path: () => "/alerts/rules", ready: "Your own" },
  { name: "alerts: a new rule", path: () => "/alerts/rules/new", ready: "Would it have fired?" },
  { name: "alerts: silences", path: () => "/alerts/silences", ready: "Nothing is silenced" },
  { name: "alerts: deliveries", path: () => "/alerts/deliveries", ready: "Nothing has been told yet" },
  { name: "alerts: channels", path: () => "/alerts/channels", ready: "Nobody is told yet" },
  { name: "health", path: () => "/health", ready: "parts were looked at" },
  { name: "settings", path: () => "/settings", ready: "log_level" },
  { name: "a job that is not there", path: () => "/jobs/nope", ready: "There is no such job" },
] as const;

const WIDTHS = [1_440, 390] as const;

/** Waits for a text at each width, and lets axe look at the page: all of it in the dark, then its colours in the light. */
async function expectClean(page: Page, ready: string, connection = /^Live$/): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await page.getByText(ready).first().waitFor();
    await page.locator("header").getByText(connection).waitFor();
    expect(await axeFaults(page), `${width} px wide`).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    const dark = await textColour(page);
    await page.emulateMedia({ colorScheme: "light" });
    await page.evaluate(transitionsOver);
    expect(await textColour(page)).not.toBe(dark);
    expect(await colourFaults(page), `${width} px wide, light`).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.evaluate(transitionsOver);
  }
}

const textColour = (page: Page) => page.evaluate(() => getComputedStyle(document.body).color);

/** In the page: waits until no colour is on its way to another. What moves for ever does not count. */
async function transitionsOver(): Promise<void> {
  const moving = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(moving.map(({ finished }) => finished));
}

test.each(PAGES)(
  "$name, on a desk and on a phone: no fault that axe finds, and nothing that sticks out",
  async ({ path, ready }) => {
    const { page, goTo, complaints } = await openDashboard({}, server);
    await goTo(path());
    await expectClean(page, ready);
    expect(complaints).toEqual([]);
  },
);

test("an alert, and the question before it is silenced", async () => {
  const { page, goTo } = await openDashboard({}, server);
  await goTo("/alerts");
  await page.getByRole("link", { name: "A video failed" }).first().click();
  await expectClean(page, "It fired");
  await page.getByRole("button", { name: "Silence A video failed" }).click();
  await expectClean(page, "Nobody is told meanwhile");
});

test("jobs that are chosen, the question before they are canceled, and what came of it", async () => {
  const { page, goTo, story } = await openDashboard({}, server);
  const worker = await story("A job to cancel");
  worker.obey();
  await goTo("/jobs?q=A job");
  await page.getByRole("checkbox", { name: "Select A job to cancel" }).check();
  await page.getByRole("checkbox", { name: "Select A job that is done" }).check();
  await expectClean(page, "2 chosen");
  await page.getByRole("button", { name: /^Cancel 1/ }).click();
  await expectClean(page, "Cancel 1 job?");
  await page.getByRole("button", { name: "Cancel 1 job" }).click();
  await expectClean(page, "1 canceled, 1 could not be");
  await goTo("/jobs?from=2026-01-01T00:00:00.000Z&kind=clips&sort=ended_at");
  await expectClean(page, "A job that is done");
});

test("a job that has stalled, and the server gone", async () => {
  const unwell = await startDashboardServer({ PLAYHEAD_STALL_AFTER_MS: "1000" });
  onTestFinished(() => unwell.close());
  const { page, goTo, story } = await openDashboard({}, unwell);
  const worker = await story("A job that stalls");
  const failed = await story("A job that is retried");
  await failed.fact("job.failed", { error_code: "task_failed", error_message: "it broke" });
  await goTo(`/jobs/${failed.jobId}`);
  await page.getByRole("button", { name: "Retry" }).click();
  await expectClean(page, "attempt 2, retry of");
  await goTo("/");
  await expectClean(page, "1 stalled");
  await goTo(`/jobs/${worker.jobId}`);
  await expectClean(page, "Its worker lives");
  await unwell.kill();
  await expectClean(page, "What you see is as of", /^Reconnecting/);
});

test("the page that asks for the key", async () => {
  const { page } = await openDashboard({ signedIn: false }, server);
  await page.getByRole("heading", { name: "This page needs an access key" }).waitFor();
  expect(await axeFaults(page)).toEqual([]);
});
