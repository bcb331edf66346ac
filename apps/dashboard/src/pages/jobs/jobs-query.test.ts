import { JOB_STATES } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SINCES } from "./job-span.ts";
import {
  ALL_JOBS,
  jobsAnswer,
  NEWEST_FIRST,
  PAGE_SIZE,
  queryOf,
  readJobsView,
  STATE_GROUPS,
  toggleGroup,
  toggleSort,
  writeJobsView,
} from "./jobs-query.ts";

const moment = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-01-01") })
  .map((date) => date.toISOString());
const span = fc.oneof(
  fc.constant(null),
  fc.record({ since: fc.constantFrom(...SINCES.map(({ name }) => name)) }),
  fc.record({ from: fc.option(moment), to: moment }),
  fc.record({ from: moment, to: fc.constant(null) }),
);
const sort = fc.record({
  by: fc.constantFrom("created_at" as const, "ended_at" as const, "title" as const),
  order: fc.constantFrom("asc" as const, "desc" as const),
});
const view = fc.record({
  states: fc.subarray([...JOB_STATES]),
  kinds: fc.uniqueArray(fc.string({ minLength: 1 })),
  user: fc.option(fc.string({ minLength: 1 })),
  span,
  text: fc.string(),
  sort,
});

test("property: an address restores its view", () => {
  fc.assert(
    fc.property(view, (given) => {
      expect(readJobsView(new URLSearchParams(writeJobsView(given).toString()))).toEqual(given);
    }),
  );
});

test("all jobs, newest first, is the plain address", () => {
  expect(writeJobsView(ALL_JOBS).toString()).toBe("");
  expect(readJobsView(new URLSearchParams())).toEqual(ALL_JOBS);
});

test("what an address says that is none of ours is left out", () => {
  const search = "state=running&state=nonsense&page=7&since=2y&from=soon&sort=size&order=up&user=&kind=";
  expect(readJobsView(new URLSearchParams(search))).toEqual({ ...ALL_JOBS, states: ["running"] });
});

const NOW_MS = Date.parse("2026-11-21T14:00:00.000Z");

test.each([
  { name: "all jobs", view: {}, asked: {} },
  { name: "of a kind, and of a user", view: { kinds: ["clips"], user: "u" }, asked: { kind: ["clips"], user_id: "u" } },
  { name: "text without its edges", view: { text: " x " }, asked: { q: "x" } },
  {
    name: "up to now",
    view: { span: { since: "24h" as const } },
    asked: { created_from: "2026-11-20T14:00:00.000Z" },
  },
  {
    name: "before a moment",
    view: { span: { from: null, to: "2026-11-01T00:00:00.000Z" } },
    asked: { created_to: "2026-11-01T00:00:00.000Z" },
  },
])("the server is asked for: $name", ({ view, asked }) => {
  const order = { sort: "created_at", order: "desc", page_size: PAGE_SIZE };
  expect(queryOf({ ...ALL_JOBS, ...view }, NOW_MS)).toEqual({ ...order, ...asked });
});

test("by the same field again the order turns round; another begins with what one mostly wants", () => {
  const byTitle = toggleSort(ALL_JOBS, "title");
  expect(byTitle.sort).toEqual({ by: "title", order: "asc" });
  expect(toggleSort(byTitle, "title").sort.order).toBe("desc");
  expect(toggleSort(byTitle, "created_at").sort).toEqual(NEWEST_FIRST);
});

test("every state belongs to one group", () => {
  expect(STATE_GROUPS.flatMap(({ states }) => [...states]).sort()).toEqual([...JOB_STATES].sort());
});

test("a group is switched on whole, and off whole", () => {
  const view = { ...ALL_JOBS, states: ["running" as const], text: "x" };
  const on = toggleGroup(view, ["running", "completing"]);
  expect(on).toEqual({ ...view, states: ["running", "completing"] });
  expect(toggleGroup(on, ["running", "completing"]).states).toEqual([]);
});

test.each([
  [{}, "0 jobs"],
  [{ completed: 1 }, "1 job"],
  [{ running: 2, completing: 1, pausing: 1, failed: 2, completed: 407 }, "413 jobs, 3 running, 1 paused, 2 failed"],
])("%o: %s", (counts, said) => expect(jobsAnswer(counts)).toBe(said));
