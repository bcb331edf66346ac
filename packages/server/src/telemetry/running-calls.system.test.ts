import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTelemetry } from "../../test/start-telemetry.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { createRunningCalls } from "./running-calls.ts";

/** What does not come at all fails; what comes late, on a machine that does much else, does not. */
const PATIENTLY = { timeout: 30_000 };

const TS = "2026-11-21T10:42:00.000Z";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function setup() {
  const world = await startTelemetry(tempFolder());
  const gone = new Set<string>();
  const ended = vi.fn(world.store.endRunning);
  const calls = createRunningCalls({
    store: { ...world.store, endRunning: ended },
    settled: world.telemetry.settled,
    isGone: async (sessionId) => gone.has(sessionId),
    nowMs: () => Date.parse(TS) + 60_000,
    onError: (error) => {
      throw error;
    },
  });
  world.telemetry.onStored((entries) => calls.note(entries.map(({ entry }) => entry)));
  let spans = 0;
  return {
    ...world,
    gone,
    calls,
    ended,
    start: async (source: string, jobId?: string) => {
      spans += 1;
      const data = {
        span_id: `b7ad6b71692033${spans + 30}`,
        parent_span_id: null,
        name: "f",
        category: "step",
      } as const;
      const job = jobId === undefined ? {} : { job_id: jobId };
      await world.send(source, [{ type: "function.started", ts: TS, n: spans, data, ...job }]);
    },
    states: async () => (await world.entries()).map(({ session_id, event_type }) => [session_id, event_type]),
    async endAll() {
      calls.close();
      await world.end();
    },
  };
}

test("a job's calls that nobody ended are ended a while after it, once", async () => {
  const world = await setup();
  await world.start("w", "default-1");
  await world.start("w");
  world.calls.endSoon("default-1", "canceled");
  world.calls.endSoon("default-1", "canceled");
  world.calls.endSoon("default-of-no-calls", "completed");
  expect(world.ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(5_000);
  await vi.waitFor(async () => expect(await world.states()).toContainEqual(["default-1", "error"]), PATIENTLY);
  expect(await world.states()).toContainEqual(["w", "start"]);
  expect(world.ended).toHaveBeenCalledOnce();
  await world.endAll();
});

test("those of a worker that is gone are ended when that shows", async () => {
  const world = await setup();
  await world.start("w");
  await world.start("other");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(world.ended).not.toHaveBeenCalled();
  world.gone.add("w");
  await vi.advanceTimersByTimeAsync(30_000);
  await vi.waitFor(async () => expect(await world.states()).toContainEqual(["w", "error"]), PATIENTLY);
  expect(await world.states()).toContainEqual(["other", "start"]);
  await world.endAll();
});

test("those that an earlier process left are found, and ended where nobody is there to end them", async () => {
  const world = await setup();
  await world.start("w");
  await world.start("gone");
  const fresh = createRunningCalls({
    store: world.store,
    settled: async () => undefined,
    isGone: async (sessionId) => sessionId === "gone",
    nowMs: () => Date.parse(TS) + 60_000,
    onError: (error) => {
      throw error;
    },
  });
  await fresh.recover({ tenant_id: "default" });
  expect((await world.states()).sort()).toEqual([
    ["gone", "error"],
    ["w", "start"],
  ]);
  fresh.close();
  await world.endAll();
});
