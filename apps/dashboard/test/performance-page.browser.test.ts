import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axeFaults } from "./axe-faults.ts";
import { type DashboardServer, startDashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";
import { startStory } from "./story-worker.ts";
import { type ToldCall, tellPast } from "./tell-calls.ts";

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 7 * 24;

let server: DashboardServer;
const jobs = { before: "", after: "" };

/** Around a duration, by a tenth, the same each time. */
const around = (ms: number, at: number) => ms * (0.9 + (0.2 * ((at * 7) % 11)) / 10);

beforeAll(async () => {
  server = await startDashboardServer();
  for (const name of ["before", "after"] as const) {
    const worker = await startStory(server, { title: `The job ${name}` });
    jobs[name] = worker.jobId;
    await worker.fact("job.completed", { summary: {} });
  }
  const nowMs = Date.now();
  const calls: ToldCall[] = [];
  // Two weeks before the change: with one, whether chance is ruled out depends on the hour at which the days are cut.
  for (let hour = 1; hour < 3 * WEEK_HOURS; hour += 1) {
    const atMs = nowMs - hour * HOUR_MS;
    const isLate = hour < WEEK_HOURS;
    calls.push({ atMs, name: "renderClip", durationMs: around(isLate ? 1_300 : 1_000, hour) });
    calls.push({ atMs, name: "probe", durationMs: around(40, hour), failed: hour % 50 === 0 });
  }
  for (let at = 0; at < 44; at += 1) {
    const atMs = nowMs - 20 * 24 * HOUR_MS + at * 1_000;
    calls.push({ atMs, name: "upload", durationMs: around(400, at), jobId: jobs.before });
    calls.push({ atMs, name: "upload", durationMs: around(900, at), jobId: jobs.after });
  }
  await tellPast(server, { calls });
});
afterAll(async () => {
  await closeBrowser();
  await server.close();
});

test("what got slower is said first; it leads to its course, point by point by keyboard, and to its slowest call", async () => {
  const { page, goTo, complaints } = await openDashboard({}, server);
  await page.getByRole("link", { name: "Performance" }).click();
  await page.getByRole("heading", { level: 1, name: /^renderClip is 30 % slower than the week before/ }).waitFor();
  const row = page.getByRole("row", { name: /renderClip/ });
  await row.getByText("+30 %").waitFor();
  await row.getByText(/^(very )?sure$/).waitFor();

  await page.getByRole("button", { name: "Change", exact: true }).click();
  await page.waitForURL(/sort=change/);
  await row.getByRole("link").click();
  await page.getByRole("heading", { level: 1, name: /^renderClip is 30 % slower/ }).waitFor();
  const [duration, counts] = [
    page.getByRole("slider", { name: "Duration" }),
    page.getByRole("slider", { name: "Calls by the hour" }),
  ];
  await duration.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  const said = /^(\w{3} \d+ \w+, \d\d:\d\d): p99 1\.\d s, p95 1\.\d s, p50 1\.\d s$/;
  await expect.poll(() => duration.getAttribute("aria-valuetext")).toMatch(said);
  // The charts of a page share their cursor.
  const [, moment] = said.exec((await duration.getAttribute("aria-valuetext")) ?? "") ?? [];
  expect(await counts.getAttribute("aria-valuetext")).toBe(`${moment}: calls 1, failed 0`);
  expect(
    await page
      .getByRole("table", { name: /^Duration/, includeHidden: true })
      .getByRole("row")
      .count(),
  ).toBeGreaterThan(20);

  const box = await duration.boundingBox();
  if (box === null) throw new Error("expected the chart to be seen");
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  const whole = page.getByRole("button", { name: "Whole range" });
  await whole.first().waitFor();
  expect(await whole.count()).toBe(2);
  await duration.dblclick();
  await whole.first().waitFor({ state: "detached" });

  await goTo("/performance/function?last=30d&category=function&name=upload");
  const slowest = page.getByRole("region", { name: "Slowest calls" }).getByRole("link").first();
  expect(await slowest.getAttribute("href")).toMatch(new RegExp(`^/jobs/${jobs.after}\\?show=trace&at=2`));
  expect(complaints).toEqual([]);
});

test("a change for good is marked in the course, and that it cannot be told is said", async () => {
  const { page, goTo, complaints } = await openDashboard({}, server);
  const course = "/performance/function?last=30d&category=function&name=renderClip";
  await goTo(course);
  const marks = page.getByRole("list", { name: "Duration: what happened" });
  await marks.getByText(/: \+(29|30|31) %$/).waitFor();
  expect(await marks.getByRole("listitem").count()).toBe(1);

  // A server that has no such route is only older.
  await page.route("**/performance/trends?*", (route) =>
    route.fulfill({ status: 404, json: { error_code: "not_found", error_message: "no such route" } }),
  );
  await goTo(course);
  await page.getByRole("region", { name: "Slowest calls" }).waitFor();
  expect(await marks.count()).toBe(0);
  await page.route("**/performance/trends?*", (route) =>
    route.fulfill({ status: 500, json: { error_code: "internal_error", error_message: "the disk is gone" } }),
  );
  await goTo(course);
  await page.getByRole("alert").getByText("The disk is gone.").waitFor();
  expect(complaints).toEqual([]);
});

test("of two jobs it is said what got slower, by how much, and how sure", async () => {
  const { page, goTo, complaints } = await openDashboard({}, server);
  await goTo("/performance/compare");
  await page.getByRole("button", { name: "Jobs" }).click();
  await page.getByLabel("Job", { exact: true }).selectOption(jobs.after);
  await page.getByLabel("With job").selectOption(jobs.before);
  await page.getByRole("heading", { level: 1, name: "upload takes 2.3 times as long as in The job before" }).waitFor();
  const row = page.getByRole("row", { name: /^upload/ });
  expect(await row.getByRole("cell").allInnerTexts()).toEqual([
    "400 ms × 44",
    "900 ms × 44",
    "2.2 ×",
    "2.3 ×",
    "slower",
    "very sure",
  ]);
  await page.reload();
  await row.waitFor();
  expect(complaints).toEqual([]);
});

describe.each([
  { theme: "dark", width: 1_440 },
  { theme: "light", width: 390 },
] as const)("axe finds nothing wrong, and nothing sticks out, $width px wide in $theme, on", ({ theme, width }) => {
  test.each([
    { name: "the list", path: () => "/performance?category=function", ready: "slower than" },
    { name: "a function", path: () => "/performance/function?category=function&name=probe", ready: "Slowest calls" },
    {
      name: "a comparison",
      path: () => `/performance/compare?of=jobs&job=${jobs.after}&with_job=${jobs.before}`,
      ready: "Verdict",
    },
  ])("$name", async ({ path, ready }) => {
    const { page, goTo } = await openDashboard({ theme, width }, server);
    await goTo(path());
    await page.getByText(ready).first().waitFor();
    expect(await axeFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  });
});
