import type { Store } from "../store.ts";
import { EMPTY_GROUP } from "./job-script.ts";
import type { OwnSetup, StoreCase } from "./store-case.ts";

const DOCUMENT = { collection: "c", id: "d", tenantId: "t", body: {}, expiresMs: null };
const QUESTIONS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  commit: (store) => store.commit(EMPTY_GROUP),
  readJob: (store) => store.readJob("j"),
  readSnapshot: (store) => store.readSnapshot("j"),
  readFacts: (store) => store.readFacts("j", 0, 1),
  readOpenJobIds: (store) => store.readOpenJobIds(),
  listJobs: (store) => store.listJobs({ tenantId: "t", sort: "title", order: "asc", limit: 1 }),
  listTasks: (store) => store.listTasks({ jobId: "j", limit: 1 }),
  countJobs: (store) => store.countJobs("t", 0),
  readSource: (store) => store.readSource("s"),
  putDocument: (store) => store.putDocument(DOCUMENT),
  addDocument: (store) => store.addDocument(DOCUMENT),
  removeDocument: (store) => store.removeDocument("c", "d"),
  readDocument: (store) => store.readDocument("c", "d"),
  listDocuments: (store) => store.listDocuments({ collection: "c", limit: 1 }),
};

/** What happens at the end of a store, and at its next beginning. */
export const LIFETIME_CASES: readonly StoreCase<OwnSetup>[] = [
  {
    name: "has everything again after it was closed and opened, and goes on from there",
    async run({ store, reopen, expect, job }) {
      const [script, ended] = [job(), job("ended")];
      await store.commit({ ...script.group(), sources: new Map([["w", 4]]) });
      ended.report("job.canceled", { reason: "enough" });
      await store.commit(ended.group());
      const { epoch } = store;
      for (let round = 0; round < 3; round++) {
        const again = await reopen();
        expect(again.epoch).toBe(epoch);
        expect(await again.readJob(script.jobId)).toEqual(script.job());
        expect(await again.readFacts(script.jobId, 0, 100)).toEqual(script.events());
        expect(await again.readOpenJobIds()).toEqual([script.jobId]);
        expect(await again.readSource("w")).toBe(4);
        expect(await again.addDocument({ ...DOCUMENT, id: script.jobId })).toEqual(
          round === 0 ? null : { ...DOCUMENT, id: script.jobId },
        );
        script.report("task.created", { task_id: `t${round}`, kind: "step" });
        await again.commit(script.group());
      }
    },
  },
  {
    name: "stores what was called before it was closed",
    async run({ store, reopen, expect, job }) {
      const script = job();
      const commits = [store.commit(script.group())];
      for (let i = 0; i < 20; i++) {
        script.report("job.updated", { i });
        commits.push(store.commit(script.factsOnly()));
      }
      const reading = store.readSource("w");
      const closing = store.close();
      await Promise.all(commits);
      expect(await reading).toBe(0);
      await closing;
      expect(await (await reopen()).readFacts(script.jobId, 0, 100)).toEqual(script.events());
    },
  },
  {
    name: "takes no question any more once it was asked to close",
    async run({ store, expect }) {
      const closing = store.close();
      for (const ask of Object.values(QUESTIONS)) {
        await expect(ask(store)).rejects.toMatchObject({ code: "service_unavailable" });
      }
      await closing;
      await store.close();
    },
  },
];
