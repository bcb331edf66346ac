import { emptyJob, type JobSummary, summaryOf } from "@playhead/core";
import { expect, test } from "vitest";
import { mergeLive } from "./merge-live.ts";

const job = (id: string, hour: number, changes: Partial<JobSummary> = {}): JobSummary => ({
  ...summaryOf(emptyJob(id)),
  created_at: `2026-11-21T${String(hour).padStart(2, "0")}:00:00.000Z`,
  state: "running",
  ...changes,
});
const ids = (jobs: readonly JobSummary[]) => jobs.map(({ job_id }) => job_id);
const ALL = { states: [], text: "" };
const read = [job("b", 12), job("a", 11)];

test("a row that changed is replaced where it stands", () => {
  expect(mergeLive(read, [job("a", 11, { title: "new" })], ALL).map(({ title }) => title)).toEqual(["b", "new"]);
});

test("one that is newer than all that was read comes first; an older one waits for its page", () => {
  expect(ids(mergeLive(read, [job("c", 13), job("old", 9)], ALL))).toEqual(["c", "b", "a"]);
});

test("one that left the wanted states leaves the list; one that is not wanted does not come", () => {
  const view = { states: ["running" as const], text: "" };
  expect(ids(mergeLive(read, [job("a", 11, { state: "completed" }), job("c", 13, { state: "failed" })], view))).toEqual(
    ["b"],
  );
});

test("a search keeps out what is new and does not match", () => {
  const live = [job("c", 13, { title: "Harbour" }), job("d", 14, { title: "Market" })];
  expect(ids(mergeLive(read, live, { states: [], text: "harb" }))).toEqual(["c", "b", "a"]);
});
