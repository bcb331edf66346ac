// Is the page of a large job smooth? A job of many tracks, one of which made very many calls, in a real Chromium: dragging its
// playhead, zooming and scrolling its timeline, opening its calls.
// usage: node --conditions=playhead-src bench/dashboard-job.ts [--quick] [--tracks=N] [--spans=N]
// needs a Chromium: PLAYHEAD_CHROMIUM, or /usr/bin/chromium
import { spawnSync } from "node:child_process";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { startFile } from "./child.ts";
import { firstViewMs, observe, takeSeen } from "./dashboard-page.ts";
import { tellBigJob } from "./dashboard-story.ts";
import { option, printReport, quantile, say } from "./report.ts";

const isQuick = process.argv.includes("--quick");
const settings = {
  tracks: option("tracks", isQuick ? 1_000 : 10_000),
  spans: option("spans", isQuick ? 10_000 : 100_000),
};
const MOVES = 60;
const LONG_TASK_MS = 50;

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
spawnSync(process.execPath, [here("../scripts/build-dashboard.mjs")], { stdio: ["ignore", 2, 2] });
const server = startFile("jobs-page-server.ts", {
  jobs: 10,
  running: 0,
  dashboardFolder: here("../apps/dashboard/dist"),
});
const { url, key } = await server.answer<{ readonly url: string; readonly key: string }>();
say(`telling of ${settings.tracks} tracks and ${settings.spans} calls`);
await tellBigJob(url, key, { jobId: "job_big", ...settings });

const browser = await chromium.launch({
  executablePath: process.env.PLAYHEAD_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
await context.request.post(`${url}/api/v1/session`, { data: { key } });
const page = await context.newPage();
page.on("pageerror", (error) => say(`the page failed: ${error.stack}`));
await observe(page);
const first_view_ms = await firstViewMs(page, `${url}/jobs/job_big`, ".tl-row");
await page.waitForTimeout(2_000);
const acts: Record<string, Awaited<ReturnType<typeof measure>>> = { open: await take(page) };

const ruler = await boxOf(page, ".tl-ruler");
const inRuler = (fraction: number) => [ruler.x + ruler.width * fraction, ruler.y + ruler.height / 2] as const;
// Whoever goes back for the first time has what happened read.
acts.first_drag = await measure(page, async () => {
  await page.mouse.move(...inRuler(0.95));
  await page.mouse.down();
  await page.mouse.move(...inRuler(0.9), { steps: 4 });
  await page.mouse.up();
  await page.waitForTimeout(3_000);
});
acts.drag = await measure(page, async () => {
  await page.mouse.move(...inRuler(0.9));
  await page.mouse.down();
  for (let move = 0; move < MOVES; move++) {
    await page.mouse.move(...inRuler(0.9 - (0.8 * move) / MOVES));
    await page.waitForTimeout(16);
  }
  await page.mouse.up();
});
acts.zoom = await measure(page, async () => {
  for (let turn = 0; turn < 20; turn++) {
    await page.mouse.wheel(0, turn < 10 ? -300 : 300);
    await page.waitForTimeout(16);
  }
});
acts.live_again = await measure(page, () => page.keyboard.press("End"));
acts.scroll = await measure(page, async () => {
  await page.mouse.move(ruler.x + 100, ruler.y + 120);
  for (let turn = 0; turn < 30; turn++) {
    await page.locator(".timeline").evaluate((timeline) => timeline.scrollBy(0, 300));
    await page.waitForTimeout(16);
  }
});
const scene = page.locator(".tl-row[data-kind=group] button").last();
await page.locator(".timeline").evaluate((timeline) => timeline.scrollTo(0, timeline.scrollHeight));
await scene.click();
await page.locator(".timeline").evaluate((timeline) => timeline.scrollTo(0, timeline.scrollHeight));
acts.open_calls = await measure(page, async () => {
  await page
    .getByRole("button", { name: new RegExp(`^Clip ${settings.tracks} `) })
    .first()
    .click();
  const all = settings.spans.toLocaleString("en");
  await page.getByText(`${all} calls`, { exact: true }).waitFor({ timeout: 120_000 });
});
const flame = await boxOf(page, ".flame canvas");
acts.calls_pointed = await measure(page, async () => {
  for (let move = 0; move < MOVES; move++) {
    await page.mouse.move(flame.x + (flame.width * move) / MOVES, flame.y + 8);
    await page.waitForTimeout(16);
  }
});
acts.calls_zoomed = await measure(page, async () => {
  await page.getByRole("slider", { name: "Calls" }).press("Home");
  await page.mouse.move(ruler.x + 4, ruler.y + ruler.height / 2);
  for (let turn = 0; turn < 20; turn++) {
    await page.mouse.wheel(0, -300);
    await page.waitForTimeout(16);
  }
});
acts.calls_searched = await measure(page, () =>
  page.getByRole("searchbox", { name: "Search the calls" }).pressSequentially("call3", { delay: 60 }),
);
await browser.close();
await server.end();

const worst = (of: "longest_task_ms" | "interaction_p99_ms", names = Object.keys(acts)) =>
  Math.max(...names.map((name) => acts[name]?.[of] ?? 0));
const isMet = printReport({
  bench: "dashboard-job",
  question: "Is the page of a large job smooth?",
  date: new Date(),
  settings: { ...settings, load_average: os.loadavg()[0] ?? 0 },
  results: { first_view_ms, acts },
  targets: [
    { name: "first view, ms", value: first_view_ms, at_most: 1_000 },
    { name: "interaction, p99 of the slowest, ms", value: worst("interaction_p99_ms"), at_most: 100 },
    { name: "longest task while dragged, ms", value: worst("longest_task_ms", ["drag"]), at_most: LONG_TASK_MS },
  ],
});
process.exitCode = isMet ? 0 : 1;

async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`expected ${selector} to be on the page`);
  return box;
}

async function measure(page: Page, act: () => Promise<unknown>) {
  await takeSeen(page);
  await act();
  // Until what was asked for has come, and the observer has told.
  await page.waitForTimeout(700);
  return take(page);
}

async function take(page: Page) {
  const { longTasks, events } = await takeSeen(page);
  const tasksMs = longTasks.map(({ durationMs }) => durationMs);
  return {
    tasks_over_50_ms: tasksMs.filter((ms) => ms > LONG_TASK_MS).length,
    longest_task_ms: Math.max(0, ...tasksMs),
    // Those that are quicker than 16 ms are not told of.
    interaction_p99_ms:
      events.length === 0
        ? 0
        : quantile(
            events.map(({ durationMs }) => durationMs),
            0.99,
          ),
  };
}
