import { EVENT_TYPES, type EventType } from "@playhead/core";
import type { FactRow } from "../store.ts";
import { EMPTY_GROUP } from "./job-script.ts";
import type { SharedSetup, StoreCase } from "./store-case.ts";

const OTHER_TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

const row = (job_id: string, seq: number, more: Partial<FactRow> = {}): FactRow => ({
  job_id,
  seq,
  type: "job.updated",
  tsMs: 1_767_225_600_000 + seq,
  correlation_id: null,
  dataJson: "{}",
  ...more,
});

/** Facts: what was committed is read back, as it was, in order. */
export const FACT_CASES: readonly StoreCase<SharedSetup>[] = [
  {
    name: "gives facts back as they were committed",
    async run({ store, expect, job }) {
      const script = job();
      script.report("job.state_changed", { new_state: "running", worker: "w" });
      script.report("task.created", { task_id: "a", kind: "clip", title: "A", weight: 2.5 }, OTHER_TRACE_ID);
      await store.commit(script.group());
      expect(await store.readFacts(script.jobId, 0, 100)).toEqual(script.events());
      expect(script.events().at(-1)?.correlation_id).toBe(OTHER_TRACE_ID);
    },
  },
  {
    name: "knows every type of fact",
    async run({ store, expect, job }) {
      const script = job();
      await store.commit(script.group());
      const types = Object.keys(EVENT_TYPES) as EventType[];
      const facts = types.map((type, at) => row(script.jobId, at + 2, { type }));
      await store.commit({ ...EMPTY_GROUP, facts });
      const read = await store.readFacts(script.jobId, 1, 1_000);
      expect(read.map(({ type }) => type)).toEqual(types);
    },
  },
  {
    name: "keeps any text that JSON can hold",
    async run({ store, expect, job }) {
      const data = {
        "": "empty key",
        words: "日本語 · עברית · 🎬👩‍👩‍👧 · e\u0301",
        control: "nul \0 tab \t line \n separator \u2028",
        half: "\ud83c alone",
        quotes: `"'\\/`,
        numbers: [0, -0.5, 1e21, Number.MAX_SAFE_INTEGER],
        deep: { a: [{ b: [null, true, false, ""] }] },
        long: "x".repeat(1_000_000),
      };
      const script = job("text", { title: "Ünïcødé 🎬" });
      script.report("job.updated", data);
      await store.commit(script.group());
      const [, read] = await store.readFacts(script.jobId, 0, 100);
      expect(read?.data).toEqual(data);
      expect((await store.readJob(script.jobId))?.title).toBe("Ünïcødé 🎬");
    },
  },
  {
    name: "gives facts after a number, at most as many as asked for",
    async run({ store, expect, job }) {
      const script = job();
      for (let i = 0; i < 20; i++) script.report("job.updated", { i });
      await store.commit(script.group());
      const seqs = async (after: number, limit: number) =>
        (await store.readFacts(script.jobId, after, limit)).map(({ seq }) => seq);
      expect(await seqs(0, 3)).toEqual([1, 2, 3]);
      expect(await seqs(3, 2)).toEqual([4, 5]);
      expect(await seqs(19, 100)).toEqual([20, 21]);
      expect(await seqs(21, 100)).toEqual([]);
      expect(await seqs(99, 100)).toEqual([]);
      expect(await seqs(5, 0)).toEqual([]);
    },
  },
  {
    name: "has no facts of an unknown job",
    async run({ store, expect }) {
      expect(await store.readFacts("nobody", 0, 100)).toEqual([]);
    },
  },
  {
    name: "keeps the facts of many jobs apart, however they are mixed",
    async run({ store, expect, job }) {
      const scripts = Array.from({ length: 9 }, (_, i) => job(`mixed${i}`));
      await store.commit({
        ...EMPTY_GROUP,
        facts: scripts.flatMap((script) => script.takeFacts()),
        projections: scripts.map((script) => script.project()),
      });
      for (let round = 0; round < 40; round++) {
        const facts = [];
        for (const [i, script] of scripts.entries()) {
          if ((round * 7 + i * 5) % 4 === 0) continue;
          script.report("job.updated", { round, i });
          facts.push(...script.takeFacts());
        }
        await store.commit({ ...EMPTY_GROUP, facts: facts.reverse() });
      }
      for (const script of scripts) {
        expect(await store.readFacts(script.jobId, 0, 1_000)).toEqual(script.events());
        expect(await store.readFacts(script.jobId, 12, 5)).toEqual(script.events().slice(12, 17));
      }
    },
  },
  {
    name: "keeps the highest number that was taken from a source",
    async run({ store, expect, tenantId }) {
      const source = `worker 🎬 ${tenantId}`;
      expect(await store.readSource(source)).toBe(0);
      await store.commit({ ...EMPTY_GROUP, sources: new Map([[source, 7]]) });
      await store.commit({ ...EMPTY_GROUP, sources: new Map([[source, 5]]) });
      expect(await store.readSource(source)).toBe(7);
      await store.commit({ ...EMPTY_GROUP, sources: new Map([[source, 2 ** 40]]) });
      expect(await store.readSource(source)).toBe(2 ** 40);
    },
  },
  {
    name: "takes a group with nothing in it",
    async run({ store, expect, job }) {
      await store.commit(EMPTY_GROUP);
      const script = job();
      await store.commit(script.group());
      await store.commit(EMPTY_GROUP);
      expect(await store.readFacts(script.jobId, 0, 10)).toEqual(script.events());
    },
  },
];
