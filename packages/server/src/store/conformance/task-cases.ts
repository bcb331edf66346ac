import type { PageCursor, TasksQuery } from "../store.ts";
import type { JobScript } from "./job-script.ts";
import type { SharedSetup, StoreCase } from "./store-case.ts";

async function walk({ store }: SharedSetup, query: Omit<TasksQuery, "after">): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: PageCursor | null = null;
  do {
    const page = await store.listTasks(after === null ? query : { ...query, after });
    ids.push(...page.items.map(({ task_id }) => task_id));
    after = page.next;
  } while (after !== null);
  return ids;
}

/** Two scenes with two clips each, one of which has failed. */
async function twoScenes({ store, job }: SharedSetup): Promise<JobScript> {
  const script = job();
  for (const scene of ["z", "a"]) {
    script.report("task.created", { task_id: scene, kind: "scene" });
    for (const clip of ["2", "1"]) {
      script.report("task.created", { task_id: `${scene}${clip}`, kind: "clip", parent_id: scene });
    }
  }
  script.report("clip.progress", { task_id: "a2", step: "failed", error_code: "encoder_failed" });
  script.report("clip.progress", { task_id: "z1", step: "rendering" });
  await store.commit(script.group());
  return script;
}

/** Lists of a job's tasks. */
export const TASK_CASES: readonly StoreCase<SharedSetup>[] = [
  {
    name: "lists tasks in the order in which they came to be, page by page",
    async run(setup) {
      const { jobId, job } = await twoScenes(setup);
      for (const limit of [1, 2, 5, 6, 200]) {
        setup.expect(await walk(setup, { jobId, limit })).toEqual(["z", "z2", "z1", "a", "a2", "a1"]);
      }
      const { items } = await setup.store.listTasks({ jobId, limit: 200 });
      setup.expect(items).toEqual([...job().tasks.values()]);
    },
  },
  {
    name: "filters tasks by parent and state",
    async run(setup) {
      const { jobId } = await twoScenes(setup);
      const { expect } = setup;
      expect(await walk(setup, { jobId, limit: 1, parentId: null })).toEqual(["z", "a"]);
      expect(await walk(setup, { jobId, limit: 1, parentId: "a" })).toEqual(["a2", "a1"]);
      expect(await walk(setup, { jobId, limit: 1, parentId: "nobody" })).toEqual([]);
      expect(await walk(setup, { jobId, limit: 1, states: ["failed", "processing"] })).toEqual(["z1", "a2"]);
      expect(await walk(setup, { jobId, limit: 1, states: [] })).toEqual([]);
      expect(await walk(setup, { jobId, limit: 1, parentId: "z", states: ["pending"] })).toEqual(["z2"]);
    },
  },
  {
    name: "filters tasks by kind, and finds them by id or by the id in their fields",
    async run(setup) {
      const script = await twoScenes(setup);
      const { jobId } = script;
      const { expect } = setup;
      script.report("video.created", { task_id: "v", parent_id: "a", fields: { id: "row-1" } });
      script.report("task.created", { task_id: "row-2", kind: "video", fields: { id: 7 } });
      await setup.store.commit(script.group());
      expect(await walk(setup, { jobId, limit: 1, kinds: ["video"] })).toEqual(["v", "row-2"]);
      expect(await walk(setup, { jobId, limit: 2, kinds: ["video", "scene"] })).toEqual(["z", "a", "v", "row-2"]);
      expect(await walk(setup, { jobId, limit: 1, kinds: [] })).toEqual([]);
      expect(await walk(setup, { jobId, limit: 1, kinds: ["clip"], states: ["failed"] })).toEqual(["a2"]);
      for (const [named, found] of [
        ["v", ["v"]],
        ["row-1", ["v"]],
        ["row-2", ["row-2"]],
        ["7", []],
        ["row-3", []],
      ] as const) {
        expect(await walk(setup, { jobId, limit: 1, kinds: ["video"], named })).toEqual(found);
      }
      expect(await walk(setup, { jobId, limit: 1, kinds: ["clip"], named: "v" })).toEqual([]);
    },
  },
  {
    name: "lists no task of an unknown job, or of another one",
    async run(setup) {
      const { jobId } = await twoScenes(setup);
      const other = setup.job("other");
      await setup.store.commit(other.group());
      setup.expect(await walk(setup, { jobId: "nobody", limit: 10 })).toEqual([]);
      setup.expect(await walk(setup, { jobId: other.jobId, limit: 10 })).toEqual([]);
      setup.expect(await walk(setup, { jobId, limit: 10 })).toHaveLength(6);
    },
  },
];
