import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { diskCheck } from "./checks/disk.ts";
import { ingestCheck } from "./checks/ingest.ts";
import { storeCheck } from "./checks/store.ts";
import { createHealth, type HealthCheck, type HealthResult } from "./health.ts";

const healthy: HealthResult = { status: "healthy", message: "fine" };

describe("the report", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function setup(...checks: readonly HealthCheck[]) {
    const health = createHealth(() => Date.now());
    for (const check of checks) health.register(check);
    return health;
  }

  /** A check that answers after so long, and counts how often it was asked. */
  function check(component: string, result: HealthResult = healthy, afterMs = 0) {
    let runs = 0;
    return {
      component,
      runs: () => runs,
      async run() {
        runs += 1;
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        return result;
      },
    };
  }

  test("says how each part is, how long that took, and is as bad as the worst", async () => {
    const health = setup(
      check("a"),
      check("b", { status: "warning", message: "nearly full", details: { free: 1 } }, 200),
      check("c"),
    );
    const report = health.report();
    await vi.advanceTimersByTimeAsync(200);
    expect(await report).toMatchObject({
      overall_status: "warning",
      total_check_time_ms: 200,
      checks: [
        { component: "a", status: "healthy", response_time_ms: 0 },
        { component: "b", status: "warning", message: "nearly full", details: { free: 1 }, response_time_ms: 200 },
        { component: "c" },
      ],
      summary: { healthy: 2, warning: 1, critical: 0 },
    });
  });

  test("takes as long as the slowest check: they run side by side", async () => {
    const health = setup(check("a", healthy, 3_000), check("b", healthy, 4_000), check("c", healthy, 2_000));
    const report = health.report();
    await vi.advanceTimersByTimeAsync(4_000);
    expect((await report).total_check_time_ms).toBe(4_000);
  });

  test("is kept for a minute, and shared by all who ask at the same time", async () => {
    const part = check("a");
    const health = setup(part);
    const both = Promise.all([health.report(), health.report()]);
    await vi.advanceTimersByTimeAsync(0);
    await both;
    await vi.advanceTimersByTimeAsync(60_000);
    await health.report();
    expect(part.runs()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    const again = health.report();
    await vi.advanceTimersByTimeAsync(0);
    await again;
    expect(part.runs()).toBe(2);
  });

  test("has a check that was added since", async () => {
    const health = setup();
    expect(await health.report()).toMatchObject({ overall_status: "healthy", checks: [] });
    health.register({ component: "new", run: async () => healthy });
    expect((await health.report()).checks).toHaveLength(1);
  });
});

describe("a check", () => {
  const reportOf = async (check: HealthCheck) => {
    const health = createHealth(() => Date.now());
    health.register(check);
    return (await health.report()).checks[0];
  };

  test("that hangs is critical after its limit, told to stop, and holds up nobody", async () => {
    let wasStopped = false;
    const hung = await reportOf({
      component: "a",
      limitMs: 20,
      run: (signal) => {
        signal.addEventListener("abort", () => {
          wasStopped = true;
        });
        return new Promise(() => undefined);
      },
    });
    expect(hung).toMatchObject({ status: "critical", message: "no answer within 0.02 s" });
    expect(wasStopped).toBe(true);
  });

  test("that fails is critical, whether it rejects or throws", async () => {
    const rejecting = async () => {
      throw new Error("no disk");
    };
    const throwing = () => {
      throw new TypeError("no method");
    };
    expect(await reportOf({ component: "a", run: rejecting })).toMatchObject({
      status: "critical",
      message: "no disk",
    });
    expect(await reportOf({ component: "a", run: throwing })).toMatchObject({
      status: "critical",
      message: "no method",
    });
  });

  test("of the store is critical when the store does not answer", async () => {
    expect(await reportOf(storeCheck({ readSource: async () => 0 }))).toMatchObject({ status: "healthy" });
    const broken = storeCheck({
      readSource: async () => {
        throw new Error("the database is closed");
      },
    });
    expect(await reportOf(broken)).toMatchObject({ status: "critical", message: "the database is closed" });
  });

  test("of the ingest is critical while the store refuses, a warning while much waits", async () => {
    const state = (isStuck: boolean, pending: number) =>
      reportOf(ingestCheck({ isStuck: () => isStuck, pending: () => pending }));
    expect([await state(false, 0), await state(false, 30_000), await state(true, 5)]).toMatchObject([
      { status: "healthy" },
      { status: "warning", details: { pending_records: 30_000 } },
      { status: "critical", details: { pending_records: 5 } },
    ]);
  });

  test("of the disk says how much is free, and is critical where the folder is gone", async () => {
    const folder = tempFolder();
    expect(await reportOf(diskCheck(folder))).toMatchObject({
      component: "disk",
      details: { used_percent: expect.any(Number), free_bytes: expect.any(Number) },
    });
    expect(await reportOf(diskCheck(`${folder}/gone`))).toMatchObject({ status: "critical" });
  });
});
