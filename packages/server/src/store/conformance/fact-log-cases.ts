import type { AlertStore } from "../alert-store.ts";
import type { OwnSetup, StoreCase } from "./store-case.ts";

/** All of the log, read so many facts at a time. */
async function readLog(store: AlertStore, limit: number) {
  const facts = [];
  for (let after = 0; ; ) {
    const page = await store.readFactLog(after, limit);
    facts.push(...page);
    const last = page.at(-1);
    if (last === undefined) return facts;
    after = last.factId;
  }
}

/** The facts of all jobs, in the order in which they were committed. */
export const FACT_LOG_CASES: readonly StoreCase<OwnSetup>[] = [
  {
    name: "gives the facts of all jobs as they were committed, in pages, also after a restart",
    async run({ store, expect, tenantId, job, reopen }) {
      const [a, b] = [job("a", { kind: "clips" }), job("b", { kind: "merge", tenantId: "other" })];
      const groups = [a, b, a].map((script, at) => {
        script.report("job.updated", { title: `日本 ${at}` });
        return script.group();
      });
      for (const group of groups) await store.commit(group);
      const wanted = [
        ...a
          .events()
          .slice(0, 2)
          .map((event) => ({ tenantId, jobKind: "clips", event })),
        ...b.events().map((event) => ({ tenantId: "other", jobKind: "merge", event })),
        ...a
          .events()
          .slice(2)
          .map((event) => ({ tenantId, jobKind: "clips", event })),
      ];
      for (let [limit, each] = [2, store]; limit < 200; [limit, each] = [limit * 50, await reopen()]) {
        const log = await readLog(each, limit);
        expect(log.map(({ factId: _, ...rest }) => rest)).toEqual(wanted);
        const ids = log.map(({ factId }) => factId);
        expect(ids).toEqual(ids.toSorted((x, y) => x - y));
        expect(new Set(ids).size).toBe(ids.length);
        expect(await each.readFactLogEnd()).toBe(ids.at(-1));
        // As many as are wanted at most, and as many as there are.
        expect(await each.readFactLogStart(0, 2)).toEqual({ factId: ids.at(-3), skipped: ids.length - 2 });
        expect(await each.readFactLogStart(0, ids.length)).toEqual({ factId: 0, skipped: 0 });
        expect(await each.readFactLogStart(ids.at(-1) ?? 0, 5)).toEqual({ factId: ids.at(-1), skipped: 0 });
      }
    },
  },
  {
    name: "has its end where it was, also when the last facts were let go of",
    async run({ store, expect, job, reopen }) {
      expect(await store.readFactLogEnd()).toBe(0);
      const script = job();
      script.report("job.state_changed", { new_state: "running" });
      script.report("job.completed", {});
      await store.commit(script.group());
      const end = await store.readFactLogEnd();
      const limits = { detailsBeforeMs: Date.UTC(2027, 0, 1), summariesBeforeMs: 0, limit: 1_000 };
      while ((await store.prune(limits)).hasMore);
      const again = await reopen();
      expect(await again.readFactLog(0, 10)).toEqual([]);
      expect(await again.readFactLogEnd()).toBe(end);
      await again.commit(job("later").group());
      const [first] = await again.readFactLog(end, 10);
      expect(first?.event.seq).toBe(1);
    },
  },
];
