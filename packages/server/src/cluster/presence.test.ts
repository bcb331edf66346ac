import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchPresence } from "./presence.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setup() {
  const world = { asked: 0, isAway: false, gone: 0, answer: null as PromiseWithResolvers<void> | null };
  const presence = watchPresence({
    async ask() {
      world.asked += 1;
      await world.answer?.promise;
      if (world.isAway) throw new Error("away");
    },
    everyMs: 1_000,
    goneAfterMs: 5_000,
    onGone: () => {
      world.gone += 1;
    },
    nowMs: () => performance.now(),
  });
  return { world, presence };
}

test("who answers is there, and was heard a moment ago", async () => {
  const { world, presence } = setup();
  expect(presence.isThere()).toBe(false);
  await vi.advanceTimersByTimeAsync(10_500);
  expect([world.asked, presence.isThere(), presence.silentMs()]).toEqual([11, true, 500]);
  presence.close();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(world.asked).toBe(11);
});

test("who is away has been silent since the last answer, and is there again with the next", async () => {
  const { world, presence } = setup();
  await vi.advanceTimersByTimeAsync(2_000);
  world.isAway = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([presence.isThere(), presence.isGone(), world.gone]).toEqual([false, false, 0]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([presence.silentMs(), presence.isGone(), world.gone]).toEqual([7_000, true, 1]);
  world.isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([presence.isThere(), presence.isGone(), presence.silentMs()]).toEqual([true, false, 0]);
  presence.close();
});

test("who takes long is asked once, and silent meanwhile", async () => {
  const { world, presence } = setup();
  await vi.advanceTimersByTimeAsync(0);
  world.answer = Promise.withResolvers();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([world.asked, presence.silentMs()]).toEqual([2, 5_000]);
  world.answer.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(presence.silentMs()).toBe(0);
  presence.close();
});
