import type { Job } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { completedJob, runningJob, START_MS } from "../../test/jobs.ts";
import { applyToLiveJob, createNewLiveJob, type LiveJob } from "./live-job.ts";
import { createLiveJobs } from "./live-jobs.ts";

const MINUTE_MS = 60_000;

/** The store at its seam: jobs by id, handed out when the test says so. */
function setup(stored: readonly Job[] = []) {
  let nowMs = START_MS;
  let reads = 0;
  let isStored = true;
  let gate: Promise<void> = Promise.resolve();
  let settled: Promise<void> = Promise.resolve();
  const byId = new Map(stored.map((job) => [job.job_id, job]));
  const jobs = createLiveJobs({
    store: {
      async readJob(jobId) {
        reads += 1;
        await gate;
        return byId.get(jobId) ?? null;
      },
    },
    nowMs: () => nowMs,
    isStored: () => isStored,
    settled: () => settled,
  });
  return {
    jobs,
    byId,
    reads: () => reads,
    pass: (ms: number) => {
      nowMs += ms;
    },
    holdReads() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    holdCommits() {
      const { promise, resolve } = Promise.withResolvers<void>();
      settled = promise;
      return resolve;
    },
    setStored: (value: boolean) => {
      isStored = value;
    },
    get: async (jobId: string) => (await jobs.get(jobId)) as LiveJob,
  };
}

function apply(live: LiveJob, type: "task.step_changed" | "progress.updated", step: string): void {
  const { job_id, seq, tick } = live.draft;
  const isTick = type === "progress.updated";
  applyToLiveJob(live, {
    type,
    ts: new Date(START_MS).toISOString(),
    job_id,
    seq: isTick ? seq : seq + 1,
    ...(isTick && { tick: tick + 1 }),
    correlation_id: "c",
    data: isTick ? { task_id: "c1", percent_complete: 50 } : { task_id: "c1", step },
  });
}

describe("loading", () => {
  test("asks the store once, however many want the job at the same time", async () => {
    const { jobs, reads, holdReads } = setup([runningJob("a")]);
    const release = holdReads();
    const wanted = Promise.all([jobs.get("a"), jobs.get("a"), jobs.get("a")]);
    release();
    const [first, ...others] = await wanted;
    expect(reads()).toBe(1);
    expect(others.every((each) => each === first)).toBe(true);
    expect(jobs.peek("a")).toBe(first);
  });

  test("gives null for a job that is not there, and asks again the next time", async () => {
    const { jobs, reads } = setup();
    expect(await jobs.get("a")).toBeNull();
    expect(await jobs.get("a")).toBeNull();
    expect(reads()).toBe(2);
  });

  test("gives the job that was announced while the store was asked", async () => {
    const { jobs, holdReads } = setup();
    const release = holdReads();
    const wanted = jobs.get("a");
    const announced = createNewLiveJob("a", START_MS);
    jobs.add(announced);
    release();
    expect(await wanted).toBe(announced);
  });

  test("that fails is tried anew for whoever asks next", async () => {
    const { jobs } = setup([runningJob("a")]);
    let isBroken = true;
    const broken = createLiveJobs({
      store: {
        readJob: async () => {
          if (isBroken) throw new Error("disk");
          return runningJob("a");
        },
      },
      nowMs: () => START_MS,
      isStored: () => true,
      settled: () => Promise.resolve(),
    });
    await expect(broken.get("a")).rejects.toThrow("disk");
    isBroken = false;
    expect((await broken.get("a"))?.draft.job_id).toBe("a");
    expect(jobs.size()).toBe(0);
  });

  test("gives ticks numbers that no process before can have reached", async () => {
    const { get, pass } = setup([{ ...runningJob("a"), tick: 41 }]);
    pass(MINUTE_MS);
    expect((await get("a")).draft.tick).toBe(600_000);
  });

  test("keeps the store's tick where that is higher, such as of a job from a clock that is ahead", async () => {
    const { get } = setup([{ ...runningJob("a"), created_at: "2030-01-01T00:00:00.000Z", tick: 41 }]);
    expect((await get("a")).draft.tick).toBe(41);
  });

  test("counts all tasks of an open job as unwritten, since the store's rows may be behind what it folded", async () => {
    const { get } = setup([runningJob("a"), completedJob("b")]);
    expect([...(await get("a")).dirtyTasks]).toEqual(["s1", "c1", "c2"]);
    expect((await get("b")).dirtyTasks.size).toBe(0);
  });
});

describe("projections", () => {
  test("of urgent jobs go with the next group, of others after a sweep", async () => {
    const { jobs, get } = setup([runningJob("a"), runningJob("b")]);
    const [a, b] = [await get("a"), await get("b")];
    apply(a, "task.step_changed", "uploading");
    apply(b, "task.step_changed", "uploading");
    jobs.projectSoon(a);
    expect(jobs.takeProjections(0).map(({ job }) => job.job_id)).toEqual(["a"]);
    expect(jobs.takeProjections(0)).toEqual([]);
    jobs.sweep();
    expect(jobs.isProjectionDue()).toBe(true);
    expect(jobs.takeProjections(0).map(({ job }) => job.job_id)).toEqual(["b"]);
    expect(jobs.isProjectionDue()).toBe(false);
  });

  test("hold the job as it stands and the tasks that changed since the last one, parents with their new children", async () => {
    const { jobs, get } = setup([runningJob("a")]);
    const live = await get("a");
    jobs.projectSoon(live);
    jobs.takeProjections(0);
    apply(live, "task.step_changed", "uploading");
    jobs.projectSoon(live);
    const [changed] = jobs.takeProjections(0);
    expect(changed?.job).toMatchObject({ job_id: "a", seq: 7 });
    expect(changed?.job).not.toHaveProperty("tasks");
    expect(changed?.tasks.map(({ task_id, step }) => [task_id, step])).toEqual([["c1", "uploading"]]);
    applyToLiveJob(live, {
      type: "task.created",
      ts: new Date(START_MS).toISOString(),
      job_id: "a",
      seq: 8,
      correlation_id: "c",
      data: { task_id: "c3", parent_id: "s1", kind: "clip", title: "Three" },
    });
    jobs.projectSoon(live);
    expect(jobs.takeProjections(0)[0]?.tasks.map(({ task_id, child_count }) => [task_id, child_count])).toEqual([
      ["c3", 0],
      ["s1", 3],
    ]);
  });

  test("of a job that ends hold all tasks that ended with it", async () => {
    const { jobs, get } = setup([runningJob("a")]);
    const live = await get("a");
    jobs.projectSoon(live);
    jobs.takeProjections(0);
    applyToLiveJob(live, {
      type: "job.state_changed",
      ts: new Date(START_MS + 90_000).toISOString(),
      job_id: "a",
      seq: 7,
      correlation_id: "c",
      data: { prior_state: "running", new_state: "failed" },
    });
    jobs.projectSoon(live);
    expect(jobs.takeProjections(0)[0]?.tasks.map(({ task_id, state }) => [task_id, state])).toEqual([
      ["s1", "canceled"],
      ["c1", "canceled"],
      ["c2", "canceled"],
    ]);
  });

  test("of a job on which only ticks came are due every 5 s, so that a restart takes its bar back by no more", async () => {
    const { jobs, get, pass } = setup([runningJob("a")]);
    const live = await get("a");
    apply(live, "progress.updated", "");
    jobs.sweep();
    expect(jobs.takeProjections(0)).toEqual([]);
    pass(5_000);
    jobs.sweep();
    expect(jobs.takeProjections(0)[0]?.tasks.find(({ task_id }) => task_id === "c1")?.percent_complete).toBe(50);
  });

  test("are at most 500 a group, beside the urgent ones, and none is forgotten", async () => {
    const names = Array.from({ length: 1_200 }, (_, index) => `j${index}`);
    const { jobs, get } = setup(names.map(runningJob));
    for (const name of names) apply(await get(name), "task.step_changed", "uploading");
    jobs.sweep();
    const groups = [jobs.takeProjections(0), jobs.takeProjections(0), jobs.takeProjections(0)];
    expect(groups.map(({ length }) => length)).toEqual([500, 500, 200]);
    expect(new Set(groups.flat().map(({ job }) => job.job_id)).size).toBe(1_200);
  });

  test("go a few at a time with groups that are full of facts, beside the urgent ones", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `j${index}`);
    const { jobs, get } = setup(names.map(runningJob));
    for (const name of names) apply(await get(name), "task.step_changed", "uploading");
    jobs.sweep();
    expect(jobs.takeProjections(2_000)).toHaveLength(20);
    expect(jobs.takeProjections(1)).toHaveLength(80);
  });

  test("of all that changed are due when the server ends", async () => {
    const { jobs, get } = setup([runningJob("a"), runningJob("b")]);
    apply(await get("a"), "progress.updated", "");
    await get("b");
    jobs.projectAll();
    expect(jobs.takeProjections(0).map(({ job }) => job.job_id)).toEqual(["a"]);
  });
});

describe("leaving memory", () => {
  test("a job that has ended leaves after five minutes, an open one stays", async () => {
    const { jobs, get, pass } = setup([completedJob("a"), runningJob("b")]);
    await get("a");
    await get("b");
    pass(5 * MINUTE_MS);
    jobs.sweep();
    expect(jobs.size()).toBe(2);
    pass(1);
    jobs.sweep();
    expect([jobs.peek("a"), jobs.peek("b")?.draft.job_id]).toEqual([undefined, "b"]);
  });

  test("an open job that nobody reports on leaves after ten minutes when there are over 10,000", async () => {
    const { jobs, pass } = setup();
    for (let at = 0; at <= 10_000; at++) {
      const live = createNewLiveJob(`j${at}`, START_MS);
      live.draft.worker = "worker-1";
      jobs.add(live);
    }
    pass(10 * MINUTE_MS + 1);
    const busy = jobs.peek("j7") as LiveJob;
    busy.lastTouchedMs = START_MS + 10 * MINUTE_MS;
    jobs.sweep();
    expect(jobs.size()).toBe(10_000);
    expect(jobs.peek("j7")).toBe(busy);
  });

  test("one that waits for a worker stays, however many there are: it is looked for here alone", () => {
    const { jobs, pass } = setup();
    for (let at = 0; at <= 10_000; at++) jobs.add(createNewLiveJob(`j${at}`, START_MS));
    pass(10 * MINUTE_MS + 1);
    jobs.sweep();
    expect(jobs.size()).toBe(10_001);
  });

  test("nothing leaves while the store does not have all of it", async () => {
    const { jobs, get, pass, setStored } = setup([completedJob("a")]);
    const live = await get("a");
    pass(6 * MINUTE_MS);
    setStored(false);
    jobs.sweep();
    expect(jobs.peek("a")).toBe(live);
    setStored(true);
    live.moved = true;
    jobs.sweep();
    expect(jobs.peek("a")).toBe(live);
    jobs.takeProjections(0);
    jobs.sweep();
    expect(jobs.peek("a")).toBeUndefined();
  });
});

describe("taking a job anew", () => {
  test("waits until its facts are stored, and is what everyone gets meanwhile", async () => {
    const { jobs, get, byId, reads, holdCommits } = setup([runningJob("a")]);
    const doubtful = await get("a");
    const release = holdCommits();
    jobs.projectSoon(doubtful);
    jobs.reload(doubtful);
    expect(jobs.peek("a")).toBeUndefined();
    const wanted = jobs.get("a");
    expect([reads(), jobs.takeProjections(0)]).toEqual([1, []]);
    byId.set("a", completedJob("a"));
    release();
    const fresh = await wanted;
    expect(fresh).not.toBe(doubtful);
    expect(fresh?.draft.state).toBe("completed");
    expect(jobs.peek("a")).toBe(fresh);
  });

  test("does nothing when another has taken its place already", async () => {
    const { jobs, get } = setup([runningJob("a")]);
    const old = await get("a");
    const current = createNewLiveJob("a", START_MS);
    jobs.add(current);
    jobs.reload(old);
    expect(jobs.peek("a")).toBe(current);
  });
});
