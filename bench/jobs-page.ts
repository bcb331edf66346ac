// Is the page of 100,000 jobs smooth? A real server that holds them, a real Chromium that shows them, and a worker that
// reports all the while: 40 changes and two new jobs a second.
// usage: node --conditions=playhead-src bench/jobs-page.ts [--quick]; needs a Chromium: PLAYHEAD_CHROMIUM, or /usr/bin/chromium
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { printReport, quantile, say } from "./report.ts";

const isQuick = process.argv.includes("--quick");
const JOBS = isQuick ? 20_000 : 100_000;
const ROWS_SCROLLED = 2_000;
const ROW_PX = 32;
/** As a wheel that is turned quickly. */
const STEP_PX = 120;
const CHANGES_PER_SECOND = 40;

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
spawnSync(process.execPath, [here("../scripts/build-dashboard.mjs")], { stdio: ["ignore", 2, 2] });
say(`storing ${JOBS} jobs`);
const options = { jobs: JOBS, dashboardFolder: here("../apps/dashboard/dist") };
const args = ["--conditions=playhead-src", here("jobs-page-server.ts"), JSON.stringify(options)];
const server = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
const [line] = (await once(createInterface({ input: server.stdout }), "line")) as [string];
const { url, key }: { url: string; key: string } = JSON.parse(line);
const executablePath = process.env.PLAYHEAD_CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"],
});
const page = await (await browser.newContext({ viewport: { width: 1_440, height: 900 } })).newPage();
page.on("pageerror", (error) => say(`the page failed: ${error.stack}`));
await page.goto(`${url}/?key=${key}`);
await page.getByRole("heading", { level: 1 }).waitFor();
const worker = startWorker();

say("opening");
const first_rows_ms = await timeOf(async () => {
  await page.goto(`${url}/jobs`);
  await page.getByRole("row").nth(20).waitFor();
});
say("scrolling");
const heap_start_mb = await heapMb(page);
const frames = await scroll(page);
const heap_scrolled_mb = await heapMb(page);
const deepest_row = Math.max(
  ...(await page.getByRole("row").evaluateAll((rows) => rows.map((row) => Number(row.getAttribute("aria-rowindex"))))),
);
const drawn_rows = await page.getByRole("row").count();

say("searching and filtering");
const filters = {
  failed: "state=failed",
  running: "state=running",
  kind: "kind=merge",
  user: "user=user-42",
  last_day: "since=24h",
  by_title: "sort=title",
  failed_by_title: "state=failed&sort=title",
  text_common: "q=harbour",
  text_rare: `q=${encodeURIComponent("Market 9")}`,
  text_none: "q=nowhere",
  text_none_of_user: "q=nowhere&user=user-42",
} as const;
const filter_ms: Record<string, number> = {};
const api_ms: Record<string, number> = {};
for (const [name, search] of Object.entries(filters)) {
  filter_ms[name] = await filterMs(page, search);
  api_ms[name] = await apiMs(search);
}

await worker.stop();
await browser.close();
server.stdin.end();
await once(server, "close");

const frame_ms = {
  p50: round(quantile(frames, 0.5)),
  p95: round(quantile(frames, 0.95)),
  worst: round(Math.max(...frames)),
};
const isMet = printReport({
  bench: "jobs-page",
  question: "Is the page of all jobs smooth with 100,000 of them, while they change?",
  date: new Date(),
  settings: { jobs: JOBS, rows_scrolled: ROWS_SCROLLED, step_px: STEP_PX, changes_per_second: CHANGES_PER_SECOND },
  results: {
    first_rows_ms,
    frames: frames.length,
    frame_ms,
    over_50_ms: frames.filter((ms) => ms > 50).length,
    deepest_row,
    drawn_rows,
    heap_mb: { start: heap_start_mb, scrolled: heap_scrolled_mb },
    filter_ms,
    api_ms,
  },
  targets: [
    { name: "time to the first rows, ms", value: first_rows_ms, at_most: 1_500 },
    { name: "frame time p95, ms", value: frame_ms.p95, at_most: 34 },
    { name: "rows scrolled", value: deepest_row, at_least: ROWS_SCROLLED },
    { name: "slowest filter or search, ms", value: Math.max(...Object.values(filter_ms)), at_most: 1_000 },
  ],
});
process.exitCode = isMet ? 0 : 1;

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return round(performance.now() - startMs);
}

/** Scrolls down a step a frame. @returns how long each frame took, in milliseconds */
function scroll(page: Page): Promise<readonly number[]> {
  return page.evaluate(
    ({ distancePx, stepPx }) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        let lastMs = performance.now();
        let leftPx = distancePx;
        // Nothing is asked of the page, so that it need not lay itself out for the measuring.
        function frame(nowMs: number) {
          times.push(nowMs - lastMs);
          lastMs = nowMs;
          leftPx -= stepPx;
          if (leftPx < -8_000) resolve(times.slice(1));
          else {
            scrollBy(0, stepPx);
            requestAnimationFrame(frame);
          }
        }
        requestAnimationFrame(frame);
      }),
    { distancePx: ROWS_SCROLLED * ROW_PX, stepPx: STEP_PX },
  );
}

/** From a change of the address, as a filter makes it, until what was found is on the page. */
function filterMs(page: Page, search: string): Promise<number> {
  return page.evaluate(async (search) => {
    const list = document.querySelector("[aria-busy]") as Element;
    // What was asked before is answered by then.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const startMs = performance.now();
    const found = new Promise<void>((resolve) => {
      // Busy, and then no more.
      const observer = new MutationObserver(() => {
        if (list.getAttribute("aria-busy") === "true") return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(resolve, 0));
      });
      observer.observe(list, { attributeFilter: ["aria-busy"] });
    });
    history.pushState(null, "", `/jobs?${search}`);
    await found;
    return Math.round(performance.now() - startMs);
  }, search);
}

/** The server's share of it: the median of a few. */
async function apiMs(search: string): Promise<number> {
  const query = new URLSearchParams(search);
  const user = query.get("user");
  if (user !== null) query.set("user_id", user);
  query.delete("user");
  if (query.has("since")) query.set("created_from", new Date(Date.now() - 86_400_000).toISOString());
  query.delete("since");
  if (query.get("sort") === "title") query.set("order", "asc");
  query.set("page_size", "200");
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    times.push(
      await timeOf(async () => {
        const answer = await fetch(`${url}/api/v1/jobs?${query}`, { headers: { authorization: `Bearer ${key}` } });
        if (!answer.ok) throw new Error(`expected a list, got ${answer.status} ${await answer.text()}`);
        await answer.json();
      }),
    );
  }
  return quantile(times, 0.5);
}

async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return round(usedSize / 1e6);
}

/** Reports of jobs that run, and new ones, until it is stopped. */
function startWorker() {
  let n = 0;
  let turn = 0;
  let underWay = Promise.resolve();
  const timer = setInterval(() => {
    turn += 1;
    const ts = new Date().toISOString();
    const records: object[] = [];
    for (let at = 0; at < CHANGES_PER_SECOND / 2; at++) {
      const job_id = `job_new_${1 + ((turn * 7 + at) % Math.max(1, turn - 1))}`;
      const data = { items_total: 100, items_completed: (turn + at) % 100 };
      if (turn > 1)
        records.push({
          type: "job.updated",
          job_id,
          ts,
          source: "bench",
          n: ++n,
          data: { title: `Live ${data.items_completed}` },
        });
    }
    const created = { kind: "clips", title: `Live ${turn}` };
    records.push({ type: "job.created", job_id: `job_new_${turn}`, ts, source: "bench", n: ++n, data: created });
    underWay = fetch(`${url}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
      body: records.map((record) => `${JSON.stringify(record)}\n`).join(""),
    }).then(() => undefined);
  }, 500);
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
