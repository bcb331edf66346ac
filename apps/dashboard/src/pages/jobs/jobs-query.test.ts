import { JOB_STATES } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { jobsAnswer, readJobsView, STATE_GROUPS, toggleGroup, writeJobsView } from "./jobs-query.ts";

test("property: an address restores its view", () => {
  const view = fc.record({ states: fc.subarray([...JOB_STATES]), text: fc.string() });
  fc.assert(
    fc.property(view, (given) => {
      expect(readJobsView(new URLSearchParams(writeJobsView(given).toString()))).toEqual(given);
    }),
  );
});

test("what an address says that is none of ours is left out", () => {
  expect(readJobsView(new URLSearchParams("state=running&state=nonsense&page=7"))).toEqual({
    states: ["running"],
    text: "",
  });
});

test("every state belongs to one group", () => {
  expect(STATE_GROUPS.flatMap(({ states }) => [...states]).sort()).toEqual([...JOB_STATES].sort());
});

test("a group is switched on whole, and off whole", () => {
  const view = { states: ["running" as const], text: "x" };
  const on = toggleGroup(view, ["running", "completing"]);
  expect(on).toEqual({ states: ["running", "completing"], text: "x" });
  expect(toggleGroup(on, ["running", "completing"]).states).toEqual([]);
});

test.each([
  [{}, "0 jobs"],
  [{ completed: 1 }, "1 job"],
  [{ running: 2, completing: 1, pausing: 1, failed: 2, completed: 407 }, "413 jobs, 3 running, 1 paused, 2 failed"],
])("%o: %s", (counts, said) => expect(jobsAnswer(counts)).toBe(said));
