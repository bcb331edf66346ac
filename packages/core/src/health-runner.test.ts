import { describe, expect, test } from "vitest";
import { healthReport, worstHealth } from "./health.ts";
import { createHealthRunner, type HealthCheck } from "./health-runner.ts";

const LIMIT_MS = 1_000;

/** A runner whose time goes on when the test says so. */
function setup() {
  let nowMs = 0;
  const timers = new Map<() => void, number>();
  const runner = createHealthRunner<AbortSignal>({
    nowMs: () => nowMs,
    setTimer(callback, delayMs) {
      timers.set(callback, nowMs + delayMs);
      return () => timers.delete(callback);
    },
    newAbort: () => new AbortController(),
  });
  return {
    run: (...checks: readonly HealthCheck<AbortSignal>[]) => runner.run(checks, LIMIT_MS),
    timers,
    goOn(ms: number) {
      nowMs += ms;
      for (const [callback, atMs] of timers) {
        if (atMs > nowMs) continue;
        timers.delete(callback);
        callback();
      }
    },
  };
}

/** A check that answers when the test says so. */
function heldCheck(component: string, limitMs?: number) {
  const runs: { signal: AbortSignal; answer: ReturnType<typeof Promise.withResolvers<void>> }[] = [];
  return {
    runs,
    component,
    ...(limitMs !== undefined && { limitMs }),
    async run(signal: AbortSignal) {
      const answer = Promise.withResolvers<void>();
      runs.push({ signal, answer });
      await answer.promise;
      return { status: "healthy", message: "fine", details: { run: runs.length } } as const;
    },
  };
}

const well: HealthCheck<AbortSignal> = {
  component: "well",
  run: async () => ({ status: "healthy", message: "fine" }),
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("says how each part is, and how long it took", async () => {
  const { run, goOn, timers } = setup();
  const slow = heldCheck("slow");
  const results = run(well, slow);
  await turn();
  goOn(200);
  slow.runs[0]?.answer.resolve();
  expect(await results).toEqual([
    { component: "well", status: "healthy", message: "fine", details: {}, response_time_ms: 0 },
    { component: "slow", status: "healthy", message: "fine", details: { run: 1 }, response_time_ms: 200 },
  ]);
  expect(timers.size).toBe(0);
});

describe("a check that hangs", () => {
  test("is critical after its limit, is told to stop, and holds up nobody", async () => {
    const { run, goOn } = setup();
    const [hung, patient] = [heldCheck("hung", 300), heldCheck("patient")];
    const results = run(hung, well, patient);
    await turn();
    goOn(300);
    expect(hung.runs[0]?.signal.aborted).toBe(true);
    patient.runs[0]?.answer.resolve();
    expect(await results).toMatchObject([
      { component: "hung", status: "critical", message: "no answer within 0.3 s", response_time_ms: 300 },
      { component: "well", status: "healthy" },
      { component: "patient", status: "healthy" },
    ]);
  });

  test("is not run again before it has ended, and costs nobody its limit again", async () => {
    const { run, goOn } = setup();
    const hung = heldCheck("hung");
    const first = run(hung);
    await turn();
    goOn(LIMIT_MS);
    await first;
    goOn(59_000);
    expect(await run(hung)).toMatchObject([
      { status: "critical", message: "no answer for 60 s by now", response_time_ms: 0 },
    ]);
    expect(hung.runs).toHaveLength(1);
    hung.runs[0]?.answer.resolve();
    await turn();
    const again = run(hung);
    await turn();
    hung.runs[1]?.answer.resolve();
    expect(await again).toMatchObject([{ status: "healthy", details: { run: 2 } }]);
  });

  test("and is asked for twice before its limit runs once", async () => {
    const { run } = setup();
    const held = heldCheck("held");
    const both = Promise.all([run(held), run(held)]);
    await turn();
    expect(held.runs).toHaveLength(1);
    held.runs[0]?.answer.resolve();
    expect(await both).toMatchObject([[{ status: "healthy" }], [{ status: "healthy" }]]);
  });
});

test.each([
  {
    name: "rejects",
    run: async () => Promise.reject(new Error("no key /etc/key")),
    message: "the check failed",
    error: "no key /etc/key",
  },
  {
    name: "throws",
    run: () => {
      throw Object.assign(new Error("no /x"), { code: "ENOENT" });
    },
    message: "the check failed (ENOENT)",
    error: "no /x",
  },
  { name: "throws no error", run: () => Promise.reject("nonsense"), message: "the check failed", error: "nonsense" },
  {
    name: "answers nonsense",
    run: async () => ({ status: "fine" }) as never,
    message: "the check failed",
    error: "expected a status of healthy, warning, critical and a message",
  },
  {
    name: "answers nothing",
    run: async () => undefined as never,
    message: "the check failed",
    error: "expected a status of healthy, warning, critical and a message",
  },
])("a check that $name is critical; what it said is for those who run the server", async ({ run, message, error }) => {
  const results = await setup().run({ component: "a", run }, well);
  expect(results).toMatchObject([{ status: "critical", message, details: { error } }, { status: "healthy" }]);
});

test("a report is as bad as its worst part, and counts", () => {
  const part = (component: string, status: "healthy" | "warning" | "critical") => ({
    component,
    status,
    message: "",
    details: {},
    response_time_ms: 1,
  });
  const checks = [part("a", "healthy"), part("b", "critical"), part("c", "warning"), part("d", "healthy")];
  expect(healthReport(checks, 1_000, 1_250.4)).toEqual({
    overall_status: "critical",
    timestamp: "1970-01-01T00:00:01.000Z",
    total_check_time_ms: 250,
    checks,
    summary: { healthy: 2, warning: 1, critical: 1 },
  });
  expect(worstHealth([])).toBe("healthy");
});
