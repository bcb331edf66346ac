import type { Alert, Job, JobState, Task, TaskState } from "@playhead/core";
import fc from "fast-check";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { makeRule, withoutBuiltInRules } from "./alert-rules.ts";
import type { DashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";
import { anyStory, tellRandomly } from "./random-story.ts";
import { readFiring, readJobPage, readJobsPage, readOverview } from "./shown-pages.ts";

afterAll(closeBrowser);

/** From the moment that a change is stored until every page shows it: the property itself. */
const LIMIT_MS = 5_000;
/** The same stories on each run. */
const SEED = 20_261_122;
const STORIES = 6;
/** Those that have not begun by then are left out. */
const TIME_MS = 15_000;

/** What the pages call each state, written down once more. */
const JOB_WORDS: Readonly<Record<JobState, string>> = {
  pending: "Waiting to start",
  running: "Running",
  pausing: "Pausing",
  paused: "Paused",
  completing: "Finishing",
  completed: "Done",
  canceling: "Canceling",
  canceled: "Canceled",
  failed: "Failed",
};
const TASK_WORDS: Readonly<Record<TaskState, string>> = {
  pending: "Waiting",
  processing: "Working",
  completed: "Done",
  failed: "Failed",
  skipped: "Skipped",
  canceled: "Canceled",
};
const ALERTS_ON_OVERVIEW = 5;

async function ask<Answer>(server: DashboardServer, path: string, method = "GET"): Promise<Answer> {
  const headers = { authorization: `Bearer ${server.key}` };
  const answer = await fetch(`${server.origin}/api/v1/${path}`, { method, headers });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

/** What the pages are to show, by the API alone. */
async function readServer(server: DashboardServer, jobId: string) {
  const [job, { tasks }, counts, { alerts }] = await Promise.all([
    ask<Job>(server, `jobs/${jobId}`),
    ask<{ readonly tasks: readonly Task[] }>(server, `jobs/${jobId}/tasks`),
    ask<{ readonly by_state: Record<JobState, number>; readonly errors_last_24h: number }>(server, "overview"),
    ask<{ readonly alerts: readonly Alert[] }>(server, "alerts?state=firing&page_size=200"),
  ]);
  const { state, progress } = job;
  const { by_state } = counts;
  const percent = Math.floor(progress.percent_complete);
  const done = progress.items_completed + progress.items_skipped;
  const hasItems = progress.items_total > 0;
  const isOpen = job.ended_at === null;
  const said = (count: number, word: string) => (count > 0 ? [`${count} ${word}`] : []);
  const total = Object.values(by_state).reduce((sum, count) => sum + count, 0);
  const pressing = alerts.filter(({ acknowledged_at }) => acknowledged_at === null);
  const videos = tasks.filter(({ kind }) => kind === "video");
  return {
    job: {
      state: JOB_WORDS[state],
      percent,
      made: hasItems ? `${done} of ${progress.items_total}` : null,
      errors: `${progress.errors_encountered}`,
      tracks: Object.fromEntries(videos.map((video) => [video.title, standingOf(video, state)])),
    },
    overview: {
      words: JOB_WORDS[state],
      percent: isOpen ? percent : null,
      running: `${by_state.running}`,
      failed: `${counts.errors_last_24h}`,
      alerts: Math.min(ALERTS_ON_OVERVIEW, pressing.length),
    },
    jobs: {
      words: JOB_WORDS[state],
      percent: isOpen ? percent : null,
      items: hasItems ? `${done}/${progress.items_total}` : null,
      heading: [
        `${total} ${total === 1 ? "job" : "jobs"}`,
        ...said(by_state.running + by_state.completing, "running"),
        ...said(by_state.pausing + by_state.paused, "paused"),
        ...said(by_state.failed, "failed"),
      ].join(", "),
    },
    firing: [alerts.length, alerts.length, alerts.length],
  };
}

function standingOf({ state, percent_complete }: Task, job: JobState): string {
  if (state !== "processing") return TASK_WORDS[state];
  return `${job === "paused" ? JOB_WORDS.paused : TASK_WORDS.processing}, ${Math.floor(percent_complete)} percent`;
}

interface Pages {
  readonly job: Page;
  readonly overview: Page;
  readonly jobs: Page;
}

async function readPages({ job, overview, jobs }: Pages, jobId: string) {
  const [ofJob, ofOverview, ofJobs, ...firing] = await Promise.all([
    readJobPage(job),
    readOverview(overview, jobId),
    readJobsPage(jobs, jobId),
    ...[job, overview, jobs].map(readFiring),
  ]);
  return {
    job: ofJob,
    overview: { ...ofOverview, words: wordIn(ofOverview.words) },
    jobs: ofJobs,
    firing,
  };
}

/** The word of a state in a row that says more. */
const wordIn = (text: string) => Object.values(JOB_WORDS).find((word) => text.includes(word)) ?? text;

/** Waits until all pages show what the API says. @returns how long that took */
async function reflected(server: DashboardServer, pages: Pages, jobId: string, change: string): Promise<number> {
  const sinceMs = performance.now();
  for (;;) {
    // What was read before is what is to be shown by now.
    const said = await readServer(server, jobId);
    const shown = await readPages(pages, jobId);
    const tookMs = performance.now() - sinceMs;
    if (JSON.stringify(shown) === JSON.stringify(said)) return tookMs;
    if (tookMs > LIMIT_MS) expect(shown, `after ${change}`).toEqual(said);
  }
}

/** Stays with a page until it is loaded anew. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { isTheSame: true }));
const isTheSame = (page: Page) => page.evaluate(() => "isTheSame" in window);

test("property 6: whatever changes, the dashboard shows it within 5 seconds, and nobody has to reload it", async () => {
  const { page: overview, server, goTo, story, complaints } = await openDashboard();
  await withoutBuiltInRules(server);
  await makeRule(server);
  const jobs = await overview.context().newPage();
  await jobs.goto(`${server.origin}/jobs`);
  await goTo("/");
  await Promise.all([mark(overview), mark(jobs)]);
  const job = await overview.context().newPage();
  const pages = { job, overview, jobs };
  const tookMs: number[] = [];

  await fc.assert(
    fc.asyncProperty(anyStory, async ({ moves, ending }) => {
      const worker = await story("A story", []);
      await job.goto(`${server.origin}/jobs/${worker.jobId}`);
      await job.getByRole("heading", { level: 1, name: "A story" }).waitFor();
      await mark(job);
      const see = async (change: string) => tookMs.push(await reflected(server, pages, worker.jobId, change));
      await see("job running");

      const firing = async () =>
        (await ask<{ readonly alerts: readonly Alert[] }>(server, "alerts?state=firing&page_size=200")).alerts;
      let open = await firing();
      const told = tellRandomly(worker, {
        mayAcknowledge: () => open.some(({ acknowledged_at }) => acknowledged_at === null),
        acknowledge: async () => {
          const [first] = open.filter(({ acknowledged_at }) => acknowledged_at === null);
          await ask(server, `alerts/${first?.alert_id}/acknowledge`, "POST");
        },
      });
      for (const move of moves) {
        const change = await told.move(move);
        await see(change);
        open = await firing();
        const isAlerted = () => open.some(({ job_id }) => job_id === worker.jobId);
        if (!change.endsWith("failed") || isAlerted()) continue;
        // The alert about it is a change of its own.
        while (!isAlerted()) open = await firing();
        await see("alert firing");
      }
      if (ending !== null) await see(await told.end(ending));
      expect(await Promise.all([job, overview, jobs].map(isTheSame))).toEqual([true, true, true]);
    }),
    { seed: SEED, numRuns: STORIES, interruptAfterTimeLimit: TIME_MS, endOnFailure: true },
  );
  expect(tookMs.length).toBeGreaterThan(10);
  expect(complaints).toEqual([]);
}, 120_000);
