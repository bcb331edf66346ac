import { JOB_STATES, type JobState } from "@playhead/core";
import type { JobsQuery, PageCursor } from "../store.ts";
import { EMPTY_GROUP, type JobScript } from "./job-script.ts";
import type { SharedSetup, StoreCase } from "./store-case.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const START_MS = Date.UTC(2026, 4, 1);

type Filter = Partial<Omit<JobsQuery, "tenantId">>;

/** The ids that a query lists, over all its pages. */
async function walk({ store, expect, tenantId }: SharedSetup, filter: Filter = {}): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: PageCursor | null = null;
  do {
    const query: JobsQuery = { tenantId, sort: "created_at", order: "asc", limit: 3, ...filter };
    const page = await store.listJobs(after === null ? query : { ...query, after });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    ids.push(...page.items.map(({ job_id }) => job_id));
    after = page.next;
  } while (after !== null);
  return ids;
}

async function commitAll({ store }: SharedSetup, scripts: readonly JobScript[]): Promise<void> {
  const groups = scripts.map((script) => script.group());
  await store.commit({
    ...EMPTY_GROUP,
    facts: groups.flatMap(({ facts }) => facts),
    projections: groups.flatMap(({ projections }) => projections),
  });
}

/** Ten jobs, two on each of five days; every second one has failed, the later the job the earlier it ended. */
async function tenJobs(setup: SharedSetup): Promise<readonly string[]> {
  const scripts = Array.from({ length: 10 }, (_, i) =>
    setup.job(`j${i}`, {
      createdMs: START_MS + Math.floor(i / 2) * DAY_MS,
      kind: i < 4 ? "clips" : "merge",
      title: ["Zebra", "ähre", "apple", "Banana", "Äpfel", "zoo", "100%_done", "banana", "Éclair", "eclair"][
        i
      ] as string,
      ...(i % 3 === 0 && { userId: `u_${i}` }),
    }),
  );
  for (const [i, script] of scripts.entries()) {
    if (i % 2 === 0) continue;
    script.report("job.failed", { error_code: "task_failed" });
  }
  await commitAll(setup, scripts);
  return scripts.map(({ jobId }) => jobId);
}

const pick = (ids: readonly string[], ...places: readonly number[]) => places.map((place) => ids[place]);

/** Lists of jobs: filters, orders, pages. */
export const LIST_CASES: readonly StoreCase<SharedSetup>[] = [
  {
    name: "lists nothing where there is nothing",
    async run(setup) {
      setup.expect(await walk(setup)).toEqual([]);
    },
  },
  {
    name: "lists the summaries as they were projected",
    async run({ store, expect, job, tenantId }) {
      const script = job();
      script.report("task.created", { task_id: "a", kind: "clip" });
      const group = script.group();
      await store.commit(group);
      const { items, next } = await store.listJobs({ tenantId, sort: "title", order: "asc", limit: 10 });
      expect(items).toEqual([group.projections[0]?.job]);
      expect(next).toBeNull();
    },
  },
  {
    name: "filters by state, kind, user and time",
    async run(setup) {
      const ids = await tenJobs(setup);
      const { expect } = setup;
      expect(await walk(setup, { states: ["failed"] })).toEqual(pick(ids, 1, 3, 5, 7, 9));
      expect(await walk(setup, { states: ["failed", "pending"] })).toEqual(ids);
      expect(await walk(setup, { states: ["running"] })).toEqual([]);
      expect(await walk(setup, { states: [] })).toEqual([]);
      expect(await walk(setup, { kinds: ["clips"] })).toEqual(pick(ids, 0, 1, 2, 3));
      expect(await walk(setup, { kinds: ["clips"], states: ["failed"] })).toEqual(pick(ids, 1, 3));
      expect(await walk(setup, { userId: "u_6" })).toEqual(pick(ids, 6));
      const range = { createdFromMs: START_MS + DAY_MS, createdToMs: START_MS + 3 * DAY_MS };
      expect(await walk(setup, range)).toEqual(pick(ids, 2, 3, 4, 5));
    },
  },
  {
    name: "finds text anywhere in titles and ids, in any case, and takes no character for a pattern",
    async run(setup) {
      const ids = await tenJobs(setup);
      const { expect } = setup;
      expect(await walk(setup, { text: "BANANA" })).toEqual(pick(ids, 3, 7));
      expect(await walk(setup, { text: "äPF" })).toEqual(pick(ids, 4));
      expect(await walk(setup, { text: "E\u0301clair" })).toEqual(pick(ids, 8));
      expect(await walk(setup, { text: "%_" })).toEqual(pick(ids, 6));
      expect(await walk(setup, { text: "%" })).toEqual(pick(ids, 6));
      expect(await walk(setup, { text: (ids[5] as string).toUpperCase() })).toEqual(pick(ids, 5));
      expect(await walk(setup, { text: "" })).toEqual(ids);
    },
  },
  {
    name: "sorts by creation, end and title, both ways, and ties by id",
    async run(setup) {
      const ids = await tenJobs(setup);
      const { expect } = setup;
      for (const limit of [1, 2, 7, 200]) {
        const sorted = (sort: JobsQuery["sort"], order: JobsQuery["order"]) => walk(setup, { sort, order, limit });
        expect(await sorted("created_at", "asc")).toEqual(ids);
        expect(await sorted("created_at", "desc")).toEqual(ids.toReversed());
        // Open jobs count as ending after all that have ended.
        const byEnd = pick(ids, 1, 3, 5, 7, 9, 0, 2, 4, 6, 8);
        expect(await sorted("ended_at", "asc")).toEqual(byEnd);
        expect(await sorted("ended_at", "desc")).toEqual(byEnd.toReversed());
        // By code point of what is left without case: accented letters come after plain ones.
        const byTitle = pick(ids, 6, 2, 3, 7, 9, 0, 5, 1, 4, 8);
        expect(await sorted("title", "asc")).toEqual(byTitle);
        expect(await sorted("title", "desc")).toEqual(byTitle.toReversed());
      }
    },
  },
  {
    name: "shows no tenant the jobs of another",
    async run(setup) {
      await tenJobs(setup);
      const other: SharedSetup = { ...setup, tenantId: `${setup.tenantId}-other` };
      setup.expect(await walk(other)).toEqual([]);
      setup.expect((await setup.store.countJobs(other.tenantId, 0)).createdSince).toBe(0);
    },
  },
  {
    name: "gives each job on one page, and misses none, while others come and change",
    async run(setup) {
      const { store, expect, job, tenantId } = setup;
      const ids = await tenJobs(setup);
      const seen: string[] = [];
      let after: PageCursor | null = null;
      for (let round = 0; ; round++) {
        const query: JobsQuery = { tenantId, sort: "created_at", order: "desc", limit: 2 };
        const page = await store.listJobs(after === null ? query : { ...query, after });
        seen.push(...page.items.map(({ job_id }) => job_id));
        after = page.next;
        if (after === null) break;
        await commitAll(setup, [
          job(`newer${round}`, { createdMs: START_MS + 9 * DAY_MS }),
          job(`k-same${round}`, { createdMs: START_MS + Math.floor(9 / 2) * DAY_MS }),
        ]);
      }
      expect(seen.filter((id) => ids.includes(id))).toEqual(ids.toReversed());
      expect(new Set(seen).size).toBe(seen.length);
    },
  },
  {
    name: "shows a job as its last projection says",
    async run(setup) {
      const { store, expect, job } = setup;
      const script = job();
      await store.commit(script.group());
      script.report("job.updated", { title: "Renamed" });
      script.report("job.state_changed", { new_state: "running" });
      await store.commit(script.factsOnly());
      expect(await walk(setup, { states: ["running"] })).toEqual([]);
      await store.commit({ ...EMPTY_GROUP, projections: [script.project()] });
      expect(await walk(setup, { states: ["running"], text: "renamed" })).toEqual([script.jobId]);
      expect(await walk(setup, { states: ["pending"] })).toEqual([]);
    },
  },
  {
    name: "lists the open jobs of all tenants, newest first",
    async run(setup) {
      const ids = await tenJobs(setup);
      const open = await setup.store.readOpenJobIds();
      setup.expect(open.filter((id) => ids.includes(id))).toEqual(pick(ids, 8, 6, 4, 2, 0));
    },
  },
  {
    name: "tells which of some jobs have ended, of the tenant's own",
    async run(setup) {
      const { store, expect, tenantId } = setup;
      const ids = await tenJobs(setup);
      const ended = async (tenant: string, wanted: readonly (string | undefined)[]) =>
        (await store.readEndedJobIds(tenant, wanted as string[])).toSorted();
      expect(await ended(tenantId, [...ids, "nobody's"])).toEqual(pick(ids, 1, 3, 5, 7, 9));
      expect(await ended(tenantId, pick(ids, 0, 1))).toEqual(pick(ids, 1));
      expect(await ended(tenantId, [])).toEqual([]);
      expect(await ended(`${tenantId}-other`, ids)).toEqual([]);
    },
  },
  {
    name: "counts jobs by state and since a moment",
    async run(setup) {
      const { store, expect, tenantId } = setup;
      const none = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number>;
      expect(await store.countJobs(tenantId, 0)).toEqual({ byState: none, createdSince: 0, failedSince: 0 });
      await tenJobs(setup);
      const byState = { ...none, pending: 5, failed: 5 };
      expect(await store.countJobs(tenantId, 0)).toEqual({ byState, createdSince: 10, failedSince: 5 });
      const since = START_MS + 3 * DAY_MS;
      expect(await store.countJobs(tenantId, since)).toEqual({ byState, createdSince: 4, failedSince: 2 });
    },
  },
];
