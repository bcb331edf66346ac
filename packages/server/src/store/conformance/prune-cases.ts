import type { CommitGroup, JobPruneLimits, PrunedJobs, Store } from "../store.ts";
import { EMPTY_GROUP, type JobScript } from "./job-script.ts";
import type { OwnSetup, StoreCase } from "./store-case.ts";

const DAY_MS = 24 * 3_600_000;
const START_MS = Date.UTC(2026, 0, 1);

/** A job that runs, with a task, and ends after so many facts in between. */
function endedJob(job: OwnSetup["job"], name: string, createdMs = START_MS, facts = 5): JobScript {
  const script = job(name, { createdMs });
  script.report("job.state_changed", { new_state: "running", worker: "w" });
  script.report("task.created", { task_id: "a", kind: "clip" });
  for (let i = 0; i < facts; i++) script.report("job.updated", { i });
  script.report("task.started", { task_id: "a" });
  script.report("task.completed", { task_id: "a" });
  script.report("job.completed", { summary: { clips: 1 } });
  return script;
}

/** No worker's: a job that has ended takes none. But the store takes what it is given. */
function lateFact(script: JobScript): CommitGroup {
  const { job_id, seq } = script.job();
  const fact = { job_id, type: "job.updated", tsMs: START_MS, correlation_id: null, dataJson: "{}" } as const;
  return { ...EMPTY_GROUP, facts: [{ ...fact, seq: seq + 1 }] };
}

const before = (detailsBeforeMs: number, more: Partial<JobPruneLimits> = {}): JobPruneLimits => ({
  detailsBeforeMs,
  summariesBeforeMs: 0,
  limit: 1_000,
  ...more,
});

/** All that there is to let go of, and in how many steps. */
async function pruneAll(store: Store, limits: JobPruneLimits) {
  const sum = { facts: 0, tasks: 0, jobs: 0, documents: 0, sources: 0, steps: 0 };
  let step: PrunedJobs;
  do {
    step = await store.prune(limits);
    for (const key of ["facts", "tasks", "jobs", "documents", "sources"] as const) sum[key] += step[key];
    sum.steps += 1;
  } while (step.hasMore);
  return sum;
}

/** What is left of a job whose details are gone. */
async function leftOf(store: Store, jobId: string) {
  const job = await store.readJob(jobId);
  return {
    facts: (await store.readFacts(jobId, 0, 1_000)).length,
    tasks: (await store.listTasks({ jobId, limit: 10 })).items.length,
    isMarked: job?.details_removed_at !== undefined,
    summary: job?.summary ?? null,
  };
}

const GONE = { facts: 0, tasks: 0, isMarked: true, summary: { clips: 1 } };

/** Retention: what is too old goes, in steps, and nothing else does. */
export const PRUNE_CASES: readonly StoreCase<OwnSetup>[] = [
  {
    name: "lets go of the details of jobs that ended before, and of nothing else",
    async run({ store, expect, job }) {
      const [old, young] = [endedJob(job, "old"), endedJob(job, "young", START_MS + DAY_MS)];
      const open = job("open", { createdMs: START_MS });
      for (const script of [old, young, open]) await store.commit(script.group());
      const pruned = await pruneAll(store, before(START_MS + DAY_MS));
      expect(pruned).toMatchObject({ facts: old.events().length, tasks: 1, jobs: 0 });
      expect(await leftOf(store, old.jobId)).toEqual(GONE);
      for (const script of [young, open]) {
        expect(await store.readJob(script.jobId)).toEqual(script.job());
        expect(await store.readFacts(script.jobId, 0, 100)).toEqual(script.events());
      }
      expect(await pruneAll(store, before(START_MS + DAY_MS))).toMatchObject({ facts: 0, tasks: 0, steps: 1 });
    },
  },
  {
    name: "keeps how a job ended: in lists, in counts, on its own",
    async run({ store, expect, tenantId, job }) {
      const script = endedJob(job, "old");
      await store.commit(script.group());
      await pruneAll(store, before(START_MS + DAY_MS));
      const { tasks: _, ...kept } = script.job();
      const { details_removed_at: at, ...summary } = (await store.readJob(script.jobId)) as ReturnType<
        JobScript["job"]
      >;
      expect(summary).toEqual({ ...kept, tasks: new Map() });
      expect(Date.parse(String(at))).toBeGreaterThan(START_MS);
      const { items } = await store.listJobs({ tenantId, sort: "ended_at", order: "asc", limit: 10 });
      expect(items).toEqual([{ ...kept, details_removed_at: at }]);
      expect((await store.countJobs(tenantId, 0)).byState.completed).toBe(1);
    },
  },
  {
    name: "goes by when a job ended, to the millisecond",
    async run({ store, expect, job }) {
      const script = endedJob(job, "old");
      const endedMs = Date.parse(String(script.job().ended_at));
      await store.commit(script.group());
      await pruneAll(store, before(endedMs));
      expect((await leftOf(store, script.jobId)).isMarked).toBe(false);
      await pruneAll(store, before(endedMs + 1));
      expect(await leftOf(store, script.jobId)).toEqual(GONE);
    },
  },
  {
    name: "takes as many small steps as it needs, of each of which the rest stays right",
    async run({ store, expect, job }) {
      const scripts = [endedJob(job, "a", START_MS, 60), endedJob(job, "b", START_MS, 3), endedJob(job, "c")];
      const young = endedJob(job, "young", START_MS + DAY_MS, 40);
      // Several groups, so that they lie among each other.
      for (const script of [...scripts, young]) await store.commit(script.group());
      let step: PrunedJobs;
      let steps = 0;
      do {
        step = await store.prune(before(START_MS + DAY_MS, { limit: 7 }));
        steps += 1;
        expect(step.facts + step.tasks).toBeLessThanOrEqual(7);
        expect(await store.readFacts(young.jobId, 0, 100)).toEqual(young.events());
        for (const { jobId } of scripts) {
          const { isMarked, facts } = await leftOf(store, jobId);
          if (!isMarked) expect(facts).toBe((await store.readJob(jobId))?.seq);
        }
      } while (step.hasMore);
      expect(steps).toBeGreaterThan(10);
      for (const { jobId } of scripts) expect(await leftOf(store, jobId)).toEqual(GONE);
    },
  },
  {
    name: "keeps the number of a job's last fact, also of one that its row did not say yet",
    async run({ store, expect, job }) {
      const script = endedJob(job, "old");
      await store.commit(script.group());
      await store.commit(lateFact(script));
      await pruneAll(store, before(START_MS + DAY_MS));
      expect(await leftOf(store, script.jobId)).toEqual(GONE);
      expect((await store.readJob(script.jobId))?.seq).toBe(script.job().seq + 1);
    },
  },
  {
    name: "lets whole jobs go when they are old enough, and their ids are free again",
    async run({ store, expect, job, reopen, tenantId }) {
      const [old, young] = [endedJob(job, "old"), endedJob(job, "young", START_MS + DAY_MS)];
      for (const script of [old, young]) await store.commit(script.group());
      const limits = before(START_MS + DAY_MS, { summariesBeforeMs: START_MS + DAY_MS });
      expect(await pruneAll(store, limits)).toMatchObject({ jobs: 1 });
      for (let each = store, round = 0; round < 2; each = await reopen(), round++) {
        expect(await each.readJob(old.jobId)).toBeNull();
        expect(await each.readSnapshot(old.jobId)).toBeNull();
        const { items } = await each.listJobs({ tenantId, sort: "title", order: "asc", limit: 10 });
        expect(items.map(({ job_id }) => job_id)).toEqual([young.jobId]);
        const again = endedJob(job, "old");
        await each.commit(again.group());
        expect(await each.readJob(old.jobId)).toEqual(again.job());
        await pruneAll(each, limits);
      }
    },
  },
  {
    name: "goes on from where a job stands, should something come after all",
    async run({ store, expect, job, reopen }) {
      const script = endedJob(job, "old");
      await store.commit(script.group());
      await pruneAll(store, before(START_MS + DAY_MS));
      await store.commit(lateFact(script));
      const again = await reopen();
      const lastSeq = script.job().seq + 1;
      expect((await again.readFacts(script.jobId, 0, 10)).map(({ seq }) => seq)).toEqual([lastSeq]);
      expect(await again.readJob(script.jobId)).toMatchObject({ state: "completed", seq: lastSeq });
      await pruneAll(again, before(START_MS + DAY_MS));
      expect(await leftOf(again, script.jobId)).toEqual(GONE);
      expect((await again.readJob(script.jobId))?.seq).toBe(lastSeq);
    },
  },
  {
    name: "lets go of documents that have expired, and of sources that were silent",
    async run({ store, expect }) {
      const document = { collection: "c", tenantId: "t", body: {} };
      // One at a time: each that is put takes some that have expired with it.
      for (let i = 0; i < 30; i++) await store.putDocument({ ...document, id: `d${i}`, expiresMs: Date.now() + 1 });
      await store.putDocument({ ...document, id: "stays", expiresMs: null });
      await store.commit({ ...EMPTY_GROUP, sources: new Map([["w", 4]]) });
      expect(await pruneAll(store, before(0))).toMatchObject({ sources: 0 });
      expect(await store.readSource("w")).toBe(4);
      expect(await pruneAll(store, before(Date.now() + DAY_MS))).toMatchObject({ sources: 1 });
      expect(await store.readSource("w")).toBe(0);
      expect(await store.readDocument("c", "stays")).not.toBeNull();
    },
  },
  {
    name: "keeps house in steps that come to an end",
    async run({ store, expect, job }) {
      const script = endedJob(job, "old", START_MS, 200);
      await store.commit(script.group());
      await pruneAll(store, before(START_MS + DAY_MS));
      let steps = 0;
      while (await store.maintain()) steps += 1;
      expect(steps).toBeLessThan(100);
      expect(await store.maintain()).toBe(false);
    },
  },
];
