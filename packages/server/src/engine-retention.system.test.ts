import fc from "fast-check";
import { expect, test } from "vitest";
import { tempFolder } from "../test/temp-folder.ts";
import { anyCallsOfDay, createYearOfCalls } from "../test/year-of-calls.ts";
import { anyJobsOfDay, createYearOfJobs } from "../test/year-of-jobs.ts";
import { DEFAULT_RETENTION, openRetention } from "./engine-retention.ts";
import { createSqliteStore } from "./store/sqlite/open-store.ts";
import { createSqliteTelemetry } from "./store/sqlite/telemetry/open-telemetry.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 0, 1);
const DAYS = 400;

const anyDay = fc.record({
  jobs: anyJobsOfDay,
  calls: anyCallsOfDay,
  /** When retention runs, and again half a day later. */
  hour: fc.integer({ min: 1, max: 11 }),
});

type Day = typeof anyDay extends fc.Arbitrary<infer Each> ? Each : never;

/** A year and more of work, day by day, on the real stores. */
async function liveThrough(days: readonly Day[]): Promise<void> {
  let nowMs = START_MS;
  const folder = tempFolder();
  const store = await createSqliteStore({ folder, nowMs: () => nowMs, newEpoch: () => "e", segmentSize: 300 });
  const telemetry = await createSqliteTelemetry({ folder, timeZone: "UTC", blockSize: 64 });
  const retention = openRetention({
    store,
    telemetry,
    policy: DEFAULT_RETENTION,
    isQuiet: () => true,
    nowMs: () => nowMs,
    log: (_level, message) => expect.unreachable(message),
  });
  const jobs = createYearOfJobs(store, DEFAULT_RETENTION);
  const calls = createYearOfCalls(telemetry, DEFAULT_RETENTION);
  try {
    for (const [day, load] of days.entries()) {
      nowMs = START_MS + day * DAY_MS;
      await jobs.work(day, load.jobs, nowMs);
      await calls.work(nowMs, load.calls);
      // Twice a day, so that no two runs are further apart than a day.
      for (const hour of [load.hour, load.hour + 12]) {
        nowMs = START_MS + day * DAY_MS + hour * HOUR_MS;
        await jobs.check(day, nowMs, DAY_MS);
        await calls.check(nowMs, DAY_MS);
        expect(await retention.runNow()).toMatchObject({ isComplete: true });
      }
      // Right after a run nothing at all is older than it is kept.
      await jobs.check(day, nowMs, 0);
      await calls.check(nowMs, 0);
    }
    for (const count of [...Object.values(jobs.seen), ...Object.values(calls.seen)]) {
      expect(count).toBeGreaterThan(DAYS / 4);
    }
  } finally {
    await retention.close();
    await telemetry.close();
    await store.close();
  }
}

test("property 12: at any time the details of the last 90 days and the summaries of the last year are there, and nothing older", async () => {
  const anyYear = fc.array(anyDay, { minLength: DAYS, maxLength: DAYS, size: "max" });
  await fc.assert(fc.asyncProperty(anyYear, liveThrough), { numRuns: 1, endOnFailure: true });
});
