import type { JsonValue } from "@playhead/core";
import type { CommitGroup } from "../store.ts";
import { EMPTY_GROUP, type JobScript } from "./job-script.ts";
import type { SharedSetup, StoreCase } from "./store-case.ts";

/** A group that no store takes: its fact leaves a gap. */
function withGap(script: JobScript): CommitGroup {
  script.report("job.updated", { lost: true });
  script.takeFacts();
  script.report("job.updated", { after: "the gap" });
  return script.factsOnly();
}

/** Commits: all of a group or nothing, in the order of the calls. */
export const COMMIT_CASES: readonly StoreCase<SharedSetup>[] = [
  {
    name: "stores groups in the order of the calls, however many are under way",
    async run({ store, expect, job }) {
      const script = job();
      const commits = [store.commit(script.group())];
      for (let i = 0; i < 50; i++) {
        script.report("job.updated", { i });
        commits.push(store.commit(script.factsOnly()));
      }
      await Promise.all(commits);
      expect(await store.readFacts(script.jobId, 0, 100)).toEqual(script.events());
    },
  },
  {
    name: "shows a group whole as soon as it is committed",
    async run({ store, expect, job, tenantId }) {
      const script = job();
      script.report("job.state_changed", { new_state: "running" });
      await store.commit({ ...script.group(), sources: new Map([[tenantId, 3]]) });
      expect(await store.readJob(script.jobId)).toEqual(script.job());
      expect(await store.readSource(tenantId)).toBe(3);
      const { items } = await store.listJobs({ tenantId, sort: "created_at", order: "desc", limit: 10 });
      expect(items.map(({ state }) => state)).toEqual(["running"]);
    },
  },
  {
    name: "stores nothing of a group that leaves a gap in a job's numbers",
    async run({ store, expect, job, tenantId }) {
      const [good, bad] = [job("good"), job("bad")];
      await store.commit(bad.group());
      const gap = withGap(bad);
      const group: CommitGroup = {
        facts: [...good.takeFacts(), ...gap.facts],
        projections: [good.project(), { job: { ...bad.project().job, title: "New title" }, tasks: [] }],
        sources: new Map([[tenantId, 9]]),
      };
      await expect(store.commit(group)).rejects.toMatchObject({ code: "internal_error" });
      expect(await store.readJob(good.jobId)).toBeNull();
      expect(await store.readFacts(bad.jobId, 0, 10)).toHaveLength(1);
      expect(await store.readSource(tenantId)).toBe(0);
      expect((await store.readJob(bad.jobId))?.title).toBe("Episode 12");
    },
  },
  {
    name: "refuses facts of a job that it has never seen",
    async run({ store, expect, job }) {
      const script = job();
      await expect(store.commit(script.factsOnly())).rejects.toMatchObject({ code: "internal_error" });
    },
  },
  {
    name: "refuses a fact that it has already",
    async run({ store, expect, job }) {
      const script = job();
      const group = script.group();
      await store.commit(group);
      await expect(store.commit(group)).rejects.toMatchObject({ code: "internal_error" });
      expect(await store.readFacts(script.jobId, 0, 10)).toHaveLength(1);
    },
  },
  {
    name: "rejects with a failed group all that were called after it, and stores nothing of them",
    async run({ store, expect, job }) {
      const [good, bad] = [job("good"), job("bad")];
      await Promise.all([store.commit(good.group()), store.commit(bad.group())]);
      good.report("job.updated", { i: 1 });
      const before = store.commit(good.factsOnly());
      const failing = store.commit(withGap(bad));
      good.report("job.updated", { i: 2 });
      const after = [good.factsOnly(), EMPTY_GROUP].map((group) => store.commit(group));
      const outcomes = await Promise.allSettled([before, failing, ...after]);
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "rejected"]);
      expect(await store.readFacts(good.jobId, 0, 10)).toEqual(good.events().slice(0, 2));
    },
  },
  {
    name: "is not put out by a group that cannot even be written down",
    async run({ store, expect, job }) {
      const [good, odd] = [job("good"), job("odd")];
      const circle: Record<string, JsonValue> = {};
      circle.self = circle;
      const group = { ...odd.group(), projections: [{ job: { ...odd.project().job, metadata: circle }, tasks: [] }] };
      await expect(store.commit(group)).rejects.toThrow(/circular/);
      await store.commit(good.group());
      expect(await store.readJob(good.jobId)).toEqual(good.job());
      expect(await store.readJob(odd.jobId)).toBeNull();
    },
  },
  {
    name: "takes the same groups again after a rejection",
    async run({ store, expect, job }) {
      const [good, bad] = [job("good"), job("bad")];
      await Promise.all([store.commit(good.group()), store.commit(bad.group())]);
      const gap = withGap(bad);
      good.report("job.state_changed", { new_state: "running" });
      const later = good.group();
      await Promise.allSettled([store.commit(gap), store.commit(later)]);
      // What was missing, then what was refused.
      const missing = bad.events().slice(1, 2);
      const dataJson = JSON.stringify(missing[0]?.data);
      const facts = [{ ...(gap.facts[0] as CommitGroup["facts"][number]), seq: 2, dataJson }];
      await Promise.all([store.commit({ ...EMPTY_GROUP, facts }), store.commit(gap), store.commit(later)]);
      expect((await store.readFacts(bad.jobId, 0, 10)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(await store.readJob(good.jobId)).toEqual(good.job());
    },
  },
];
