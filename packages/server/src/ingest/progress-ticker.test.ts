import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runningJob } from "../../test/jobs.ts";
import { setTimer } from "../engine-timer.ts";
import { createLiveJob, type LiveJob } from "./live-job.ts";
import { createProgressTicker } from "./progress-ticker.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setup() {
  const said: [jobId: string, atMs: number][] = [];
  const gone = new Set<LiveJob>();
  const startMs = Date.now();
  const ticker = createProgressTicker({
    nowMs: () => Date.now(),
    setTimer,
    isCurrent: (live) => !gone.has(live),
    emit: (live) => said.push([live.draft.job_id, Date.now() - startMs]),
  });
  return { ticker, said, gone, live: (jobId: string) => createLiveJob(runningJob(jobId), Date.now()) };
}

test("the first moves are said at once, the others at most four times a second, and the last one always", () => {
  const { ticker, said, live } = setup();
  const job = live("a");
  for (let time = 0; time < 100; time++) {
    ticker.moved(job);
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1_000);
  const times = said.map(([, atMs]) => atMs);
  expect(times.slice(0, 2)).toEqual([0, 10]);
  expect(times.length).toBeGreaterThanOrEqual(5);
  expect(times.length).toBeLessThanOrEqual(6);
  for (const [index, time] of times.entries())
    if (index > 2) expect(time - (times[index - 1] as number)).toBeGreaterThanOrEqual(250);
  expect(times.at(-1)).toBeGreaterThanOrEqual(990);
  expect(vi.getTimerCount()).toBe(0);
});

test("tasks that move twice a second, in turns, wait for nothing, and nobody is woken for them", () => {
  const { ticker, said, live } = setup();
  const job = live("a");
  const due: number[] = [];
  for (let atMs = 0; atMs < 10_000; atMs += 500) {
    for (const waitMs of [0, 37]) {
      vi.advanceTimersByTime(waitMs);
      ticker.moved(job);
      due.push(atMs + waitMs);
      expect(vi.getTimerCount()).toBe(0);
    }
    vi.advanceTimersByTime(463);
  }
  expect(said.map(([, atMs]) => atMs)).toEqual(due);
});

test("jobs do not wait for one another", () => {
  const { ticker, said, live } = setup();
  const [a, b] = [live("a"), live("b")];
  for (const job of [a, a]) ticker.moved(job);
  vi.advanceTimersByTime(100);
  ticker.moved(a);
  ticker.moved(b);
  expect(said).toEqual([
    ["a", 0],
    ["a", 0],
    ["b", 100],
  ]);
  vi.advanceTimersByTime(300);
  expect(said.filter(([jobId]) => jobId === "a")).toHaveLength(3);
});

test("a busy loop does not put off what is overdue", () => {
  const { ticker, said, live } = setup();
  const [a, b] = [live("a"), live("b")];
  for (const job of [a, a]) ticker.moved(job);
  vi.advanceTimersByTime(200);
  ticker.moved(a);
  ticker.moved(b);
  // Time goes on, and no timer had its turn.
  vi.setSystemTime(Date.now() + 360);
  ticker.moved(b);
  ticker.moved(b);
  vi.advanceTimersByTime(50);
  expect(said.filter(([jobId]) => jobId === "a")).toHaveLength(3);
});

test("of very many that are due at once some are said in one go, and all of them soon", () => {
  const { ticker, said, live } = setup();
  const jobs = Array.from({ length: 2_500 }, (_, index) => live(`j${index}`));
  for (const job of [...jobs, ...jobs, ...jobs]) ticker.moved(job);
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
  for (const job of [a, b, a, b, a, b]) ticker.moved(job);
  a.draft.state = "failed";
  gone.add(b);
  vi.advanceTimersByTime(1_000);
  expect(said).toHaveLength(4);
});

test("a clock that is set back holds no job up", () => {
  const { ticker, said, live } = setup();
  const job = live("a");
  for (let move = 0; move < 3; move++) ticker.moved(job);
  expect(said).toHaveLength(2);
  vi.setSystemTime(Date.now() - 3_600_000);
  ticker.moved(job);
  expect(said).toHaveLength(3);
});

test("after close nothing is said and no timer is left", () => {
  const { ticker, said, live } = setup();
  const job = live("a");
  for (let move = 0; move < 3; move++) ticker.moved(job);
  ticker.close();
  vi.advanceTimersByTime(1_000);
  expect([said.length, vi.getTimerCount()]).toEqual([2, 0]);
});
