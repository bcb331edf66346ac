import { decodeSketch } from "@playhead/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TotalsRow } from "../store/telemetry-store.ts";
import { createOwnWork } from "./own-work.ts";

const MINUTE = Date.parse("2026-11-21T10:42:00.000Z");

beforeEach(() => {
  vi.useFakeTimers({ now: MINUTE });
});
afterEach(() => {
  vi.useRealTimers();
});

function setup() {
  const rows: TotalsRow[] = [];
  const work = createOwnWork({ tenantId: "default", nowMs: Date.now, add: (row) => rows.push(row) });
  return { rows, work };
}

test("what is done is added up by name, and handed over after ten seconds, exactly", () => {
  const { rows, work } = setup();
  for (const [durationMs, isFailed] of [
    [4, false],
    [10, true],
    [1, false],
  ] as const) {
    work.measure("api", "GET /api/v1/jobs", durationMs, isFailed);
  }
  work.measure("db", "commit facts", 2, false);
  vi.advanceTimersByTime(10_000);
  expect(
    rows.map(({ tenantId, minuteMs, totals: { sketch, ...totals } }) => ({ tenantId, minuteMs, ...totals })),
  ).toEqual([
    {
      tenantId: "default",
      minuteMs: MINUTE,
      category: "api",
      name: "GET /api/v1/jobs",
      count: 3,
      errors: 1,
      duration_sum_ms: 15,
      duration_min_ms: 1,
      duration_max_ms: 10,
    },
    {
      tenantId: "default",
      minuteMs: MINUTE,
      category: "db",
      name: "commit facts",
      count: 1,
      errors: 0,
      duration_sum_ms: 2,
      duration_min_ms: 2,
      duration_max_ms: 2,
    },
  ]);
  expect(decodeSketch(rows[0]?.totals.sketch ?? "").count).toBe(3);
  vi.advanceTimersByTime(60_000);
  expect(rows).toHaveLength(2);
  work.close();
});

test("what was done before a minute ended counts in that minute", () => {
  const { rows, work } = setup();
  vi.setSystemTime(MINUTE + 59_900);
  work.measure("api", "a", 1, false);
  vi.setSystemTime(MINUTE + 60_100);
  work.measure("api", "a", 1, false);
  work.close();
  work.measure("api", "a", 1, false);
  expect(rows.map(({ minuteMs, totals }) => [minuteMs, totals.count])).toEqual([
    [MINUTE, 1],
    [MINUTE + 60_000, 1],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});
