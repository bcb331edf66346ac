import { type JobSummary, type ServerFrame, summaryOf } from "@playhead/core";
import { expect, test } from "vitest";
import { jobHistory } from "../test/job-history.ts";
import { manualClock, settle } from "../test/manual-clock.ts";
import { scriptedGateway } from "../test/scripted-gateway.ts";
import { createConnection } from "./connection.ts";
import { passes, receiveListFrames } from "./jobs-list.ts";
import { createJobsStore, EMPTY_LIST } from "./jobs-store.ts";

const summary = (jobId: string, changes: Partial<JobSummary> = {}): JobSummary => ({
  ...summaryOf(jobHistory(jobId).job()),
  ...changes,
});
const changed = (job: JobSummary): ServerFrame => ({ type: "jobs.changed", data: { ref: "s1", job } });
const subscribed = (jobs: readonly JobSummary[]): ServerFrame => ({
  type: "subscribed",
  data: { ref: "s1", job_id: null, recovered: false, epoch: "e1", snapshot: null, jobs },
});
const ids = (jobs: readonly JobSummary[]) => jobs.map(({ job_id }) => job_id);

test("it asks for the list, and follows it", async () => {
  const clock = manualClock();
  const gateway = scriptedGateway();
  const surroundings = { isOffline: () => false, watch: () => () => {} };
  const connection = createConnection({ dial: gateway.dial, token: undefined, clock, surroundings });
  const store = createJobsStore({ connection, clock, filter: { state: ["running"], limit: 2 } });
  store.subscribe(() => {});
  await import("./jobs-list.ts");
  await settle();
  gateway.latest().hello();
  expect(gateway.latest().received).toEqual([
    { type: "subscribe", data: { ref: "s1", jobs: { state: ["running"], limit: 2 } } },
  ]);
  gateway.latest().send(subscribed([summary("a")]));
  expect(store.getSnapshot()).toMatchObject({ loaded: true, live: true });
  const later = summary("b", { created_at: "2026-11-21T11:00:00.000Z" });
  gateway.latest().send({
    type: "batch",
    data: { events: [changed(later) as never, changed(summary("a", { seq: 9, title: "A" })) as never] },
  });
  expect(store.getSnapshot().jobs.map(({ title }) => title)).toEqual(["Episode 12", "A"]);
});

const list = { ...EMPTY_LIST, jobs: [summary("a", { seq: 5, tick: 3 })], loaded: true };

const CASES = [
  {
    name: "a job that the filter lets go is taken out",
    job: summary("a", { seq: 6, state: "completed" }),
    expected: [],
  },
  {
    name: "one that it lets in comes",
    job: summary("b", { created_at: "2026-11-21T09:00:00.000Z" }),
    expected: ["a", "b"],
  },
  { name: "one that it does not let in stays out", job: summary("b", { state: "failed" }), expected: ["a"] },
] as const;

test.each(CASES)("$name", ({ job, expected }) => {
  expect(ids(receiveListFrames(list, [changed(job)], { state: ["running"] }, 1).jobs)).toEqual(expected);
});

test("an older state of a job does not replace a newer one", () => {
  const after = receiveListFrames(list, [changed(summary("a", { seq: 5, tick: 2, title: "old" }))], {}, 1);
  expect(after.jobs[0]?.title).not.toBe("old");
});

test("a list keeps to its limit, newest first", () => {
  const jobs = Array.from({ length: 5 }, (_, index) =>
    summary(`j${index}`, { created_at: `2026-11-21T1${index}:00:00.000Z` }),
  );
  const after = receiveListFrames({ ...EMPTY_LIST, loaded: true }, jobs.map(changed), { limit: 3 }, 1);
  expect(ids(after.jobs)).toEqual(["j4", "j3", "j2"]);
});

test("frames that say nothing new keep the reference", () => {
  expect(receiveListFrames(list, [{ type: "live", data: { ref: "s1" } }], {}, 1)).toBe(list);
});

test.each([
  { filter: { user_id: "u_7" }, expected: true },
  { filter: { user_id: "u_8" }, expected: false },
  { filter: { state: ["running"], kind: ["clips"], user_id: "u_7" }, expected: true },
  { filter: { kind: ["merge"] }, expected: false },
] as const)("a filter lets through what it names: $filter", ({ filter, expected }) => {
  expect(passes({ state: "running", kind: "clips", user_id: "u_7" }, filter)).toBe(expected);
});
