import fc from "fast-check";
import { expect } from "vitest";
import type { RetentionPolicy } from "../src/retention/retention.ts";
import { createJobScript, EMPTY_GROUP, type JobScript } from "../src/store/conformance/job-script.ts";
import type { Store } from "../src/store/store.ts";

const DAY_MS = 24 * 3_600_000;
/** Jobs whose age is this near to a limit are looked at each day, and one in so many of the others. */
const NEAR_MS = 2 * DAY_MS;
const ONE_IN = 101;

/** What begins on a day: how many facts each job has, and how many days later it ends. Some run on for long. */
export const anyJobsOfDay = fc.array(
  fc.record({
    facts: fc.integer({ min: 0, max: 12 }),
    days: fc.oneof({ weight: 6, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.integer({ min: 50, max: 150 }) }),
  }),
  { maxLength: 5, size: "max" },
);

type JobsOfDay = typeof anyJobsOfDay extends fc.Arbitrary<infer Jobs> ? Jobs : never;

interface KnownJob {
  readonly script: JobScript;
  readonly endsOn: number;
  endedMs: number | null;
}

/** Jobs of many days, and what must be there of them. */
export function createYearOfJobs(store: Store, { detailsMs, summariesMs }: RetentionPolicy) {
  const jobs: KnownJob[] = [];
  const seen = { details: 0, summaries: 0, gone: 0 };

  async function checkJob({ script, endedMs }: KnownJob, nowMs: number, lateMs: number): Promise<void> {
    const ageMs = endedMs === null ? 0 : nowMs - endedMs;
    const { jobId } = script;
    const [facts, job, tasks] = await Promise.all([
      store.readFacts(jobId, 0, 1_000),
      store.readJob(jobId),
      store.listTasks({ jobId, limit: 10 }),
    ]);
    const about = { jobId, ageDays: ageMs / DAY_MS };
    const found = { ...about, facts: facts.length, tasks: tasks.items.length, isThere: job !== null };
    if (ageMs <= detailsMs) {
      expect(found).toEqual({ ...about, facts: script.events().length, tasks: 1, isThere: true });
      seen.details += 1;
    } else if (ageMs > detailsMs + lateMs) {
      expect(found).toMatchObject({ ...about, facts: 0, tasks: 0 });
    }
    if (ageMs <= summariesMs) {
      expect(job).toMatchObject({ state: script.job().state, summary: script.job().summary, seq: script.job().seq });
      seen.summaries += 1;
    } else if (ageMs > summariesMs + lateMs) {
      expect(found).toMatchObject({ ...about, isThere: false });
      seen.gone += 1;
    }
  }

  return {
    /** How often something was looked for that had to be there, or not. */
    seen,
    /** A day's work: what began, and what ends. A worker of the day's own reports it. */
    async work(day: number, begun: JobsOfDay, nowMs: number): Promise<void> {
      for (const { facts, days } of begun) {
        const jobId = `job${jobs.length}`;
        const script = createJobScript({ jobId, tenantId: `t${jobs.length % 3}`, createdMs: nowMs });
        script.report("job.state_changed", { new_state: "running", worker: "w" });
        script.report("task.created", { task_id: "a", kind: "clip" });
        for (let i = 0; i < facts; i++) script.report("job.updated", { i });
        jobs.push({ script, endsOn: day + days, endedMs: null });
      }
      const open = jobs.filter(({ endedMs }) => endedMs === null);
      for (const known of open) {
        if (known.endsOn > day) continue;
        known.script.moveTo(nowMs);
        known.script.report("job.completed", { summary: { clips: 1 } });
        known.endedMs = nowMs;
      }
      const groups = open.map(({ script }) => script.group()).filter(({ facts }) => facts.length > 0);
      await store.commit({
        ...EMPTY_GROUP,
        facts: groups.flatMap(({ facts }) => facts),
        projections: groups.flatMap(({ projections }) => projections),
        sources: new Map([[`w${day}`, 1]]),
      });
    },
    /** @param lateMs by how much what is too old may be late to go */
    async check(day: number, nowMs: number, lateMs: number): Promise<void> {
      for (const [at, known] of jobs.entries()) {
        const ageMs = known.endedMs === null ? 0 : nowMs - known.endedMs;
        const isNear = [detailsMs, summariesMs].some((limit) => Math.abs(ageMs - limit) < NEAR_MS);
        if (isNear || (at * 7 + day) % ONE_IN === 0) await checkJob(known, nowMs, lateMs);
      }
      const kept = Math.floor(detailsMs / DAY_MS);
      expect(await store.readSource(`w${Math.max(0, day - kept + 1)}`)).toBe(1);
      if (lateMs === 0) expect(await store.readSource(`w${day - kept - 1}`)).toBe(0);
    },
  };
}
