import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runningJob } from "../../test/jobs.ts";
import { setTimer } from "../engine-timer.ts";
import { createLiveJob, type LiveJob } from "./live-job.ts";
import { createProgressTicker } from "./progress-ticker.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-21T10:00:00.000Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

function setup() {
  const said: [jobId: string, atMs: number][] = [];
  const gone = new Set<LiveJob>();
  const unfollowed = new Set<LiveJob>();
  const startMs = Date.now();
  const ticker = createProgressTicker({
    nowMs: () => Date.now(),
    setTimer,
    isCurrent: (live) => !gone.has(live),
    isFollowed: (live) => !unfollowed.has(live),
    emit: (live) => said.push([live.draft.job_id, Date.now() - startMs]),
  });
  return { ticker, said, gone, unfollowed, live: (jobId: string) => createLiveJob(runningJob(jobId), Date.now()) };
}

test("the first move is said at once, the others at most four times a second, and the last one always", () => {
  const { ticker, said, live } = setup();
  const job = live("a");
  for (let time = 0; time < 100; time++) {
    ticker.moved(job);
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1_000);
  const times = said.map(([, atMs]) => atMs);
  expect(times[0]).toBe(0);
  expect(times.length).toBeGreaterThanOrEqual(4);
  for (const [index, time] of times.entries())
    if (index > 0) expect(time - (times[index - 1] as number)).toBeGreaterThanOrEqual(250);
  expect(times.at(-1)).toBeGreaterThanOrEqual(990);
  expect(vi.getTimerCount()).toBe(0);
});

test("a job that nobody follows is said once a second, and when somebody asks", () => {
  const { ticker, said, unfollowed, live } = setup();
  const job = live("a");
  unfollowed.add(job);
  for (let time = 0; time < 30; time++) {
    ticker.moved(job);
    vi.advanceTimersByTime(100);
  }
  expect(said.map(([, atMs]) => atMs)).toEqual([0, 1_000, 2_000, 3_000]);
  ticker.asked(job);
  expect(said).toHaveLength(4);
  vi.advanceTimersByTime(100);
  ticker.moved(job);
  vi.advanceTimersByTime(200);
  ticker.asked(job);
  ticker.asked(job);
  expect(said.map(([, atMs]) => atMs).slice(4)).toEqual([3_300]);
});

test("who comes to follow a job hears of its next move at once", () => {
  const { ticker, said, unfollowed, live } = setup();
  const job = live("a");
  unfollowed.add(job);
  ticker.moved(job);
  vi.advanceTimersByTime(300);
  ticker.moved(job);
  expect(said).toHaveLength(1);
  unfollowed.clear();
  ticker.moved(job);
  expect(said).toEqual([
    ["a", 0],
    ["a", 300],
  ]);
});

test("who comes while the bar of a job waits hears of it soon, though nothing moves any more", () => {
  const { ticker, said, unfollowed, live } = setup();
  const job = live("a");
  unfollowed.add(job);
  ticker.moved(job);
  vi.advanceTimersByTime(100);
  ticker.moved(job);
  ticker.asked(job);
  unfollowed.clear();
  vi.advanceTimersByTime(150);
  expect(said).toEqual([
    ["a", 0],
    ["a", 250],
  ]);
});

test("jobs do not wait for one another", () => {
  const { ticker, said, live } = setup();
  const [a, b] = [live("a"), live("b")];
  ticker.moved(a);
  vi.advanceTimersByTime(100);
  ticker.moved(a);
  ticker.moved(b);
  expect(said).toEqual([
    ["a", 0],
    ["b", 100],
  ]);
  vi.advanceTimersByTime(300);
  expect(said.filter(([jobId]) => jobId === "a")).toHaveLength(2);
});

test("a busy loop does not put off what is overdue", () => {
  const { ticker, said, live } = setup();
  const [a, b] = [live("a"), live("b")];
  ticker.moved(a);
  vi.advanceTimersByTime(200);
  ticker.moved(a);
  ticker.moved(b);
  // Time goes on, and no timer had its turn.
  vi.setSystemTime(Date.now() + 360);
  ticker.moved(b);
  ticker.moved(b);
  vi.advanceTimersByTime(50);
  expect(said.filter(([jobId]) => jobId === "a")).toHaveLength(2);
});

test("of very many that are due at once some are said in one go, and all of them soon", () => {
  const { ticker, said, live } = setup();
  const jobs = Array.from({ length: 2_500 }, (_, index) => live(`j${index}`));
  for (const job of [...jobs, ...jobs]) ticker.moved(job);
  said.length = 0;
  vi.advanceTimersToNextTimer();
  while (said.length === 0) vi.advanceTimersToNextTimer();
  expect(said).toHaveLength(1_000);
  vi.advanceTimersByTime(5);
  expect(new Set(said.map(([jobId]) => jobId)).size).toBe(2_500);
});

test("nothing is said of a job that has ended, or that is not the one in memory any more", () => {
  const { ticker, said, gone, live } = setup();
  const [a, b] = [live("a"), live("b")];
  for (const job of [a, b, a, b]) ticker.moved(job);
  a.draft.state = "failed";
  gone.add(b);
  vi.advanceTimersByTime(1_000);
  expect(said).toHaveLength(2);
});

test("a clock that is set back holds no job up", () => {
  const { ticker, said, live } = setup();
  const job = live("a");
  ticker.moved(job);
  vi.setSystemTime(Date.now() - 3_600_000);
  ticker.moved(job);
  expect(said).toHaveLength(2);
});

test("after close nothing is said and no timer is left", () => {
  const { ticker, said, live } = setup();
  const job = live("a");
  ticker.moved(job);
  ticker.moved(job);
  ticker.close();
  vi.advanceTimersByTime(1_000);
  expect([said.length, vi.getTimerCount()]).toEqual([1, 0]);
});
