import fc from "fast-check";
import { expect, test } from "vitest";
import { tempFolder } from "../test/temp-folder.ts";
import { DEFAULT_RETENTION, openRetention } from "./engine-retention.ts";
import { createJobScript, EMPTY_GROUP, type JobScript } from "./store/conformance/job-script.ts";
import { createSqliteStore } from "./store/sqlite/open-store.ts";
import type { Store } from "./store/store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 0, 1);
const DAYS = 400;
/** Jobs whose age is this near to a limit are looked at each day, and some others. */
const NEAR_MS = 2 * DAY_MS;
const { detailsMs, summariesMs } = DEFAULT_RETENTION;

interface DayLoad {
  /** Jobs that begin this day: how many facts each has, and on which day after it ends; some run on for long. */
  readonly jobs: readonly { readonly facts: number; readonly days: number }[];
  /** When retention runs. */
  readonly hour: number;
  /** Which of the others are looked at. */
  readonly roll: number;
}

const anyDay: fc.Arbitrary<DayLoad> = fc.record({
  jobs: fc.array(
    fc.record({
      facts: fc.integer({ min: 0, max: 12 }),
      days: fc.oneof({ weight: 6, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.integer({ min: 50, max: 150 }) }),
    }),
    { maxLength: 5, size: "max" },
  ),
  hour: fc.integer({ min: 1, max: 23 }),
  roll: fc.nat(1_000_000),
});

interface KnownJob {
  readonly script: JobScript;
  readonly endsOn: number;
  endedMs: number | null;
}

/** A year and more of work, day by day, on the real store. */
async function liveThrough(days: readonly DayLoad[]): Promise<void> {
  let nowMs = START_MS;
  const store = await createSqliteStore({
    folder: tempFolder(),
    nowMs: () => nowMs,
    newEpoch: () => "e",
    segmentSize: 300,
  });
  const retention = openRetention({
    store,
    policy: DEFAULT_RETENTION,
    isQuiet: () => true,
    nowMs: () => nowMs,
    log: (_level, message) => expect.unreachable(message),
  });
  const jobs: KnownJob[] = [];
  const lookedAt = { details: 0, summaries: 0, gone: 0 };
  try {
    for (const [day, load] of days.entries()) {
      nowMs = START_MS + day * DAY_MS;
      await work(store, jobs, day, load, nowMs);
      nowMs += load.hour * HOUR_MS;
      const isLate = (limitMs: number) => (ageMs: number) => ageMs > limitMs + DAY_MS;
      await check(store, jobs, nowMs, load.roll, isLate, lookedAt);
      await retention.runNow();
      // Right after a run nothing at all is older than it is kept.
      await check(store, jobs, nowMs, load.roll, (limitMs) => (ageMs) => ageMs > limitMs, lookedAt);
      await checkSources(store, day, load.hour);
    }
    for (const count of Object.values(lookedAt)) expect(count).toBeGreaterThan(DAYS / 4);
  } finally {
    await retention.close();
    await store.close();
  }
}

async function work(store: Store, jobs: KnownJob[], day: number, { jobs: begun }: DayLoad, nowMs: number) {
  for (const { facts, days } of begun) {
    const script = createJobScript({ jobId: `job${jobs.length}`, tenantId: `t${jobs.length % 3}`, createdMs: nowMs });
    script.report("job.state_changed", { new_state: "running", worker: "w" });
    script.report("task.created", { task_id: "a", kind: "clip" });
    for (let i = 0; i < facts; i++) script.report("job.updated", { i });
    jobs.push({ script, endsOn: day + days, endedMs: null });
  }
  const changed = jobs.filter(({ endedMs }) => endedMs === null);
  for (const known of changed) {
    if (known.endsOn > day) continue;
    known.script.moveTo(nowMs);
    known.script.report("job.completed", { summary: { clips: 1 } });
    known.endedMs = nowMs;
  }
  const groups = changed.map(({ script }) => script.group()).filter(({ facts }) => facts.length > 0);
  await store.commit({
    ...EMPTY_GROUP,
    facts: groups.flatMap(({ facts }) => facts),
    projections: groups.flatMap(({ projections }) => projections),
    sources: new Map([[`w${day}`, 1]]),
  });
}

/** @param isTooOld what must be gone, by age */
async function check(
  store: Store,
  jobs: readonly KnownJob[],
  nowMs: number,
  roll: number,
  isTooOld: (limitMs: number) => (ageMs: number) => boolean,
  lookedAt: { details: number; summaries: number; gone: number },
): Promise<void> {
  const isNear = (ageMs: number) => [detailsMs, summariesMs].some((limit) => Math.abs(ageMs - limit) < NEAR_MS);
  for (const [at, { script, endedMs }] of jobs.entries()) {
    const ageMs = endedMs === null ? 0 : nowMs - endedMs;
    if (!isNear(ageMs) && (at + roll) % 101 !== 0) continue;
    const { jobId } = script;
    const [facts, job, tasks] = await Promise.all([
      store.readFacts(jobId, 0, 1_000),
      store.readJob(jobId),
      store.listTasks({ jobId, limit: 10 }),
    ]);
    const seen = {
      jobId,
      ageDays: ageMs / DAY_MS,
      facts: facts.length,
      tasks: tasks.items.length,
      isKnown: job !== null,
    };
    const expected = { jobId, ageDays: seen.ageDays };
    if (ageMs <= detailsMs) {
      expect(seen).toEqual({ ...expected, facts: script.events().length, tasks: 1, isKnown: true });
      lookedAt.details += 1;
    } else if (isTooOld(detailsMs)(ageMs)) {
      expect(seen).toMatchObject({ ...expected, facts: 0, tasks: 0 });
    }
    if (ageMs <= summariesMs) {
      expect(job).toMatchObject({ state: script.job().state, summary: script.job().summary, seq: script.job().seq });
      lookedAt.summaries += 1;
    } else if (isTooOld(summariesMs)(ageMs)) {
      expect(seen).toMatchObject({ ...expected, isKnown: false });
      lookedAt.gone += 1;
    }
  }
}

/** One worker a day was heard of, at its start. */
async function checkSources(store: Store, day: number, hour: number): Promise<void> {
  const kept = detailsMs / DAY_MS;
  expect(await store.readSource(`w${Math.max(0, day - kept + 1)}`)).toBe(1);
  if (day > kept && hour > 0) expect(await store.readSource(`w${day - kept - 1}`)).toBe(0);
}

test("property 12: at any time the details of the last 90 days and the summaries of the last year are there, and nothing older", async () => {
  await fc.assert(fc.asyncProperty(fc.array(anyDay, { minLength: DAYS, maxLength: DAYS, size: "max" }), liveThrough), {
    numRuns: 2,
    endOnFailure: true,
  });
});
