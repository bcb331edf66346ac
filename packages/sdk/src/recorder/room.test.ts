import { expect, test, vi } from "vitest";
import { createManualClock } from "../testing/manual-clock.ts";
import { createRoom } from "./room.ts";

function setup() {
  const clock = createManualClock();
  const state = { isWanted: true };
  const room = createRoom({ setTimer: clock.setTimer, limitMs: 1_000, isWanted: () => state.isWanted });
  return { clock, state, room };
}

test("those who wait go on when there is room", async () => {
  const { clock, state, room } = setup();
  const done = vi.fn();
  void room.wait()?.then(done);
  void room.wait()?.then(done);
  room.check();
  await clock.settle();
  expect(done).not.toHaveBeenCalled();
  state.isWanted = false;
  room.check();
  await clock.settle();
  expect(done).toHaveBeenCalledTimes(2);
  expect(room.wait()).toBeNull();
  expect(clock.timers().all).toBe(0);
});

test("nobody waits for longer than the limit, and then no more until there was room", async () => {
  const { clock, state, room } = setup();
  const done = vi.fn();
  void room.wait()?.then(done);
  await clock.advance(999);
  expect(done).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(done).toHaveBeenCalledOnce();
  expect(room.wait()).toBeNull();
  state.isWanted = false;
  room.check();
  state.isWanted = true;
  expect(room.wait()).not.toBeNull();
});
