import { healthReport } from "@playhead/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHealthReadings } from "./health-routes.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setup(stats: (tenantId: string) => Promise<Record<string, unknown>>) {
  return createHealthReadings({
    report: async () => healthReport([], 0, 0),
    history: () => ({ from: "", to: "", runs: [], changes: [] }),
    stats,
    recentAlerts: async () => Promise.reject(new Error("no store")),
    nowMs: Date.now,
  }).detailed;
}

test("a store that hangs or fails keeps nobody from seeing how the server is", async () => {
  const hanging = setup(() => new Promise(() => undefined));
  const answer = hanging.read("t", {});
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await answer).toMatchObject({ overall_status: "healthy", processing_stats: null, recent_alerts: null });
  expect(vi.getTimerCount()).toBe(0);
});

test("figures are read once a minute for a tenant, however often it asks", async () => {
  const asked: string[] = [];
  const detailed = setup(async (tenantId) => {
    asked.push(tenantId);
    return { of: tenantId };
  });
  for (const tenantId of ["a", "b", "a"]) {
    expect(await detailed.read(tenantId, {})).toMatchObject({ processing_stats: { of: tenantId } });
  }
  expect(asked).toEqual(["a", "b"]);
  await vi.advanceTimersByTimeAsync(60_000);
  await detailed.read("a", {});
  expect(asked).toEqual(["a", "b", "a"]);
});
