import { emptyJob, type JobState, type JobSummary, summaryOf } from "@playhead/core";
import { expect, test } from "vitest";
import { outcomeWords, planBulk, runBulk } from "./bulk.ts";

const job = (id: string, state: JobState): JobSummary => ({ ...summaryOf(emptyJob(id)), state });
const JOBS = [job("r", "running"), job("p", "paused"), job("f", "failed"), job("c", "completed")];

test.each([
  ["pause", "r"],
  ["resume", "p"],
  ["cancel", "r p"],
  ["retry", "f"],
] as const)("%s is for %s", (verb, able) => {
  const plan = planBulk(verb, JOBS);
  expect(plan.able.map(({ job_id }) => job_id).join(" ")).toBe(able);
  for (const { why } of plan.refused) expect(why).toMatch(/\.$/);
  expect(plan.able.length + plan.refused.length).toBe(JOBS.length);
});

test("says of each job what became of it", async () => {
  const error = { error_code: "conflict", error_message: "it has ended", error_class: "input", detail: {} } as const;
  const outcome = await runBulk(planBulk("cancel", JOBS), async () => ({
    results: [
      { job_id: "r", ok: true },
      { job_id: "p", ok: false, error },
    ],
  }));
  expect(outcomeWords(outcome)).toBe("1 canceled, 3 could not be");
  expect(outcome.refused.map(({ job, why }) => `${job.job_id}: ${why}`)).toEqual([
    "p: It has ended.",
    "f: The job is failed.",
    "c: The job is done.",
  ]);
});

test("many go in parts; when a later one fails, what was done is said", async () => {
  const many = Array.from({ length: 1_500 }, (_, at) => job(`j${at}`, "running"));
  const sizes: number[] = [];
  const outcome = await runBulk(planBulk("pause", many), async (_verb, ids) => {
    sizes.push(ids.length);
    if (sizes.length === 2) throw new Error("away");
    return { results: ids.map((job_id) => ({ job_id, ok: true })) };
  });
  expect(sizes).toEqual([1_000, 500]);
  expect(outcomeWords(outcome)).toBe("1000 paused, 500 could not be");
});

test("a request that fails as a whole is an error", async () => {
  const failing = runBulk(planBulk("retry", JOBS), () => Promise.reject(new Error("away")));
  await expect(failing).rejects.toThrow("away");
});

test("the new jobs of a retry are named", async () => {
  const results = [{ job_id: "f", ok: true, retry_job_id: "f2" }];
  const outcome = await runBulk(planBulk("retry", [job("f", "failed")]), async () => ({ results }));
  expect(outcome.retryIds).toEqual(["f2"]);
  expect(outcomeWords(outcome)).toBe("1 retried");
});
