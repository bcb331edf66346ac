import fc from "fast-check";
import { expect } from "vitest";
import type { RetentionPolicy } from "../src/retention/retention.ts";
import { callRow, groupOf } from "../src/store/telemetry-conformance/telemetry-case.ts";
import type { TelemetryStore } from "../src/store/telemetry-store.ts";

const DAY_MS = 24 * 3_600_000;
const TENANT = "t";

/** When calls begin on a day. */
export const anyCallsOfDay = fc.array(fc.nat(DAY_MS - 1), { maxLength: 12, size: "max" });

/** Calls of many days, and what must be there of them: entries, samples, and what they add up to. */
export function createYearOfCalls(telemetry: TelemetryStore, { detailsMs, summariesMs }: RetentionPolicy) {
  const calls: number[] = [];
  const seen = { entries: 0, rollups: 0 };

  const countBetween = (fromMs: number, toMs: number) => calls.filter((ms) => ms >= fromMs && ms < toMs).length;

  async function readDays(fromMs: number, toMs: number): Promise<number> {
    const range = { fromMs, toMs };
    const rollups = await telemetry.readRollups({ tenantId: TENANT, span: "day", range });
    return rollups.reduce((sum, { count }) => sum + count, 0);
  }

  return {
    /** How much was looked for that had to be there. */
    seen,
    async work(startMs: number, begun: readonly number[]): Promise<void> {
      const times = begun.map((ms) => startMs + ms).sort((a, b) => a - b);
      const rows = times.map((tsMs, at) => callRow(TENANT, { tsMs, functionName: `f${at % 3}` }));
      await telemetry.append(groupOf(rows));
      calls.push(...times);
    },
    /** @param lateMs by how much what is too old may be late to go */
    async check(nowMs: number, lateMs: number): Promise<void> {
      const until = nowMs + DAY_MS;
      const detailsFromMs = nowMs - detailsMs;
      const details = { fromMs: detailsFromMs, toMs: until };
      const expected = countBetween(details.fromMs, details.toMs);
      expect(await telemetry.countEntries({ tenant_id: TENANT, range: details })).toBe(expected);
      const old = { fromMs: 0, toMs: detailsFromMs - lateMs };
      expect(await telemetry.countEntries({ tenant_id: TENANT, range: old })).toBe(0);

      // Days are whole: those that began within the year are there, those that ended before it are not.
      const firstDay = Math.ceil((nowMs - summariesMs) / DAY_MS) * DAY_MS;
      const summed = countBetween(firstDay, until);
      expect(await readDays(firstDay, until)).toBe(summed);
      expect(await readDays(0, firstDay - 2 * DAY_MS - lateMs)).toBe(0);
      seen.entries += expected;
      seen.rollups += summed;
    },
  };
}
