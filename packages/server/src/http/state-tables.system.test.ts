import {
  type ControlVerb,
  isFinalJobState,
  JOB_STATES,
  JOB_TRANSITIONS,
  type JobState,
  TASK_STATES,
  TASK_TRANSITIONS,
  type TaskState,
} from "@playhead/core";
import { beforeAll, describe, expect, test } from "vitest";
import { bodyOf, line } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

let server: TestServer;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd });
});

/** The way into each state of a job, as its worker reports it. */
const WAY: Readonly<Record<JobState, readonly JobState[]>> = {
  pending: [],
  running: ["running"],
  pausing: ["running", "pausing"],
  paused: ["running", "pausing", "paused"],
  completing: ["running", "completing"],
  canceling: ["running", "canceling"],
  completed: ["running", "completing", "completed"],
  canceled: ["running", "canceling", "canceled"],
  failed: ["running", "failed"],
};

/** To report an end is to report the way to it through its gate. */
const BY_A_GATE: ReadonlySet<string> = new Set([
  "running→completed",
  "pausing→completed",
  ...["pending", "running", "pausing", "paused"].map((from) => `${from}→canceled`),
]);

let lastJob = 0;

/** A job that was reported into a state. */
async function jobIn(state: JobState) {
  const jobId = `table-${++lastJob}`;
  let n = 1;
  const records = [line(n, "job.created", jobId, { kind: "clips" })];
  for (const new_state of WAY[state]) records.push(line(++n, "job.state_changed", jobId, { new_state }));
  expect(await bodyOf(server.report(records))).toMatchObject({ refused: [] });
  const read = () => bodyOf(server.ask(`/api/v1/jobs/${jobId}`));
  expect(await read()).toMatchObject({ state });
  return { jobId, read, report: (type: string, data: object) => bodyOf(server.report([line(++n, type, jobId, data)])) };
}

describe.each(JOB_STATES)("a job that is %s", (from) => {
  test.each(JOB_STATES)(
    "answers the report that it is %s as the table says, and a refusal changes nothing",
    async (to) => {
      const { jobId, read, report } = await jobIn(from);
      const before = await read();
      const { refused } = await report("job.state_changed", { new_state: to });
      if (JOB_TRANSITIONS[from][to] || BY_A_GATE.has(`${from}→${to}`)) {
        expect([refused, await read()]).toMatchObject([[], { state: to }]);
      } else {
        expect(refused).toMatchObject([{ error_code: "conflict", detail: { state: from } }]);
        expect(await read()).toEqual(before);
        const { events } = await bodyOf(server.ask(`/api/v1/jobs/${jobId}/events`));
        expect(events).toHaveLength(before.seq);
      }
    },
  );

  const outcomes: Readonly<Record<ControlVerb, JobState | null>> = {
    pause: from === "running" ? "pausing" : null,
    resume: from === "pausing" || from === "paused" ? "running" : null,
    cancel: ["pending", "running", "pausing", "paused"].includes(from) ? "canceling" : null,
  };
  test.each(Object.entries(outcomes))(
    "answers %s with %s, or with a conflict that changes nothing",
    async (verb, to) => {
      const { jobId, read } = await jobIn(from);
      const before = await read();
      const answer = await server.post(`/api/v1/jobs/${jobId}/${verb}`);
      if (to !== null) {
        expect([answer.status, (await bodyOf(answer)).job.state]).toEqual([202, to]);
      } else {
        expect([answer.status, await bodyOf(answer)]).toMatchObject([
          409,
          { error_code: "conflict", detail: { state: from } },
        ]);
        expect(await read()).toEqual(before);
      }
    },
  );

  test("is retried once it has failed or was canceled", async () => {
    const { jobId, read } = await jobIn(from);
    const before = await read();
    const answer = await server.post(`/api/v1/jobs/${jobId}/retry`);
    const body = await bodyOf(answer);
    if (from === "failed" || from === "canceled") {
      const retry = { state: "pending", kind: "clips", attempt: 2, retry_of: jobId, worker: null };
      expect([answer.status, body.job]).toMatchObject([201, retry]);
      expect(answer.headers.get("location")).toBe(`/api/v1/jobs/${body.job.job_id}`);
    } else {
      expect([answer.status, body]).toMatchObject([409, { error_code: "conflict", detail: { state: from } }]);
    }
    expect(await read()).toEqual(before);
  });
});

describe.each(TASK_STATES)("a task that is %s", (from) => {
  const way: Readonly<Record<TaskState, readonly TaskState[]>> = {
    pending: [],
    processing: ["processing"],
    completed: ["processing", "completed"],
    failed: ["failed"],
    skipped: ["skipped"],
    canceled: ["canceled"],
  };
  const type: Readonly<Record<TaskState, string>> = {
    pending: "task.created",
    processing: "task.started",
    completed: "task.completed",
    failed: "task.failed",
    skipped: "task.skipped",
    canceled: "task.canceled",
  };

  test.each(TASK_STATES)("answers the report that it is %s as the table says", async (to) => {
    const { jobId, report } = await jobIn("running");
    const task = { task_id: "t1", kind: "clip" };
    const read = async () => (await bodyOf(server.ask(`/api/v1/jobs/${jobId}/tasks`))).tasks[0];
    await report("task.created", task);
    for (const state of way[from]) expect(await report(type[state], task)).toMatchObject({ refused: [] });
    const before = await read();
    expect(before.state).toBe(from);
    const { refused } = await report(type[to], task);
    if (TASK_TRANSITIONS[from][to]) {
      expect([refused, (await read()).state]).toEqual([[], to]);
    } else {
      expect(refused).toMatchObject([{ error_code: "conflict" }]);
      expect(await read()).toEqual(before);
    }
  });
});

describe("many jobs at once", () => {
  test("each gets what can be done to it, and the others say why not", async () => {
    const jobs = await Promise.all((["running", "completed", "pending"] as const).map(jobIn));
    const jobIds = [...jobs.map(({ jobId }) => jobId), "none", jobs[0]?.jobId as string];
    const answer = await server.post("/api/v1/jobs/bulk", { verb: "cancel", job_ids: jobIds, reason: "tidying up" });
    expect(answer.status).toBe(200);
    expect((await bodyOf(answer)).results).toMatchObject([
      { job_id: jobIds[0], ok: true },
      { job_id: jobIds[1], ok: false, error: { error_code: "conflict", detail: { state: "completed" } } },
      { job_id: jobIds[2], ok: true },
      { job_id: "none", ok: false, error: { error_code: "not_found" } },
    ]);
    expect(await jobs[0]?.read()).toMatchObject({ state: "canceling", reason: "tidying up" });
  });

  test("are retried, each as a job of its own", async () => {
    const jobs = await Promise.all((["failed", "canceled"] as const).map(jobIn));
    const job_ids = jobs.map(({ jobId }) => jobId);
    const { results } = await bodyOf(server.post("/api/v1/jobs/bulk", { verb: "retry", job_ids }));
    for (const [at, { ok, retry_job_id }] of results.entries()) {
      expect(ok).toBe(true);
      const retry = await bodyOf(server.ask(`/api/v1/jobs/${retry_job_id}`));
      expect(retry).toMatchObject({ retry_of: job_ids[at], attempt: 2 });
      expect(isFinalJobState(retry.state)).toBe(false);
    }
  });

  test("more than a thousand are too many, and none is none", async () => {
    const job_ids = Array.from({ length: 1_001 }, (_, at) => `j${at}`);
    for (const ids of [job_ids, []]) {
      const answer = await server.post("/api/v1/jobs/bulk", { verb: "cancel", job_ids: ids });
      expect([answer.status, (await bodyOf(answer)).error_code]).toEqual([422, "validation_error"]);
    }
  });
});
