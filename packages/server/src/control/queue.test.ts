import { emptyJob, type Job } from "@playhead/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeWaiting } from "./describe-waiting.ts";
import { createQueue } from "./queue.ts";
import { effectivePriority } from "./queue-order.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.parse("2026-11-21T10:00:00.000Z");

interface Told extends Partial<Job> {
  readonly minute?: number;
}

function job(jobId: string, { minute = 0, ...fields }: Told = {}): Job {
  const created_at = new Date(START_MS + minute * MINUTE_MS).toISOString();
  return { ...emptyJob(jobId), tenant_id: "t", kind: "clips", created_at, ...fields };
}

const wanting = (...kinds: string[]) => ({ kinds: new Set(kinds), withInput: new Set<string>() });

function setup(
  jobs: Job[],
  { minute = 0, maxRunning = {} as Record<string, number>, maxPerMinute = {} as Record<string, number> } = {},
) {
  const clock = { minute };
  const given = new Set<string>();
  const queue = createQueue({
    openJobs: () => jobs,
    isOffered: (jobId) => given.has(jobId),
    limits: () => ({
      agingMs: MINUTE_MS,
      maxRunning: new Map(Object.entries(maxRunning)),
      maxPerMinute: new Map(Object.entries(maxPerMinute)),
    }),
    nowMs: () => START_MS + clock.minute * MINUTE_MS,
  });
  const all = wanting("clips", "merge");
  return {
    clock,
    queue,
    /** Gives the next job away, to a worker of the tenant; others wait for all kinds, too. */
    take(tenantId = "t", wanted = all, isWanted: (job: Job) => boolean = () => true): string | null {
      const next = queue.next(tenantId, wanted, isWanted);
      if (next === null) return null;
      given.add(next.job_id);
      queue.noteTurn(next);
      return next.job_id;
    },
    waiting: (offers = [all]) => {
      const describe = describeWaiting({
        ...{ tenantId: "t", line: queue.look(), offers },
        nowMs: START_MS + clock.minute * MINUTE_MS,
      });
      return jobs.filter(({ tenant_id }) => tenant_id === "t").map((each) => describe(each)?.message ?? null);
    },
  };
}

describe("whose turn it is", () => {
  test("is by priority, then by who came first", () => {
    const { take } = setup([
      job("late", { minute: 0 }),
      job("urgent", { priority: 5 }),
      job("first", { minute: -0.5 }),
      job("least", { priority: -3 }),
    ]);
    expect([take(), take(), take(), take(), take()]).toEqual(["urgent", "first", "late", "least", null]);
  });

  test("is by who has waited, a point a minute: the least urgent comes before the most urgent that is new", () => {
    const jobs = [job("old", { priority: -100 }), job("new", { priority: 100, minute: 199 })];
    const at = (minute: number) => setup(jobs, { minute }).take();
    expect([at(199.9), at(200)]).toEqual(["new", "new"]);
    expect(
      setup([job("old", { priority: -100 }), job("new", { priority: 100, minute: 200 })], { minute: 200 }).take(),
    ).toBe("old");
  });

  test("counts from when a job could have begun", () => {
    const not_before = new Date(START_MS + 10 * MINUTE_MS).toISOString();
    const later = job("later", { not_before });
    expect(effectivePriority(later, START_MS + 12 * MINUTE_MS, MINUTE_MS)).toBe(2);
    expect(setup([later], { minute: 9 }).take()).toBeNull();
    expect(setup([later], { minute: 10 }).take()).toBe("later");
  });

  test("a limited kind is given away up to its limit, to whichever tenant", () => {
    const running = job("r", { state: "running", worker: "w", tenant_id: "u" });
    const { take } = setup([running, job("a"), job("b"), job("m", { kind: "merge" })], { maxRunning: { clips: 2 } });
    expect([take(), take(), take()]).toEqual(["a", "m", null]);
  });

  test("tenants take turns at the places of a limited kind", () => {
    const jobs = [job("t1"), job("t2"), job("t3"), job("u1", { tenant_id: "u" }), job("u2", { tenant_id: "u" })];
    const { queue, take } = setup(jobs, { maxRunning: { clips: 1 } });
    expect(take("t")).toBe("t1");
    jobs.shift();
    // The place is free again: t asks first, and it is the turn of u.
    expect([take("t"), take("u")]).toEqual([null, "u1"]);
    jobs.splice(
      jobs.findIndex(({ job_id }) => job_id === "u1"),
      1,
    );
    expect([take("u"), take("t")]).toEqual([null, "t2"]);
    expect(queue.look().freeOf("clips")).toBe(0);
  });

  test("a tenant without a worker holds up nobody", () => {
    const { take } = setup([job("u1", { tenant_id: "u", priority: 100 }), job("t1")], { maxRunning: { clips: 1 } });
    expect(take("t", wanting("clips"), ({ tenant_id }) => tenant_id !== "u")).toBe("t1");
  });
});

test("nothing starves: whatever comes, a job is taken before those that come 200 minutes after it", () => {
  const arrivals = fc.array(
    fc.record({ minute: fc.integer({ min: 0, max: 1_000 }), priority: fc.integer({ min: -100, max: 100 }) }),
    {
      minLength: 2,
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(arrivals, (told) => {
      const jobs = told.map(({ minute, priority }, at) => job(`j${at}`, { minute, priority }));
      const { take } = setup(jobs, { minute: 1_000 });
      const order = jobs.map(() => Number(take()?.slice(1)));
      for (const [place, one] of order.entries()) {
        for (const other of order.slice(place + 1)) {
          const [first, then] = [told[one], told[other]] as [(typeof told)[0], (typeof told)[0]];
          expect(first.minute - then.minute).toBeLessThanOrEqual(200);
        }
      }
    }),
    { numRuns: 200 },
  );
});

describe("what a job waits for", () => {
  test("is its place among those that the same workers could take", () => {
    const jobs = [
      job("m", { kind: "merge", minute: -1 }),
      job("a"),
      job("other", { tenant_id: "u" }),
      job("b"),
      job("r", { state: "running", worker: "w" }),
      job("own", { worker: "w" }),
    ];
    const { waiting } = setup(jobs);
    expect(waiting()).toEqual(["1st in line", "2nd in line", "3rd in line", null, null]);
    expect(waiting([wanting("clips")])).toEqual(["no worker offers merge", "1st in line", "2nd in line", null, null]);
    expect(waiting([])[1]).toBe("no worker offers clips");
  });

  test("may be the limit of its kind, or its time", () => {
    const running = job("r", { state: "running", worker: "w" });
    const later = job("l", { not_before: new Date(START_MS + 20_000).toISOString() });
    const { waiting } = setup([running, job("a"), later], { maxRunning: { clips: 1 } });
    expect(waiting()).toEqual([
      null,
      "1st in line: as many clips jobs run as may at a time",
      "to be tried again in 20 s",
    ]);
  });
});
