import { draftOf, emptyJob, type Job, NO_PROGRESS } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { jobAnswer, outcome } from "./job-answer.ts";

const NOW = Date.parse("2026-11-21T14:00:00.000Z");
const MIN = 60_000;
const job = (changes: Partial<Job>, progress: Partial<Job["progress"]> = {}): Job => ({
  ...draftOf(emptyJob("j")),
  started_at: "2026-11-21T13:50:00.000Z",
  ...changes,
  progress: { ...NO_PROGRESS, percent_complete: 62.9, ...progress },
});
const ETA = { eta_ms: 4 * MIN, eta_low_ms: 3 * MIN, eta_high_ms: 5 * MIN };

describe("the answer at the top of a job's page", () => {
  test.each([
    {
      name: "running",
      given: job({ state: "running" }, ETA),
      figure: "62 %",
      sentence: "≈ 4 min (3–5)",
      aside: "done by 14:05",
    },
    {
      name: "too early",
      given: job({ state: "running" }),
      figure: "62 %",
      sentence: "Too early to say how long",
      aside: null,
    },
    {
      name: "rate-limited",
      given: job({ state: "running", rate_limited: true }, ETA),
      figure: "62 %",
      sentence: "≈ 4 min (3–5)",
      aside: "waiting on a rate limit",
    },
    {
      name: "stalled: what is left does not pass by itself",
      given: job({ state: "running", liveness: "stalled" }, ETA),
      figure: "62 %",
      sentence: "Not advancing",
      aside: "≈ 4 min (3–5) of work left",
    },
    {
      name: "slow, but on its way",
      given: job({ state: "running", liveness: "slow" }, ETA),
      figure: "62 %",
      sentence: "≈ 4 min (3–5)",
      aside: "done by 14:05",
    },
    {
      name: "waiting",
      given: job({ state: "pending", started_at: null }),
      figure: null,
      sentence: "Waiting for a worker to start it",
      aside: null,
    },
    {
      name: "paused",
      given: job({ state: "paused", paused_since: "2026-11-21T13:57:00.000Z", reason: "pause requested" }),
      figure: "62 %",
      sentence: "Paused for 3 m 00 s",
      aside: null,
    },
    {
      name: "paused with a reason",
      given: job({ state: "paused", reason: "Disk has 1.2 GB left" }),
      figure: "62 %",
      sentence: "Paused",
      aside: "Disk has 1.2 GB left",
    },
    {
      name: "done",
      given: job(
        { state: "completed", ended_at: "2026-11-21T13:53:12.000Z" },
        { items_completed: 16, items_failed: 1 },
      ),
      figure: null,
      sentence: "Done in 3 m 12 s",
      aside: "16 made, 1 failed",
    },
    {
      name: "worker lost",
      given: job({
        state: "failed",
        error: { error_code: "worker_lost", error_message: "gone", error_class: "environment", ts: "", task_id: null },
      }),
      figure: "62 %",
      sentence: "Worker lost",
      aside: null,
    },
    {
      name: "canceled",
      given: job({ state: "canceled", ended_at: "2026-11-21T13:55:00.000Z", reason: "cancel requested" }),
      figure: "62 %",
      sentence: "Canceled at 13:55",
      aside: null,
    },
  ])("$name", ({ given, figure, sentence, aside }) => {
    expect(jobAnswer(given, NOW, "UTC")).toEqual({ figure, sentence, aside });
  });
});

test("an outcome names what there is, and nothing else", () => {
  expect(outcome(job({}))).toBeNull();
  expect(outcome(job({}, { items_completed: 3, items_skipped: 2 }))).toBe("3 made, 2 skipped");
});
