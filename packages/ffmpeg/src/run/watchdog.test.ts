import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createActiveClock } from "./active-clock.ts";
import { createWatchdog, type ExpiryCause } from "./watchdog.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setup(limits: { stallTimeoutMs?: number; timeoutMs?: number } = {}) {
  const clock = createActiveClock(() => Date.now());
  const causes: ExpiryCause[] = [];
  const work = { bytes: 0 };
  const watchdog = createWatchdog({
    ...{ clock, stallTimeoutMs: 1_000, timeoutMs: 0, ...limits },
    hiddenWork: () => work.bytes,
    onExpire: (cause) => causes.push(cause),
  });
  return { clock, causes, work, watchdog };
}

test("the stall clock starts at once, and each advance starts it again", () => {
  const { causes, watchdog } = setup();
  vi.advanceTimersByTime(900);
  watchdog.advanced();
  vi.advanceTimersByTime(900);
  expect(causes).toEqual([]);
  vi.advanceTimersByTime(300);
  expect(causes).toEqual(["stalled"]);
  vi.advanceTimersByTime(5_000);
  expect(causes).toEqual(["stalled"]);
});

test("paused time does not count, neither as a stall nor towards the limit", () => {
  const { clock, causes } = setup({ timeoutMs: 2_000, stallTimeoutMs: 1_500 });
  vi.advanceTimersByTime(1_000);
  clock.pause();
  vi.advanceTimersByTime(60_000);
  expect(causes).toEqual([]);
  clock.resume();
  vi.advanceTimersByTime(900);
  expect(causes).toEqual(["stalled"]);
});

test("the limit holds although there is progress", () => {
  const { causes, watchdog } = setup({ timeoutMs: 3_000 });
  for (let i = 0; i < 10; i++) {
    watchdog.advanced();
    vi.advanceTimersByTime(400);
  }
  expect(causes).toEqual(["timeout"]);
});

test("while the file is put in order, the bytes moved are what counts", () => {
  const { causes, work, watchdog } = setup();
  watchdog.watchHiddenWork();
  for (let i = 0; i < 10; i++) {
    work.bytes += 1;
    vi.advanceTimersByTime(900);
  }
  expect(causes).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(causes).toEqual(["stalled"]);
});

test("0 is no limit", () => {
  const { causes, watchdog } = setup({ stallTimeoutMs: 0 });
  vi.advanceTimersByTime(3_600_000);
  expect(causes).toEqual([]);
  watchdog.stop();
  expect(vi.getTimerCount()).toBe(0);
});
