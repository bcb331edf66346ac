// Is the dashboard quick, and does it stay so when it is left open? A real server with many jobs and log lines, a worker
// that reports of those that run, and a real Chromium whose own counters tell.
// usage: node --conditions=playhead-src bench/dashboard.ts [--quick] [--jobs=N] [--log-lines=N] [--minutes=N]
// needs a Chromium: PLAYHEAD_CHROMIUM, or /usr/bin/chromium
import { spawnSync } from "node:child_process";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { startFile } from "./child.ts";
import { firstViewMs, type Held, heldBy, observe, standsAfterMs, takeSeen } from "./dashboard-page.ts";
import { startLiveJobs } from "./dashboard-worker.ts";
import { option, printReport, quantile, say, spread } from "./report.ts";

const isQuick = process.argv.includes("--quick");
const settings = {
  jobs: option("jobs", isQuick ? 10_000 : 100_000),
  log_lines: option("log-lines", isQuick ? 200_000 : 10_000_000),
  minutes: option("minutes", isQuick ? 1 : 30),
  running: 200,
  updates_per_second: 4,
  first_views: isQuick ? 2 : 5,
};
/** Each page, and what stands on it once it has something to say. */
const PAGES = {
  overview: { path: "/", shows: "main [role=progressbar]" },
  jobs: { path: "/jobs", shows: "main tbody tr" },
  job: { path: "/jobs/job_live_7", shows: "main [role=progressbar]" },
  alerts: { path: "/alerts", shows: "main h1" },
  health: { path: "/health", shows: "main h1" },
  logs: { path: "/logs", shows: "main h1" },
  performance: { path: "/performance", shows: "main h1" },
  reports: { path: "/reports", shows: "main h1" },
} as const;
/** What stands on each page that is gone to, and not on the one before. */
const STANDS: Readonly<Record<string, string>> = {
  open_jobs: "main [data-job]",
  open_job: "main .timeline",
  open_overview: "main .rests-unseen",
};
/** A page is left open: this one has the most that moves. */
const LEFT_OPEN = "/";
const SAMPLES = 12;
const LONG_TASK_MS = 50;

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
spawnSync(process.execPath, [here("../scripts/build-dashboard.mjs")], { stdio: ["ignore", 2, 2] });
say(`storing ${settings.jobs} jobs and ${settings.log_lines} log lines`);
const server = startFile("jobs-page-server.ts", {
  jobs: settings.jobs,
  running: 0,
  logLines: settings.log_lines,
  dashboardFolder: here("../apps/dashboard/dist"),
});
const { url, key } = await server.answer<{ readonly url: string; readonly key: string }>();
const worker = await startLiveJobs({ url, key, jobs: settings.running, updatesPerSecond: settings.updates_per_second });
const browser = await chromium.launch({
  executablePath: process.env.PLAYHEAD_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const loadAtStart = os.loadavg()[0] ?? 0;

say("first views");
const first_view_ms: Record<string, ReturnType<typeof spread>> = {};
for (const [name, { path, shows }] of Object.entries(PAGES)) {
  const times: number[] = [];
  for (let turn = 0; turn < settings.first_views; turn++) {
    const page = await openPage(browser);
    times.push(await firstViewMs(page, `${url}${path}`, shows));
    await page.context().close();
  }
  first_view_ms[name] = spread(times);
  say(`${name}: ${JSON.stringify(first_view_ms[name])}`);
}

say("interactions");
const { interaction_ms, page_stands_ms } = await interact();

say(`left open for ${settings.minutes} min`);
const takenBefore = worker.counts.taken;
const openedAtMs = performance.now();
const { longTasks, held } = await leaveOpen();
const dueUpdates = ((performance.now() - openedAtMs) / 1_000) * settings.running * settings.updates_per_second;
const taken_share = (worker.counts.taken - takenBefore) / dueUpdates;

await worker.stop();
await browser.close();
await server.end();

const begun = held.slice(0, Math.ceil(held.length / 2));
const ended = held.slice(Math.ceil(held.length / 2));
const medianOf = (samples: readonly Held[], of: keyof Held) =>
  quantile(
    samples.map((sample) => sample[of]),
    0.5,
  );
const heap_growth = medianOf(ended, "heap_mb") / medianOf(begun, "heap_mb");
const isMet = printReport({
  bench: "dashboard",
  question: "Is the dashboard quick with many jobs, and does it stay so when it is left open?",
  date: new Date(),
  settings: { ...settings, load_average: { start: loadAtStart, end: os.loadavg()[0] ?? 0 } },
  results: {
    first_view_ms,
    interaction_ms,
    page_stands_ms,
    live: {
      reports_sent: worker.counts.sent,
      reports_taken: worker.counts.taken,
      long_tasks: longTasks.length,
      longest_task_ms: Math.max(0, ...longTasks),
      held,
    },
  },
  targets: [
    {
      name: "first view, slowest page, median ms",
      value: slowestOf(first_view_ms),
      at_most: 1_000,
    },
    { name: "slowest interaction, ms", value: Math.max(...Object.values(interaction_ms)), at_most: 100 },
    // A click is answered before the other page is drawn.
    { name: "slowest page after a click, median ms", value: slowestOf(page_stands_ms), at_most: 200 },
    // A server that falls behind would make it easy for the page.
    { name: "updates that came while live, of those due", value: taken_share, at_least: 0.9 },
    { name: "long tasks while live", value: longTasks.length, at_most: 0 },
    { name: "heap, second half to first", value: heap_growth, at_most: 1.1 },
    {
      name: "elements, second half to first",
      value: medianOf(ended, "dom_nodes") / medianOf(begun, "dom_nodes"),
      at_most: 1.1,
    },
  ],
});
process.exitCode = isMet ? 0 : 1;

/** A browser that was never here, signed in. */
async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const opened = await context.request.post(`${url}/api/v1/session`, { data: { key } });
  if (!opened.ok()) throw new Error(`expected to be signed in, got ${opened.status()} ${await opened.text()}`);
  const page = await context.newPage();
  page.on("pageerror", (error) => say(`the page failed: ${error.stack}`));
  await observe(page);
  return page;
}

function slowestOf(spreads: Readonly<Record<string, { readonly median: number }>>): number {
  return Math.max(...Object.values(spreads).map(({ median }) => median));
}

/** What people do most, each a few times: from the input to the paint after it, the slowest of each; and until a page stands. */
async function interact() {
  const page = await openPage(browser);
  await page.goto(`${url}/`);
  const banner = page.getByRole("navigation", { name: "Pages" });
  await banner.getByRole("link", { name: "Jobs" }).waitFor();
  const acts: Readonly<Record<string, () => Promise<unknown>>> = {
    open_jobs: () => banner.getByRole("link", { name: "Jobs" }).click(),
    filter_failed: () => page.getByRole("button", { name: /^Failed/ }).click(),
    filter_no_more: () => page.getByRole("button", { name: /^Failed/ }).click(),
    open_palette: () => page.keyboard.press("Control+k"),
    type_in_palette: () => page.keyboard.type("live 7", { delay: 40 }),
    open_job: () => page.keyboard.press("Enter"),
    change_theme: () => page.getByRole("button", { name: /^Theme/ }).click(),
    open_overview: () => banner.getByRole("link", { name: "Overview" }).click(),
  };
  const slowest: Record<string, number> = {};
  const stoodMs: Record<string, number[]> = {};
  for (let turn = 0; turn < settings.first_views; turn++) {
    for (const [name, act] of Object.entries(acts)) {
      await takeSeen(page);
      const stands = STANDS[name];
      const after = stands === undefined ? null : await standsAfterMs(page, stands);
      await act();
      if (after !== null) stoodMs[name] = [...(stoodMs[name] ?? []), await after()];
      // Until what was asked for has come, and the observer has told.
      await page.waitForTimeout(700);
      const { events } = await takeSeen(page);
      slowest[name] = Math.max(slowest[name] ?? 0, ...events.map(({ durationMs }) => durationMs));
    }
  }
  await page.context().close();
  return {
    interaction_ms: slowest,
    page_stands_ms: Object.fromEntries(Object.entries(stoodMs).map(([name, times]) => [name, spread(times)])),
  };
}

/** Leaves a page open while everything moves. */
async function leaveOpen() {
  const page = await openPage(browser);
  await page.goto(`${url}${LEFT_OPEN}`);
  await page.locator("main [role=progressbar]").first().waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  // What it takes to come to rest is the first view's affair.
  await page.waitForTimeout(5_000);
  await takeSeen(page);
  const longTasks: number[] = [];
  const held: Held[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await page.waitForTimeout((settings.minutes * 60_000) / SAMPLES);
    // Taken before the garbage is collected: that is our doing.
    const seen = await takeSeen(page);
    longTasks.push(...seen.longTasks.map(({ durationMs }) => durationMs).filter((ms) => ms > LONG_TASK_MS));
    held.push(await heldBy(session));
    // Nor is what the collection blocked.
    await takeSeen(page);
    say(JSON.stringify(held.at(-1)));
  }
  return { longTasks, held };
}
