import { MAX_SNAPSHOT_TASKS, snapshotOf } from "@playhead/core";
import { EMPTY_GROUP } from "./job-script.ts";
import type { SharedSetup, StoreCase } from "./store-case.ts";

/** One job: what the store says of it is what a fold over its facts says. */
export const JOB_CASES: readonly StoreCase<SharedSetup>[] = [
  {
    name: "knows no job that was never committed",
    async run({ store, expect }) {
      expect(await store.readJob("nobody")).toBeNull();
      expect(await store.readSnapshot("nobody")).toBeNull();
    },
  },
  {
    name: "folds the facts after the projection",
    async run({ store, expect, job }) {
      const script = job();
      await store.commit(script.group());
      script.report("job.state_changed", { new_state: "running", worker: "w" });
      script.report("task.created", { task_id: "scene", kind: "scene", title: "Scene" });
      script.report("clip.progress", { task_id: "clip", parent_id: "scene", kind: "clip", step: "rendering" });
      script.report("job.updated", { title: "Renamed" });
      await store.commit(script.factsOnly());
      expect(await store.readJob(script.jobId)).toEqual(script.job());
      script.report("clip.progress", { task_id: "clip", step: "complete" });
      await store.commit(script.group());
      script.report("job.completed", { summary: { clips: 1 } });
      await store.commit(script.factsOnly());
      expect(await store.readJob(script.jobId)).toEqual(script.job());
      expect(await store.readSnapshot(script.jobId)).toEqual(snapshotOf(script.job()));
    },
  },
  {
    name: "keeps what ticks said, as far as it was projected",
    async run({ store, expect, job }) {
      const script = job();
      script.report("job.state_changed", { new_state: "running" });
      script.report("clip.progress", { task_id: "clip", kind: "clip", step: "rendering" });
      script.tick("clip.progress", { task_id: "clip", step: "rendering", percent_complete: 42 });
      script.tick("job.progress", { percent_complete: 33.5, eta_ms: 9_000 });
      await store.commit(script.group());
      expect(await store.readJob(script.jobId)).toEqual(script.job());
      expect((await store.readJob(script.jobId))?.progress.percent_complete).toBe(33.5);
    },
  },
  {
    name: "keeps tasks in the order in which they came to be",
    async run({ store, expect, job }) {
      const script = job();
      const ids = Array.from({ length: 700 }, (_, i) => `${(i * 7919) % 700}·🎬`);
      const half = ids.length / 2;
      for (const task_id of ids.slice(0, half)) script.report("task.created", { task_id, kind: "step" });
      await store.commit(script.group());
      // Old ones change before new ones come: their places stay.
      for (const task_id of ids.slice(100, 110)) script.report("task.started", { task_id });
      for (const task_id of ids.slice(half)) script.report("task.created", { task_id, kind: "step" });
      await store.commit(script.group());
      const read = await store.readJob(script.jobId);
      expect([...(read?.tasks.keys() ?? [])]).toEqual(ids);
      expect(read).toEqual(script.job());
    },
  },
  {
    name: "gives a snapshot of bounded size, however many tasks there are",
    async run({ store, expect, job }) {
      const script = job();
      for (let i = 0; i < MAX_SNAPSHOT_TASKS + 50; i++)
        script.report("task.created", { task_id: `t${i}`, kind: "step" });
      await store.commit(script.group());
      const snapshot = await store.readSnapshot(script.jobId);
      expect(snapshot).toEqual(snapshotOf(script.job()));
      expect(snapshot?.tasks).toHaveLength(MAX_SNAPSHOT_TASKS);
      expect(snapshot?.tasks_total).toBe(MAX_SNAPSHOT_TASKS + 50);
    },
  },
  {
    name: "takes facts and logs of a job that has ended",
    async run({ store, expect, job }) {
      const script = job();
      script.report("job.failed", { error_code: "task_failed", error_message: "it broke" });
      await store.commit(script.group());
      const { job_id, seq, correlation_id: correlationId } = script.job();
      const late = {
        job_id,
        seq: seq + 1,
        type: "job.updated",
        tsMs: 1,
        correlation_id: null,
        dataJson: "{}",
      } as const;
      await store.commit({ ...EMPTY_GROUP, facts: [late] });
      expect((await store.readFacts(job_id, seq, 10)).map((event) => [event.seq, event.correlation_id])).toEqual([
        [seq + 1, correlationId],
      ]);
      expect((await store.readJob(job_id))?.state).toBe("failed");
    },
  },
];
