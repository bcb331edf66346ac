import type { HealthChange, HealthResult, HealthStatus } from "@playhead/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setTimer } from "../engine-timer.ts";
import type { DocumentsQuery, StoredDocument } from "../store/store.ts";
import { createHealth, type HealthCheck } from "./health.ts";

const START = Date.parse("2026-11-21T10:00:00Z");
const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Documents as a store keeps them, in memory. */
function createShelf() {
  const documents = new Map<string, StoredDocument>();
  return {
    documents,
    async putDocument(document: StoredDocument) {
      documents.set(`${document.collection} ${document.id}`, document);
    },
    async listDocuments({ collection, afterId = "", limit }: DocumentsQuery) {
      const found = [...documents.values()].filter((each) => each.collection === collection && each.id > afterId);
      return found.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
    },
  };
}

function setup(checks: readonly HealthCheck[] = [], store = createShelf()) {
  const changes: HealthChange[] = [];
  const errors: unknown[] = [];
  const health = createHealth({
    nowMs: Date.now,
    setTimer,
    store,
    tenantId: "default",
    onChange: (change) => changes.push(change),
    onError: (error) => errors.push(error),
  });
  for (const check of checks) health.register(check);
  return { health, changes, errors, store };
}

/** A check whose answer can be changed, and that counts how often it was asked. */
function check(component: string) {
  let runs = 0;
  let result: HealthResult = { status: "healthy", message: "fine" };
  return {
    component,
    runs: () => runs,
    say(status: HealthStatus, message: string) {
      result = { status, message };
    },
    async run() {
      runs += 1;
      return result;
    },
  };
}

describe("the report", () => {
  test("is kept for a minute, and shared by all who ask at the same time", async () => {
    const part = check("a");
    const { health } = setup([part]);
    await Promise.all([health.report(), health.report()]);
    await vi.advanceTimersByTimeAsync(MINUTE);
    await health.report();
    expect(part.runs()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await health.report();
    expect(part.runs()).toBe(2);
  });

  test("has a check that was added since, in place of one of the same component, until it is taken out", async () => {
    const { health } = setup([check("a")]);
    expect((await health.report()).checks).toHaveLength(1);
    const remove = health.register({
      component: "a",
      run: async () => ({ status: "warning", message: "another" }),
    });
    expect((await health.report()).checks).toMatchObject([{ component: "a", message: "another" }]);
    remove();
    expect((await health.report()).checks).toEqual([]);
  });

  test("waits for a check that hangs no longer than the limit, which can be changed at any time", async () => {
    const { health } = setup([{ component: "hung", run: () => new Promise(() => undefined) }, check("well")]);
    health.setSettings({ limitMs: 500 });
    const report = health.report();
    await vi.advanceTimersByTimeAsync(500);
    expect(await report).toMatchObject({
      overall_status: "critical",
      total_check_time_ms: 500,
      checks: [{ message: "no answer within 0.5 s" }, { status: "healthy", response_time_ms: 0 }],
    });
  });

  test("follows settings at once", async () => {
    const part = check("a");
    const { health } = setup([part]);
    await health.report();
    health.setSettings({ cacheMs: 1_000 });
    await health.report();
    await vi.advanceTimersByTimeAsync(1_001);
    await health.report();
    expect(part.runs()).toBe(3);
  });
});

describe("by itself", () => {
  test("runs soon after the start, then every five minutes or as often as it is set, until it is closed", async () => {
    const part = check("a");
    const { health } = setup([part]);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(part.runs()).toBe(0);
    await health.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(part.runs()).toBe(1);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(part.runs()).toBe(3);
    health.setSettings({ intervalMs: MINUTE });
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(part.runs()).toBe(8);
    await health.close();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect([part.runs(), vi.getTimerCount()]).toEqual([8, 0]);
  });

  test("says each change once, and of the first run only what is not well", async () => {
    const [a, b] = [check("a"), check("b")];
    a.say("warning", "nearly full");
    const { health, changes } = setup([a, b]);
    const reports: string[] = [];
    health.onReport(({ overall_status }) => reports.push(overall_status));
    await health.start();
    await vi.advanceTimersByTimeAsync(10_000);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    a.say("healthy", "room again");
    b.say("critical", "gone");
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(changes.map(({ component, from, to, message }) => ({ component, from, to, message }))).toEqual([
      { component: "a", from: null, to: "warning", message: "nearly full" },
      { component: "a", from: "warning", to: "healthy", message: "room again" },
      { component: "b", from: "healthy", to: "critical", message: "gone" },
    ]);
    expect(reports).toEqual(["warning", "warning", "critical", "critical"]);
  });
});

describe("the history", () => {
  const day = { fromMs: START - 24 * 60 * MINUTE, toMs: START + 24 * 60 * MINUTE };

  test("goes on after a restart: since when, what changed, how each run was", async () => {
    const part = check("a");
    part.say("critical", "gone");
    const first = setup([part]);
    await first.health.start();
    await vi.advanceTimersByTimeAsync(10_000 + 5 * MINUTE);
    await first.health.close();
    await vi.advanceTimersByTimeAsync(MINUTE);

    const second = setup([part], first.store);
    await second.health.start();
    const { checks } = await second.health.report();
    expect(checks).toMatchObject([{ since: "2026-11-21T10:00:10.000Z" }]);
    part.say("healthy", "there again");
    await vi.advanceTimersByTimeAsync(6 * MINUTE);
    expect(second.changes).toMatchObject([{ from: "critical", to: "healthy" }]);
    expect(second.health.history(day)).toMatchObject({
      runs: [
        { timestamp: "2026-11-21T10:00:10.000Z", overall_status: "critical", statuses: { a: "critical" } },
        { timestamp: "2026-11-21T10:05:10.000Z", statuses: { a: "critical" } },
        { timestamp: "2026-11-21T10:06:20.000Z", statuses: { a: "healthy" } },
        { timestamp: "2026-11-21T10:11:20.000Z", statuses: { a: "healthy" } },
      ],
      changes: [
        { timestamp: "2026-11-21T10:06:20.000Z", component: "a", from: "critical", to: "healthy" },
        { timestamp: "2026-11-21T10:00:10.000Z", component: "a", from: null, to: "critical", message: "gone" },
      ],
    });
    expect(second.health.history({ fromMs: START + 7 * MINUTE, toMs: START + 8 * MINUTE })).toMatchObject({
      runs: [],
      changes: [],
    });
  });

  test("is bounded, however long it goes on and however much changes; the newest is kept and shown", async () => {
    const part = check("a");
    const { health, store } = setup([part]);
    await health.start();
    health.setSettings({ intervalMs: 10_000, cacheMs: 0 });
    for (let at = 0; at < 2_500; at++) {
      part.say(at % 2 === 0 ? "warning" : "healthy", `run ${at}`);
      if (at === 1_000) part.say("critical", "the one time");
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(store.documents.size).toBe(2_016 + 1_000);
    const { runs, changes } = health.history({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER / 4 });
    expect(runs.length).toBeLessThanOrEqual(300);
    expect([changes[0]?.message, changes.length]).toEqual(["run 2499", 1_000]);
    // Of each few runs the worst is shown.
    const counted = (status: HealthStatus) => runs.filter((run) => run.overall_status === status).length;
    expect([counted("critical"), counted("warning"), counted("healthy")]).toEqual([1, runs.length - 1, 0]);
  });

  test("what cannot be kept is said, and holds up no report; what cannot be read is passed over", async () => {
    const store = createShelf();
    await store.putDocument({ collection: "health_runs", id: "0", tenantId: "t", body: { n: "x" }, expiresMs: null });
    const { health, errors } = setup([check("a")], {
      ...store,
      putDocument: async () => {
        throw new Error("the disk is full");
      },
    });
    await health.start();
    expect(await health.report()).toMatchObject({ overall_status: "healthy" });
    await health.close();
    expect(errors.map(String)).toEqual(["Error: the disk is full", "Error: the disk is full"]);
  });
});
