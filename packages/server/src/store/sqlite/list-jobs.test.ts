import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { beforeAll, expect, test } from "vitest";
import type { JobsQuery } from "../store.ts";
import { countJobs, listEndedJobIds, listJobs, listOpenJobIds } from "./list-jobs.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import type { RunQuery } from "./query-builder.ts";

/** Each list is read from an index in its order: what it costs depends on the page, not on how many jobs there are. */

const db = new DatabaseSync(":memory:");
beforeAll(() => migrate(db, MIGRATIONS));

/** What SQLite would do for the queries that `ask` makes. */
function planOf(ask: (run: RunQuery) => unknown): string {
  const steps: string[] = [];
  ask((query) => {
    const { sql, parameters } = query.compile();
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(parameters as readonly SQLInputValue[]));
    steps.push(...plan.map(({ detail }) => String(detail)));
    return [];
  });
  return steps.join("\n");
}

const list = (query: Partial<JobsQuery>) => (run: RunQuery) =>
  listJobs(run, { tenantId: "t", sort: "created_at", order: "desc", limit: 50, ...query });

test.each([
  { name: "newest", ask: list({}), index: "jobs_by_created" },
  { name: "oldest", ask: list({ order: "asc" }), index: "jobs_by_created" },
  { name: "a later page", ask: list({ after: { value: 1, id: "x" } }), index: "jobs_by_created" },
  { name: "a span of time", ask: list({ createdFromMs: 1, createdToMs: 2 }), index: "jobs_by_created" },
  { name: "one state", ask: list({ states: ["failed"] }), index: "jobs_by_state" },
  { name: "all open states", ask: list({ states: ["pending", "running", "paused"] }), index: "jobs_open" },
  { name: "by end", ask: list({ sort: "ended_at" }), index: "jobs_by_ended" },
  { name: "by title", ask: list({ sort: "title", order: "asc" }), index: "jobs_by_title" },
  { name: "of a user", ask: list({ userId: "u" }), index: "jobs_by_user" },
])("lists $name from an index, in its order", ({ ask, index }) => {
  const plan = planOf(ask);
  expect(plan).toMatch(new RegExp(`SEARCH jobs USING .*INDEX ${index} `));
  expect(plan).toContain("SEARCH job_projections USING INTEGER PRIMARY KEY");
  expect(plan).not.toContain("TEMP B-TREE");
});

test("tells which of some jobs have ended by their ids", () => {
  expect(planOf((run) => listEndedJobIds(run, "t", ["a"]))).toContain("INDEX sqlite_autoindex_jobs_1 (job_id=?)");
});

test("finds open jobs, and counts jobs, without reading the others' rows", () => {
  expect(planOf(listOpenJobIds)).toContain("INDEX jobs_open");
  const counting = planOf((run) => countJobs(run, "t", 1));
  expect(counting).toContain("USING COVERING INDEX jobs_by_state");
  expect(counting).toContain("USING COVERING INDEX jobs_by_created");
  expect(counting).not.toContain("SCAN jobs");
});
