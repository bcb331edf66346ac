import { LOG_LEVELS } from "@playhead/core";
import type { LogsQuery } from "../store.ts";
import { EMPTY_GROUP, type JobScript } from "./job-script.ts";
import type { SharedSetup, StoreCase } from "./store-case.ts";

const NEWEST = Number.MAX_SAFE_INTEGER;

/** Two jobs that log in turns, 60 lines each, in groups of 6. @returns the ids of the first one's lines */
async function chatter({
  store,
  job,
}: SharedSetup): Promise<{ readonly script: JobScript; readonly ids: readonly number[] }> {
  const [script, other] = [job("one"), job("two")];
  await Promise.all([store.commit(script.group()), store.commit(other.group())]);
  const ids: number[] = [];
  for (let group = 0; group < 20; group++) {
    const lines = [0, 1, 2].flatMap((i) => {
      const line = group * 3 + i;
      const level = LOG_LEVELS[line % LOG_LEVELS.length] as (typeof LOG_LEVELS)[number];
      return [script.log(`line ${line}`, { level }), other.log(`other ${line}`)];
    });
    const { firstLogId } = await store.commit({ ...EMPTY_GROUP, logs: lines });
    ids.push(firstLogId, firstLogId + 2, firstLogId + 4);
  }
  return { script, ids };
}

/** Log lines: in order, from both ends, by level. */
export const LOG_CASES: readonly StoreCase<SharedSetup>[] = [
  {
    name: "gives log lines back as they were committed",
    async run({ store, expect, job }) {
      const script = job();
      const fields = { 日本: ["🎬", { deep: null }], half: "\ud83c" };
      const line = script.log("multi\nline · 🎬", { level: "critical", task_id: "scene/1", fields });
      const { firstLogId } = await store.commit({ ...script.group(), logs: [line, script.log("")] });
      const read = await store.readLogs({ jobId: script.jobId, limit: 10 });
      const { tsMs, ...rest } = line;
      expect(read[0]).toEqual({ log_id: firstLogId, ts: new Date(tsMs).toISOString(), ...rest });
      expect(read[1]).toMatchObject({ log_id: firstLogId + 1, message: "", task_id: null, fields: {} });
    },
  },
  {
    name: "reads up from an id, and down from an id, oldest first both times",
    async run(setup) {
      const { script, ids } = await chatter(setup);
      const { store, expect } = setup;
      const read = async (query: Omit<LogsQuery, "jobId">) =>
        (await store.readLogs({ jobId: script.jobId, ...query })).map(({ log_id }) => log_id);
      expect(await read({ limit: 200 })).toEqual(ids);
      expect(await read({ limit: 4 })).toEqual(ids.slice(0, 4));
      expect(await read({ limit: 0 })).toEqual([]);
      expect(await read({ after: ids[10] as number, limit: 4 })).toEqual(ids.slice(11, 15));
      expect(await read({ after: ids.at(-1) as number, limit: 4 })).toEqual([]);
      expect(await read({ before: NEWEST, limit: 4 })).toEqual(ids.slice(-4));
      expect(await read({ before: ids[10] as number, limit: 4 })).toEqual(ids.slice(6, 10));
      expect(await read({ before: ids[2] as number, limit: 9 })).toEqual(ids.slice(0, 2));
      expect(await read({ after: ids[3] as number, before: ids[9] as number, limit: 99 })).toEqual(ids.slice(4, 9));
      expect(await read({ before: 0, limit: 4 })).toEqual([]);
    },
  },
  {
    name: "walks over all lines from either end",
    async run(setup) {
      const { script, ids } = await chatter(setup);
      const { store, expect } = setup;
      const up: number[] = [];
      for (;;) {
        const page = await store.readLogs({ jobId: script.jobId, after: up.at(-1) ?? 0, limit: 7 });
        if (page.length === 0) break;
        up.push(...page.map(({ log_id }) => log_id));
      }
      const down: number[] = [];
      for (;;) {
        const page = await store.readLogs({ jobId: script.jobId, before: down[0] ?? NEWEST, limit: 7 });
        if (page.length === 0) break;
        down.unshift(...page.map(({ log_id }) => log_id));
      }
      expect(up).toEqual(ids);
      expect(down).toEqual(ids);
    },
  },
  {
    name: "filters by level, however far apart the lines are",
    async run(setup) {
      const { script, ids } = await chatter(setup);
      const { store, expect } = setup;
      const { jobId } = script;
      const errors = ids.filter((_, line) => LOG_LEVELS[line % LOG_LEVELS.length] === "error");
      const read = async (query: Partial<LogsQuery>) =>
        (await store.readLogs({ jobId, levels: ["error"], limit: 3, ...query })).map(({ log_id }) => log_id);
      expect(await read({})).toEqual(errors.slice(0, 3));
      expect(await read({ limit: 100 })).toEqual(errors);
      expect(await read({ before: NEWEST })).toEqual(errors.slice(-3));
      expect(await read({ levels: [] })).toEqual([]);
      expect(await read({ levels: [...LOG_LEVELS], limit: 200 })).toEqual(ids);
    },
  },
  {
    name: "has no lines of an unknown job",
    async run({ store, expect }) {
      expect(await store.readLogs({ jobId: "nobody", limit: 10 })).toEqual([]);
    },
  },
];
