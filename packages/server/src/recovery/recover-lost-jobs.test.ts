import { expect, test } from "vitest";
import { recoverLostJobs } from "./recover-lost-jobs.ts";

test("jobs whose worker ended with an earlier process have failed, all others go on", async () => {
  const workers: Record<string, string | null> = { a: "local:1", b: "remote", c: null, d: "local:2", gone: "local:3" };
  const reported: unknown[] = [];
  const lost = await recoverLostJobs({
    openJobIds: async () => Object.keys(workers),
    findJob: async (jobId) =>
      jobId === "gone" ? null : { job_id: jobId, tenant_id: "t", worker: workers[jobId] as string | null },
    report: async (tenantId, { type, job_id, data }) => {
      reported.push([tenantId, type, job_id, data.error_code]);
    },
  });
  expect(lost).toEqual(["a", "d"]);
  expect(reported).toEqual([
    ["t", "job.failed", "a", "worker_lost"],
    ["t", "job.failed", "d", "worker_lost"],
  ]);
});

test("however many there are, a bounded number is looked at side by side", async () => {
  let now = 0;
  let most = 0;
  const lost = await recoverLostJobs({
    openJobIds: async () => Array.from({ length: 350 }, (_, at) => `j${at}`),
    findJob: async (jobId) => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
      return { job_id: jobId, tenant_id: "t", worker: "local:x" };
    },
    report: async () => undefined,
  });
  expect(lost).toHaveLength(350);
  expect(most).toBeLessThanOrEqual(100);
});
