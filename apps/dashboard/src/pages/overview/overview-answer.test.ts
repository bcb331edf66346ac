import { emptyJob, type JobSummary, NO_PROGRESS, summaryOf } from "@playhead/core";
import { expect, test } from "vitest";
import { overviewAnswer } from "./overview-answer.ts";

const NOW = Date.parse("2026-11-21T14:00:00.000Z");
const MIN = 60_000;
const job = (changes: Partial<JobSummary>): JobSummary => ({ ...summaryOf(emptyJob("j")), ...changes });
const running = (etaMin: number | null, highMin = etaMin) =>
  job({
    state: "running",
    progress: {
      ...NO_PROGRESS,
      eta_ms: etaMin === null ? null : etaMin * MIN,
      eta_high_ms: highMin === null ? null : highMin * MIN,
    },
  });
const failed = (hoursAgo: number) =>
  job({ state: "failed", ended_at: new Date(NOW - hoursAgo * 60 * MIN).toISOString() });

test.each<{ name: string; jobs: JobSummary[]; firing?: number; said: string }>([
  { name: "nothing", jobs: [], said: "Nothing running, nothing needs you" },
  {
    name: "two, done by the upper end of the later",
    jobs: [running(10, 12), running(18, 20)],
    said: "2 running, done by 14:20, nothing needs you",
  },
  {
    name: "a wide range promises nothing",
    jobs: [running(18, 60)],
    said: "1 running, done around 14:18, nothing needs you",
  },
  {
    name: "while one is unknown, so is the end",
    jobs: [running(18, 20), running(null)],
    said: "2 running, nothing needs you",
  },
  {
    name: "what failed today needs someone",
    jobs: [failed(2), failed(30)],
    said: "Nothing running, 1 failed in the last day",
  },
  {
    name: "what does not get on needs someone first, worst first; what is slow does not",
    jobs: [
      failed(1),
      // Whatever was forecast of it before.
      job({ state: "running", liveness: "stalled", progress: { ...NO_PROGRESS, eta_ms: 60_000 } }),
      job({ state: "paused", liveness: "lost" }),
      job({ state: "running", liveness: "slow" }),
    ],
    said: "2 running, 1 worker lost, 1 stalled, 1 failed in the last day",
  },
  {
    name: "alerts come before all else",
    jobs: [failed(1)],
    firing: 2,
    said: "Nothing running, 2 alerts, 1 failed in the last day",
  },
])("$name", ({ jobs, said, firing = 0 }) => {
  const { running: first, done, needs } = overviewAnswer(jobs, firing, NOW, "UTC");
  expect([first, done, needs].filter((part) => part !== null).join(", ")).toBe(said);
});
