import { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, test } from "vitest";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { DUE_JOBS, OLD_JOBS } from "./prune.ts";

/** What a step costs depends on what goes, not on how many jobs there are. */

let db: DatabaseSync;
beforeEach(() => {
  db = new DatabaseSync(":memory:");
  migrate(db, MIGRATIONS);
});

const planOf = (sql: string) =>
  db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...Array(sql.split("?").length - 1).fill(1))
    .map(({ detail }) => String(detail));

function addJob(id: string, tenant: string, endedMs: number | null, segments: readonly [number, number | null]): void {
  db.prepare(
    `INSERT INTO jobs (job_id, tenant_id, kind, title_key, state, correlation_id, created_ms, ended_ms, first_segment, last_segment)
     VALUES (?, ?, 'k', '', 'completed', '', 0, ?, ?, ?)`,
  ).run(id, tenant, endedMs, ...segments);
}

test.each([0, 2_000])("what is due is found in an index, with %i jobs", (jobs) => {
  for (let at = 0; at < jobs; at++) addJob(`j${at}`, `t${at % 7}`, at, at % 10 === 0 ? [1, 1] : [2, 1]);
  if (jobs > 0) db.exec("ANALYZE");
  expect(planOf(DUE_JOBS)).toEqual([
    expect.stringMatching(/^SEARCH jobs USING INDEX jobs_with_details \(ended_ms<\?\)$/),
  ]);
  const plan = planOf(OLD_JOBS);
  expect(plan).toContainEqual(
    expect.stringMatching(/^SEARCH jobs USING INDEX jobs_by_ended \(tenant_id=\? AND <expr><\?\)$/),
  );
  expect(plan.filter((step) => step.startsWith("SCAN jobs"))).toEqual([]);
});

test("old jobs are found of every tenant, of those that ended in time and have no details", () => {
  addJob("a", "a", 5, [2, 1]);
  addJob("b", "b", 5, [2, 1]);
  addJob("c", "c", 5, [2, 1]);
  addJob("details", "b", 5, [1, 1]);
  addJob("young", "b", 10, [2, 1]);
  addJob("open", "b", null, [1, null]);
  const found = db.prepare(OLD_JOBS).all(10, 100);
  expect(found.map(({ job_no }) => job_no)).toEqual([1, 2, 3]);
  expect(db.prepare(OLD_JOBS).all(10, 2)).toHaveLength(2);
  expect(
    db
      .prepare(DUE_JOBS)
      .all(10)
      .map(({ job_no }) => job_no),
  ).toEqual([4]);
});
